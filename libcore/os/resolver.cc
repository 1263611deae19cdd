// os/resolver.cc: names to addresses by getaddrinfo.
#include "os/resolver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

namespace cairn {
namespace {

std::string Print(const addrinfo& info) {
  char text[INET6_ADDRSTRLEN] = {};
  if (info.ai_family == AF_INET) {
    sockaddr_in address;
    std::memcpy(&address, info.ai_addr, sizeof address);
    inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", static_cast<const char*>(text), ntohs(address.sin_port));
  }
  sockaddr_in6 address;
  std::memcpy(&address, info.ai_addr, sizeof address);
  inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text);
  return fmt::format("[{}]:{}", static_cast<const char*>(text), ntohs(address.sin6_port));
}

}  // namespace

StatusOr<std::string> ResolveTcpAddress(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.empty() ? "0.0.0.0" : host.c_str(),
                                port.empty() ? "0" : port.c_str(), &hints, &found);
  if (error != 0) {
    const char* why = error == EAI_NONAME ? "no such host" : gai_strerror(error);
    return absl::NotFoundError(fmt::format("lookup {}: {}", host, why));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  const addrinfo* chosen = nullptr;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    if (at->ai_family == AF_INET) return Print(*at);
    if (chosen == nullptr && at->ai_family == AF_INET6) chosen = at;
  }
  if (chosen == nullptr) return absl::NotFoundError(fmt::format("lookup {}: no address", host));
  return Print(*chosen);
}

}  // namespace cairn
