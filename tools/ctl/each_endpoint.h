// tools/ctl/each_endpoint.h: commands that ask every endpoint by itself.
#pragma once

#include <string>
#include <vector>

#include "tools/ctl/connection.h"

namespace cairn::ctl {

// --cluster.
void AddClusterFlag(cli::Command& command);

// What to do when no leader answers the question for the member list.
enum class MemberListFrom {
  kLeader,     // fail
  kAnyMember,  // take what one member knows, with a notice
};

struct EachEndpoint : Connection {
  bool without_leader = false;  // the member list is what one member knows: exit code 1 at the end
};

// A client whose endpoints are those of --endpoints, or with --cluster all client URLs of the
// member list, in its order. Nothing is sent to --endpoints, so that one that is down is the answer
// of that one.
EachEndpoint ConnectToEach(cli::Invocation& in, MemberListFrom from);

}  // namespace cairn::ctl
