// os/resolver.h: the seam to the system's name service. Only `base` asks it.
#pragma once

#include <string>

#include "base/status.h"

namespace cairn {

// The first address of `host` (a name or an IP address, IPv4 before IPv6) with `port` (a number or
// a service name), as "ip:port" or "[v6]:port". Blocks for as long as the system's resolver takes.
// Errors: NotFound "lookup HOST: …". Thread-safe.
StatusOr<std::string> ResolveTcpAddress(const std::string& host, const std::string& port);

}  // namespace cairn
