// client/connect_reason.h: why a connection didn't come about, in words that say what to do.
#pragma once

#include <string>
#include <string_view>

namespace cairn::client {

inline constexpr std::string_view kConnectionRefused = "connection refused";
inline constexpr std::string_view kNoSocket = "no such socket";

// `text` is gRPC's message of a call that found no connection, `tls_error` the TLS library's last
// word (grpc_log.h), `tls` whether the connection was to be encrypted.
std::string ConnectReason(std::string_view text, std::string_view tls_error, bool tls);

}  // namespace cairn::client
