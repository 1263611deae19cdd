// client/endpoint.cc: see endpoint.h.
#include "client/endpoint.h"

#include <fmt/format.h>

namespace cairn::client {

namespace {

constexpr std::string_view kDefaultPort = "2379";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool IsIpv4(std::string_view host) {
  int dots = 0;
  for (const char c : host) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3;
}

bool IsPort(std::string_view port) {
  if (port.empty() || port.size() > 5) return false;
  unsigned value = 0;
  for (const char c : port) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 65535;
}

}  // namespace

StatusOr<Endpoint> ParseEndpoint(std::string_view text) {
  text = Trim(text);
  Endpoint endpoint;
  endpoint.text = text;
  const auto bad = [&](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format("bad endpoint \"{}\": {}", text, why));
  };
  std::string_view rest = text;
  if (const size_t colon = text.find("://"); colon != std::string_view::npos) {
    const std::string_view scheme = text.substr(0, colon);
    rest = text.substr(colon + 3);
    using Security = Endpoint::Security;
    if (scheme == "unix" || scheme == "unixs") {
      if (rest.empty()) return bad("a path must follow");
      endpoint.security = scheme == "unix" ? Security::kPlain : Security::kTls;
      endpoint.target = fmt::format("unix:{}", rest);
      return endpoint;
    }
    if (scheme != "http" && scheme != "https") {
      return bad("the scheme must be http, https, unix or unixs");
    }
    endpoint.security = scheme == "http" ? Security::kPlain : Security::kTls;
    if (const size_t slash = rest.find('/'); slash != std::string_view::npos) {
      rest = rest.substr(0, slash);
    }
  }
  std::string_view port = kDefaultPort;
  if (rest.starts_with('[')) {
    const size_t close = rest.find(']');
    if (close == std::string_view::npos) return bad("\"]\" is missing");
    endpoint.host = rest.substr(1, close - 1);
    rest = rest.substr(close + 1);
    if (rest.starts_with(':')) {
      port = rest.substr(1);
    } else if (!rest.empty()) {
      return bad("a port must follow \"]\"");
    }
  } else if (const size_t colon = rest.rfind(':'); colon == std::string_view::npos) {
    endpoint.host = rest;
  } else if (rest.find(':') != colon) {
    endpoint.host = rest;  // an IPv6 address without brackets has no port
  } else {
    endpoint.host = rest.substr(0, colon);
    port = rest.substr(colon + 1);
  }
  if (endpoint.host.empty()) return bad("the host is missing");
  if (!IsPort(port)) return bad(fmt::format("\"{}\" is no port", port));
  if (endpoint.host.find(':') != std::string::npos) {
    endpoint.target = fmt::format("ipv6:[{}]:{}", endpoint.host, port);
  } else if (IsIpv4(endpoint.host)) {
    endpoint.target = fmt::format("ipv4:{}:{}", endpoint.host, port);
  } else {
    endpoint.target = fmt::format("dns:///{}:{}", endpoint.host, port);
  }
  return endpoint;
}

StatusOr<std::vector<Endpoint>> ParseEndpoints(std::string_view list) {
  std::vector<Endpoint> endpoints;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view part = Trim(list.substr(0, comma));
    if (!part.empty()) {
      CAIRN_ASSIGN_OR_RETURN(Endpoint endpoint, ParseEndpoint(part));
      endpoints.push_back(std::move(endpoint));
    }
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return endpoints;
}

}  // namespace cairn::client
