// tools/ctl/format/member.h: the answers to `member list|add|remove|update|promote`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "etcdserverpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

// simple, json, fields, table, protobuf. With hex, json has the ids as hex strings and shows also
// what is empty.
std::string PrintMemberList(const etcdserverpb::MemberListResponse& response, const Style& style);

// The others: simple, json, protobuf. `id` is the member that the command named.
std::string PrintMemberAdd(const etcdserverpb::MemberAddResponse& response, const Style& style);
std::string PrintMemberRemove(uint64_t id, const etcdserverpb::MemberRemoveResponse& response,
                              const Style& style);
std::string PrintMemberUpdate(uint64_t id, const etcdserverpb::MemberUpdateResponse& response,
                              const Style& style);
std::string PrintMemberPromote(uint64_t id, const etcdserverpb::MemberPromoteResponse& response,
                               const Style& style);

// What simple shows below PrintMemberAdd: the new member's ETCD_* settings, after a blank line.
// `peer_urls` is the text of --peer-urls.
std::string MemberAddSettings(const etcdserverpb::MemberAddResponse& response,
                              std::string_view name, std::string_view peer_urls);

}  // namespace cairn::ctl
