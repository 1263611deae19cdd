// tools/ctl/member_name.h: which member a word means: an id in hex, or a name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "etcdserverpb.pb.h"
#include "tools/ctl/connection.h"

namespace cairn::ctl {

// Whether `word` can only be an id, so that nobody has to be asked what it means: one that is as
// long as ids are. Under etcd's name every word is one, or wrong.
bool IsSurelyMemberId(std::string_view word);

// The member that `word` means among `members`. Errors, InvalidArgument: nobody is called so, or
// more than one member is meant by it; a removed or demoted member would be the wrong one then.
StatusOr<uint64_t> FindMember(const etcdserverpb::MemberListResponse& members,
                              const std::string& word);

// The member that the word on the command line means, by the cluster's member list where that is
// needed. Errors: for exit code 128 what is no id under etcd's name, and those of FindMember; the
// list can't be had.
struct MemberWord {
  cli::Outcome outcome = absl::OkStatus();
  uint64_t id = 0;
};
MemberWord ReadMemberWord(cli::Invocation& in, client::Client& client, const std::string& word);

// Under etcd's name: "strconv.ParseUint: parsing …" for a word that is no id, before anything is
// sent. Else OK.
Status CheckMemberWord(const cli::Program& program, const std::string& word);

}  // namespace cairn::ctl
