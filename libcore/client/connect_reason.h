// client/connect_reason.h: why a connection didn't come about, in words that say what to do.
#pragma once

#include <string>
#include <string_view>

namespace cairn::client {

inline constexpr std::string_view kConnectionRefused = "connection refused";
inline constexpr std::string_view kNoSocket = "no such socket";
inline constexpr std::string_view kNoTls =
    "the server speaks no TLS there: take http://, and no certificate options";
inline constexpr std::string_view kWantsTls = "the server wants TLS there: take https://";
// Without a word: what_listens.h may know more.
inline constexpr std::string_view kEnded = "the server ended the connection: is it an etcd?";
inline constexpr std::string_view kClientRefused =
    "the server refuses the client certificate of --cert";

// `text` is gRPC's message of a call that found no connection, `tls_error` the TLS library's last
// word (grpc_log.h), `tls` whether the connection was to be encrypted.
std::string ConnectReason(std::string_view text, std::string_view tls_error, bool tls);

}  // namespace cairn::client
