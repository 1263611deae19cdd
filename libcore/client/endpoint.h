// client/endpoint.h: how an endpoint is written, and what it stands for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::client {

// One address of a server.
struct Endpoint {
  std::string text;    // as given: what messages and tables show
  std::string target;  // for gRPC: "dns:///host:port", "ipv4:1.2.3.4:2379", "unix:/path"
  std::string host;    // what a certificate must name; empty for a unix socket
  enum class Security { kPlain, kTls, kAsConfigured } security = Security::kAsConfigured;
};

// Forms: "host:port", "host" (port 2379), "[v6]:port", "http://…", "https://…", "unix://path",
// "unixs://path". Without a scheme, TLS is used when certificate options are given. Blanks around
// it don't count. Errors: InvalidArgument that names the endpoint.
StatusOr<Endpoint> ParseEndpoint(std::string_view text);

// The parts of one or more --endpoints values, split at commas; empty parts are left out.
StatusOr<std::vector<Endpoint>> ParseEndpoints(std::string_view list);

}  // namespace cairn::client
