// client/grpc_log.h: what gRPC would write on stderr by itself, kept back: of all its lines only
// the reason of a failed TLS handshake says more than the status of a call.
#pragma once

#include <string>

namespace cairn::client {

// From now on nothing is written. May be called more than once. Thread-safe.
void SilenceGrpcLog();
// The last line that names an error of the TLS library, or nothing. Thread-safe.
std::string LastTlsError();

}  // namespace cairn::client
