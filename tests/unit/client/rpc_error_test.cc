// tests/unit/client/rpc_error_test.cc: the words of failed calls are those of etcd's client.
#include "client/rpc_error.h"

#include <doctest/doctest.h>

namespace cairn::client {
namespace {

TEST_CASE("the server's own errors stand alone, others with their code") {
  using absl::StatusCode;
  const auto text = [](StatusCode code, const char* message) {
    return std::string(Message(RpcStatus(Status(code, message))));
  };
  CHECK(text(StatusCode::kInvalidArgument, "etcdserver: key is not provided") ==
        "etcdserver: key is not provided");
  CHECK(text(StatusCode::kDeadlineExceeded, "Deadline Exceeded") == "context deadline exceeded");
  CHECK(text(StatusCode::kCancelled, "CANCELLED") == "context canceled");
  CHECK(text(StatusCode::kUnavailable, "Socket closed") ==
        "rpc error: code = Unavailable desc = Socket closed");
  CHECK(text(StatusCode::kUnauthenticated, "x") == "rpc error: code = Unauthenticated desc = x");
  CHECK(RpcStatus(absl::OkStatus()).ok());
  CHECK(absl::IsNotFound(RpcStatus(Status(StatusCode::kNotFound, "etcdserver: x"))));
}

}  // namespace
}  // namespace cairn::client
