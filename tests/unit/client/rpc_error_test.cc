// tests/unit/client/rpc_error_test.cc: the words of failed calls are those of etcd's client.
#include "client/rpc_error.h"

#include <doctest/doctest.h>
#include <grpcpp/support/status.h>

namespace cairn::client {
namespace {

TEST_CASE("the server's own errors stand alone, others with their code") {
  using grpc::StatusCode;
  const auto text = [](StatusCode code, const char* message) {
    return std::string(Message(RpcStatus(grpc::Status(code, message))));
  };
  CHECK(text(StatusCode::INVALID_ARGUMENT, "etcdserver: key is not provided") ==
        "etcdserver: key is not provided");
  CHECK(text(StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded") == "context deadline exceeded");
  CHECK(text(StatusCode::CANCELLED, "CANCELLED") == "context canceled");
  CHECK(text(StatusCode::UNAVAILABLE, "Socket closed") ==
        "rpc error: code = Unavailable desc = Socket closed");
  CHECK(text(StatusCode::UNAUTHENTICATED, "x") == "rpc error: code = Unauthenticated desc = x");
  CHECK(RpcStatus(grpc::Status::OK).ok());
  CHECK(absl::IsNotFound(RpcStatus(grpc::Status(StatusCode::NOT_FOUND, "etcdserver: x"))));
}

}  // namespace
}  // namespace cairn::client
