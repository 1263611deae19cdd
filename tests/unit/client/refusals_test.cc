// tests/unit/client/refusals_test.cc: which refusals are followed by another try, and which tokens
// can be sent.
#include "client/refusals.h"

#include <doctest/doctest.h>

#include "client/token.h"

namespace cairn::client {
namespace {

using absl::StatusCode;

Again After(StatusCode code, const char* text) { return AgainAfter(Status(code, text)); }

TEST_CASE("a refusal says whether the request may be sent again") {
  CHECK(After(StatusCode::kUnavailable, "etcdserver: no leader") == Again::kAll);
  CHECK(After(StatusCode::kUnavailable, "etcdserver: leader changed") == Again::kAll);
  CHECK(After(StatusCode::kUnavailable, "etcdserver: request timed out") == Again::kReads);
  CHECK(After(StatusCode::kUnavailable, "etcdserver: something new") == Again::kReads);
  CHECK(After(StatusCode::kUnavailable, "Socket closed") == Again::kReads);
  CHECK(After(StatusCode::kUnavailable, "etcdserver: unhealthy cluster") == Again::kNever);
  CHECK(After(StatusCode::kFailedPrecondition, "etcdserver: rpc not supported for learner") ==
        Again::kElsewhere);
  CHECK(After(StatusCode::kResourceExhausted, "etcdserver: too many requests") ==
        Again::kElsewhere);
  CHECK(After(StatusCode::kResourceExhausted, "etcdserver: mvcc: database space exceeded") ==
        Again::kNever);
  CHECK(After(StatusCode::kInvalidArgument, "etcdserver: revision of auth store is old") ==
        Again::kNewToken);
  CHECK(After(StatusCode::kUnauthenticated, "etcdserver: invalid auth token") == Again::kNewToken);
  CHECK(After(StatusCode::kDeadlineExceeded, "x") == Again::kNever);
}

TEST_CASE("what found no connection was not sent") {
  const Status refused(StatusCode::kUnavailable,
                       "failed to connect to all addresses; last error: UNKNOWN: "
                       "ipv4:127.0.0.1:1: Failed to connect to remote host");
  CHECK(NotConnected(refused));
  CHECK(AgainAfter(refused) == Again::kAll);
  CHECK_FALSE(NotConnected(Status(StatusCode::kUnavailable, "Socket closed")));
}

TEST_CASE("a watch is refused by a text alone") {
  CHECK(AgainAfterText("etcdserver: invalid auth token") == Again::kNewToken);
  CHECK(AgainAfterText("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token") ==
        Again::kNewToken);
  CHECK(AgainAfterText("etcdserver: no leader") == Again::kNever);
}

TEST_CASE("a token that gRPC does not carry is refused, and not shown") {
  CHECK(CheckToken("", "t").ok());
  CHECK(CheckToken("eyJhbGciOi.x-y_z ~!", "t").ok());
  for (const char* bad : {"secret\r", "secret\n", "\xff", "\xc3\xa9", "\t", "\x7f"}) {
    const Status refused = CheckToken(bad, "the token");
    CHECK(Message(refused).starts_with("the token can't be sent: its byte "));
    CHECK(Message(refused).find("secret") == std::string_view::npos);
  }
  CHECK(Message(CheckToken("ey\r", "t")) ==
        "t can't be sent: its byte 3 of 3 is the end of a line");
}

}  // namespace
}  // namespace cairn::client
