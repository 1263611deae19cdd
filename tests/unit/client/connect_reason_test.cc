// tests/unit/client/connect_reason_test.cc: gRPC's texts and what they become.
#include "client/connect_reason.h"

#include <doctest/doctest.h>

namespace cairn::client {
namespace {

TEST_CASE("each way in which a connection fails has its words") {
  constexpr const char* kAll = "failed to connect to all addresses; last error: UNKNOWN: ";
  const auto reason = [&](const char* text, bool tls = false, const char* tls_error = "") {
    return ConnectReason(std::string(kAll) + text, tls_error, tls);
  };
  CHECK(reason("ipv4:127.0.0.1:1: Failed to connect to remote host: Connection refused") ==
        "connection refused");
  CHECK(reason("ipv4:127.0.0.1:1: Socket closed") == kEnded);
  CHECK(reason("ipv4:127.0.0.1:1: Socket closed", true) == kEnded);
  CHECK(reason("ipv4:127.0.0.1:1: Endpoint read failed", true,
               "error:0A00045C:SSL routines::tlsv13 alert certificate required")
            .find("--cert") != std::string::npos);
  CHECK(reason("x: SSL routines::wrong version number", true).find("http://") != std::string::npos);
  CHECK(ConnectReason("DNS resolution failed for a:1: C-ares status is not ARES_SUCCESS "
                      "qtype=AAAA name=a is_balancer=0: Domain name not found",
                      "", false) == "no such host");
  for (const char* other : {"INTERNAL: ipv4:127.0.0.1:1: Trying to connect an http1.x server",
                            "ipv4:127.0.0.1:1: Failed parsing HTTP/2"}) {
    CHECK(reason(other).find("speaks no gRPC") != std::string::npos);
  }
  CHECK(reason("something new") == "something new");
}

}  // namespace
}  // namespace cairn::client
