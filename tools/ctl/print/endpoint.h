// tools/ctl/print/endpoint.h: the answers to `endpoint health|status|hashkv`, of all endpoints.
#pragma once

#include <string>
#include <vector>

#include "etcdserverpb.pb.h"
#include "tools/ctl/print/style.h"

namespace cairn::ctl {

struct EndpointHealth {
  std::string endpoint;
  bool health = false;
  std::string took;   // "4.093538ms" (FormatDuration); empty when it wasn't even asked
  std::string error;  // empty when healthy
};
struct EndpointStatus {
  std::string endpoint;
  etcdserverpb::StatusResponse response;
};
struct EndpointHashKv {
  std::string endpoint;
  etcdserverpb::HashKVResponse response;
};

// Formats of all three: simple, json, fields, table. Endpoints that gave no status or hash are left
// out by the caller; without any, json is `null`.
//
// In simple an unhealthy endpoint's line belongs on stderr: it is what UnhealthyLines returns, and
// not in PrintEndpointHealth; both keep the order of `all`.
std::string PrintEndpointHealth(const std::vector<EndpointHealth>& all, const Style& style);
std::string UnhealthyLines(const std::vector<EndpointHealth>& all, const Style& style);
std::string PrintEndpointStatus(const std::vector<EndpointStatus>& all, const Style& style);
std::string PrintEndpointHashKv(const std::vector<EndpointHashKv>& all, const Style& style);

}  // namespace cairn::ctl
