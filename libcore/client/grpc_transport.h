// client/grpc_transport.h: calls over HTTP/2 connections: the one place that uses gRPC.
#pragma once

#include <memory>

#include "client/options.h"
#include "client/transport.h"

namespace cairn::client {

// One channel an endpoint of `options`, connected when it is first used. Reads the certificate
// files; connects to nothing. Errors: InvalidArgument for options that make no sense together,
// NotFound and the like for files, in etcd's words.
StatusOr<std::unique_ptr<Transport>> NewGrpcTransport(const ClientOptions& options);

}  // namespace cairn::client
