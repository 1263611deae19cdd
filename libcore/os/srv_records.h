// os/srv_records.h: services in the DNS (RFC 2782).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn {

struct SrvRecord {
  std::string host;  // without the last dot
  uint16_t port = 0;
  uint16_t priority = 0;
  uint16_t weight = 0;
};

// The servers of `name` ("_etcd-client._tcp.example.com"), by priority, the heavier first. Asks the
// system's name servers and blocks as long as they take. Errors: NotFound "lookup NAME: …".
// Thread-safe.
StatusOr<std::vector<SrvRecord>> ResolveSrv(const std::string& name);

// The same out of an answer's bytes (RFC 1035, section 4). Errors: DataLoss.
StatusOr<std::vector<SrvRecord>> ParseSrvAnswer(std::string_view message);

}  // namespace cairn
