// client/endpoint.cc: see endpoint.h.
#include "client/endpoint.h"

#include <absl/strings/ascii.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>

#include "gotext/quote.h"

namespace cairn::client {

namespace {

constexpr std::string_view kDefaultPort = "2379";
constexpr std::string_view kBrackets = "[ ] stand around an IPv6 address alone, as [::1]:2379";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool IsIpv4(const std::string& host) {
  in_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

// With or without a zone ("fe80::1%eth0").
bool IsIpv6(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &address) == 1;
}

bool IsInterface(const std::string& zone) {
  if (zone.empty()) return false;
  return zone.find_first_not_of("0123456789") == std::string::npos ||
         if_nametoindex(zone.c_str()) != 0;
}

bool IsPort(std::string_view port) {
  port.remove_prefix(std::min(port.find_first_not_of('0'), port.size() - (port.empty() ? 0 : 1)));
  if (port.empty() || port.size() > 5) return false;
  unsigned value = 0;
  for (const char c : port) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 65535;
}

// What gRPC reads a path by is a URI.
std::string EscapePath(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || std::string_view("/:._-~@+=,").find(c) != path.npos) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", byte);
    }
  }
  return escaped;
}

// How one text is taken apart.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    endpoint_.text = text;
    endpoint_.shown = text;
  }

  StatusOr<Endpoint> Parse() {
    std::string lower(text_);
    absl::AsciiStrToLower(&lower);
    for (const std::string_view scheme : {"unixs", "unix"}) {
      if (lower.starts_with(scheme) && lower.substr(scheme.size(), 1) == ":") {
        CAIRN_RETURN_IF_ERROR(ParseUnix(scheme == "unixs", text_.substr(scheme.size() + 1)));
        return endpoint_;
      }
    }
    std::string_view rest = text_;
    if (const size_t colon = text_.find("://"); colon != std::string_view::npos) {
      const std::string_view scheme = std::string_view(lower).substr(0, colon);
      if (scheme != "http" && scheme != "https") {
        return Bad("the scheme must be http, https, unix or unixs");
      }
      endpoint_.security =
          scheme == "http" ? Endpoint::Security::kPlain : Endpoint::Security::kTls;
      CAIRN_ASSIGN_OR_RETURN(rest, CutUrl(colon + 3));
    } else if (lower.starts_with("http:") || lower.starts_with("https:")) {
      return Bad(fmt::format("\"//\" must follow \"{}\"", text_.substr(0, text_.find(':') + 1)));
    } else if (rest.find('@') != std::string_view::npos) {
      endpoint_.shown = fmt::format("***{}", rest.substr(rest.rfind('@')));
      return Bad("a user and a password are given by --user");
    }
    CAIRN_RETURN_IF_ERROR(ParseHostPort(rest));
    return endpoint_;
  }

 private:
  Status Bad(std::string_view why) const {
    return absl::InvalidArgumentError(
        fmt::format("bad endpoint {}: {}", QuoteGo(endpoint_.shown), why));
  }

  // "host:port" of a URL whose scheme ends at `from`.
  StatusOr<std::string_view> CutUrl(size_t from) {
    std::string_view rest = text_.substr(from);
    const std::string_view tail = rest.substr(std::min(rest.find_first_of("/?#"), rest.size()));
    rest.remove_suffix(tail.size());
    if (const size_t at = rest.rfind('@'); at != std::string_view::npos) {
      rest.remove_prefix(at + 1);
      endpoint_.shown = fmt::format("{}{}{}", text_.substr(0, from), rest, tail);
    }
    if (tail.starts_with("//") && rest.ends_with(':')) return Bad("it has two schemes");
    return rest;
  }

  Status ParseUnix(bool secure, std::string_view path) {
    if (path.starts_with("//")) path.remove_prefix(2);
    const std::string_view last = path.substr(path.rfind('/') + 1);
    if (last.empty()) return Bad("a path must follow");
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
      return Bad(fmt::format("a socket's path has at most {} bytes",
                             sizeof(sockaddr_un::sun_path) - 1));
    }
    if (path.find('\0') != std::string_view::npos) return Bad("a path has no zero byte");
    if (secure) endpoint_.security = Endpoint::Security::kTls;
    endpoint_.target = fmt::format("unix:{}", EscapePath(path));
    endpoint_.host = last.substr(0, last.rfind(':'));
    const bool sendable = last.find_first_of(" /?#@\\") == std::string_view::npos &&
                          std::all_of(last.begin(), last.end(), [](char c) {
                            return absl::ascii_isgraph(static_cast<unsigned char>(c));
                          });
    endpoint_.authority = sendable ? last : "localhost";
    return absl::OkStatus();
  }

  Status ParseHostPort(std::string_view rest) {
    if (rest.find_first_of("; \t") != std::string_view::npos) {
      return Bad("endpoints are separated by commas");
    }
    std::string_view port = kDefaultPort;
    std::string host;
    const bool bracket = rest.starts_with('[');
    if (bracket) {
      const size_t close = rest.find(']');
      if (close == std::string_view::npos) {
        return Bad(IsIpv6(std::string(rest.substr(1))) ? "\"]\" is missing" : kBrackets);
      }
      host = rest.substr(1, close - 1);
      rest = rest.substr(close + 1);
      if (rest.starts_with(':')) {
        port = rest.substr(1);
      } else if (!rest.empty()) {
        return Bad("a port must follow \"]\"");
      } else if (!IsIpv6(host)) {
        return Bad(kBrackets);
      }
    } else if (const size_t colon = rest.rfind(':'); colon == std::string_view::npos) {
      if (rest.empty()) return Bad("the host is missing");
      host = rest;
    } else if (IsIpv6(std::string(rest)) || IsIpv6(std::string(rest.substr(0, colon)))) {
      return Bad("an IPv6 address stands in brackets, as [::1]:2379");
    } else {
      host = rest.substr(0, colon);
      port = rest.substr(colon + 1);
      if (host.empty()) host = "127.0.0.1";
    }
    CAIRN_RETURN_IF_ERROR(CheckHost(host, bracket));
    if (!IsPort(port)) {
      return Bad(port.empty() ? "the port is missing"
                              : fmt::format("{} is not a port", QuoteGo(std::string(port))));
    }
    SetHostPort(host, port);
    return absl::OkStatus();
  }

  Status CheckHost(std::string& host, bool bracket) const {
    if (bracket && host.find(':') != std::string::npos) {
      // A URL writes the % of a zone as %25.
      if (const size_t zone = host.find("%25"); zone != std::string::npos) host.erase(zone + 1, 2);
      if (!IsIpv6(host)) {
        const bool port_inside = IsIpv4(host.substr(0, host.find(':')));
        return Bad(port_inside ? std::string(kBrackets)
                               : fmt::format("{} is no IPv6 address", QuoteGo(host)));
      }
      const size_t zone = host.find('%');
      if (zone == std::string::npos || IsInterface(host.substr(zone + 1))) return absl::OkStatus();
      return Bad(fmt::format("this machine has no interface {}", QuoteGo(host.substr(zone + 1))));
    }
    if (host.empty()) return Bad("the host is missing");
    for (const char c : host) {
      if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_') {
        continue;
      }
      if (c == ':') return Bad("it has too many colons (an IPv6 address stands in brackets)");
      if (c == '/') return Bad("a path needs a scheme: http:// or https://");
      return Bad(fmt::format("{} is not a host name", QuoteGo(host)));
    }
    if (host.find_first_not_of("0123456789.") == std::string::npos && !IsIpv4(host)) {
      return Bad(fmt::format("{} is no IPv4 address", QuoteGo(host)));
    }
    if (host == "." || host.size() > 254) return Bad("that is not a host name");
    return absl::OkStatus();
  }

  void SetHostPort(const std::string& host, std::string_view port) {
    if (host.find(':') != std::string::npos) {
      endpoint_.authority = fmt::format("[{}]:{}", host, port);
      const size_t zone = std::min(host.find('%'), host.size());
      endpoint_.host = host.substr(0, zone);
      endpoint_.target = fmt::format("ipv6:[{}{}]:{}", endpoint_.host,
                                     EscapePath(std::string_view(host).substr(zone)), port);
      return;
    }
    endpoint_.authority = fmt::format("{}:{}", host, port);
    endpoint_.target =
        fmt::format("{}{}", IsIpv4(host) ? "ipv4:" : "dns:///", endpoint_.authority);
    endpoint_.host = host.substr(0, host.size() - (host.ends_with('.') ? 1 : 0));
  }

  const std::string_view text_;
  Endpoint endpoint_;
};

Status AddTo(std::vector<Endpoint>& endpoints, std::string_view list);

// Quotes at the begin of `list`, and what is between them.
Status AddQuoted(std::vector<Endpoint>& endpoints, std::string_view& list) {
  const size_t close = list.find(list[0], 1);
  if (close == std::string_view::npos) {
    return absl::InvalidArgumentError(
        fmt::format("bad endpoint {}: the quote is not closed", QuoteGo(std::string(list))));
  }
  CAIRN_RETURN_IF_ERROR(AddTo(endpoints, list.substr(1, close - 1)));
  list = Trim(list.substr(close + 1));
  if (!list.empty() && list[0] != ',') {
    return absl::InvalidArgumentError(fmt::format(
        "bad endpoint {}: a comma must follow the quote", QuoteGo(std::string(list))));
  }
  return absl::OkStatus();
}

Status AddTo(std::vector<Endpoint>& endpoints, std::string_view list) {
  while (!(list = Trim(list)).empty()) {
    if (list[0] == '"' || list[0] == '\'') {
      CAIRN_RETURN_IF_ERROR(AddQuoted(endpoints, list));
    }
    const size_t comma = std::min(list.find(','), list.size());
    if (const std::string_view part = Trim(list.substr(0, comma)); !part.empty()) {
      CAIRN_ASSIGN_OR_RETURN(Endpoint endpoint, ParseEndpoint(part));
      endpoints.push_back(std::move(endpoint));
    }
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<Endpoint> ParseEndpoint(std::string_view text) { return Parser(Trim(text)).Parse(); }

StatusOr<std::vector<Endpoint>> ParseEndpoints(std::string_view list) {
  std::vector<Endpoint> endpoints;
  CAIRN_RETURN_IF_ERROR(AddTo(endpoints, list));
  return endpoints;
}

}  // namespace cairn::client
