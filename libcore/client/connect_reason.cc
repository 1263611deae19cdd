// client/connect_reason.cc: see connect_reason.h.
#include "client/connect_reason.h"

namespace cairn::client {

namespace {

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

std::string ConnectReason(std::string_view text, std::string_view tls_error, bool tls) {
  if (Has(text, "Connection refused")) return std::string(kConnectionRefused);
  if (Has(text, "No route to host")) return "no route to host";
  if (Has(text, "Network is unreachable")) return "network is unreachable";
  if (Has(text, "No such file or directory")) return std::string(kNoSocket);
  if (Has(text, "Permission denied")) return "permission denied";
  if (Has(text, "Domain name not found") || Has(text, "ARES_ENOTFOUND")) return "no such host";
  if (Has(text, "DNS resolution failed")) return "the name can't be looked up";
  if (Has(text, "wrong version number")) {
    return std::string(kNoTls);
  }
  if (tls && Has(tls_error, "certificate required")) {
    return "the server wants a client certificate: give --cert and --key";
  }
  if (tls && (Has(tls_error, "bad certificate") || Has(tls_error, "unknown ca") ||
              Has(tls_error, "certificate expired") || Has(tls_error, "certificate unknown"))) {
    return std::string(kClientRefused);
  }
  if (Has(text, "http1.x server") || Has(text, "Failed parsing HTTP/2")) {
    return "what answers there speaks no gRPC: no etcd, or another of its ports";
  }
  if (Has(text, "Socket closed") || Has(text, "Endpoint read failed") ||
      Has(text, "Connection reset") || Has(text, "Broken pipe")) {
    return std::string(kEnded);
  }
  if (Has(text, "SETTINGS frame") || Has(text, "timed out") || Has(text, "handshaker shutdown")) {
    return "no answer";
  }
  // gRPC's own words, without what it wraps around them.
  for (const std::string_view wrapping :
       {std::string_view("last error: "), std::string_view("UNKNOWN: "),
        std::string_view("UNAVAILABLE: ")}) {
    if (const size_t at = text.find(wrapping); at != std::string_view::npos) {
      text.remove_prefix(at + wrapping.size());
    }
  }
  return std::string(text);
}

}  // namespace cairn::client
