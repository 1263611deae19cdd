// tools/ctl/format/endpoint.h: the answers to `endpoint health|status|hashkv`, of all endpoints.
#pragma once

#include <string>
#include <vector>

#include "etcdserverpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

struct EndpointHealth {
  std::string endpoint;
  bool health = false;
  std::string took;   // "4.093538ms" (FormatDuration); empty when it wasn't even asked
  std::string error;  // empty when healthy
};
// One that gave no answer has the reason as `error`, and nothing else.
struct EndpointStatus {
  std::string endpoint;
  etcdserverpb::StatusResponse response;
  std::string error = {};
};
struct EndpointHashKv {
  std::string endpoint;
  etcdserverpb::HashKVResponse response;
  std::string error = {};
};

// Formats of all three: simple, json, fields, table. Endpoints that gave no status or hash may be
// left out by the caller, as etcdctl leaves them out; without any, json is `null`. Else their row
// is empty but for the endpoint, and in `endpoint status` for the error; json has
// {"Endpoint":…,"Status":null,"Error":…}, fields "Endpoint" and "Error".
//
// In simple an unhealthy endpoint's line belongs on stderr: it is what UnhealthyLines returns, and
// not in PrintEndpointHealth; both keep the order of `all`.
std::string PrintEndpointHealth(const std::vector<EndpointHealth>& all, const Style& style);
std::string UnhealthyLines(const std::vector<EndpointHealth>& all, const Style& style);
std::string PrintEndpointStatus(const std::vector<EndpointStatus>& all, const Style& style);
std::string PrintEndpointHashKv(const std::vector<EndpointHashKv>& all, const Style& style);

}  // namespace cairn::ctl
