// client/endpoint.h: how an endpoint is written, and what it stands for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::client {

// One address of a server.
struct Endpoint {
  std::string text;    // as given: what tables show
  std::string shown;   // the same without user and password: what messages show
  std::string target;  // for gRPC: "dns:///host:port", "ipv4:1.2.3.4:2379", "unix:/path"
  // What a certificate must name: a host name without a dot at its end, or an address without
  // brackets. Of a unix socket the last part of its path, up to a colon.
  std::string host;
  // The :authority of calls, as etcd's client sends it: "host:port", "[v6]:port", of a unix socket
  // the last part of its path.
  std::string authority;
  enum class Security { kPlain, kTls, kAsConfigured } security = Security::kAsConfigured;

  bool is_unix() const { return target.starts_with("unix:"); }
};

// Forms: "host:port", "host" (port 2379), ":port" (this machine), "[v6]:port", each also after
// "http://" or "https://" and with "user:password@" (which etcd's client ignores) and a path;
// "unix:path", "unix://path" (relative, too), "unixs:…" for TLS. Without a scheme, and at a unix
// socket, TLS is used when certificate options are given. Blanks around it and a scheme's capitals
// don't count. Errors: InvalidArgument that names the endpoint and what is wrong with it.
StatusOr<Endpoint> ParseEndpoint(std::string_view text);

// The parts of one or more --endpoints values, split at commas; empty parts are left out, and
// quotes that an environment file kept are taken off.
StatusOr<std::vector<Endpoint>> ParseEndpoints(std::string_view list);

}  // namespace cairn::client
