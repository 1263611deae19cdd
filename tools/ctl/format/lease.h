// tools/ctl/format/lease.h: the answers to `lease grant|revoke|timetolive|list|keep-alive`.
#pragma once

#include <cstdint>
#include <string>

#include "etcdserverpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

// Formats: simple, json, fields, protobuf. json has the header's members beside the lease's own
// (which are always there), protobuf the header alone: both are etcdctl's, whose client library
// embeds the header. PrintLeaseRevoke has no protobuf there; here it is the message.
std::string PrintLeaseGrant(const etcdserverpb::LeaseGrantResponse& response, const Style& style);
std::string PrintLeaseRevoke(int64_t id, const etcdserverpb::LeaseRevokeResponse& response,
                             const Style& style);
// `keys` is the command's --keys.
std::string PrintLeaseTimeToLive(const etcdserverpb::LeaseTimeToLiveResponse& response, bool keys,
                                 const Style& style);
std::string PrintLeaseList(const etcdserverpb::LeaseLeasesResponse& response, const Style& style);
std::string PrintLeaseKeepAlive(const etcdserverpb::LeaseKeepAliveResponse& response,
                                const Style& style);
// The last line of a keep-alive whose lease is gone; nothing but in simple.
std::string PrintLeaseGone(int64_t id, const Style& style);

}  // namespace cairn::ctl
