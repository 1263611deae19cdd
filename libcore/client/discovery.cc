// client/discovery.cc: see discovery.h.
#include "client/discovery.h"

#include <fmt/format.h>

namespace cairn::client {

StatusOr<Discovered> DiscoverEndpoints(const std::string& domain, const std::string& service,
                                       bool accept_plain, const SrvLookup& lookup) {
  const std::string suffix = service.empty() ? "" : "-" + service;
  const auto ask = [&](std::string_view kind) {
    return lookup(fmt::format("_{}{}._tcp.{}", kind, suffix, domain));
  };
  const auto encrypted = ask("etcd-client-ssl");
  const auto plain = ask("etcd-client");
  if (!encrypted.ok() && !plain.ok()) {
    return absl::NotFoundError(fmt::format("dns lookup errors: {} and {}",
                                           Message(encrypted.status()), Message(plain.status())));
  }
  Discovered found;
  const auto take = [&](const StatusOr<std::vector<SrvRecord>>& records,
                        std::string_view scheme) -> Status {
    if (!records.ok()) return absl::OkStatus();
    for (const SrvRecord& record : *records) {
      const std::string text = fmt::format("{}://{}:{}", scheme, record.host, record.port);
      if (scheme == "http" && !accept_plain) {
        found.ignored.push_back(text);
        continue;
      }
      CAIRN_ASSIGN_OR_RETURN(Endpoint endpoint, ParseEndpoint(text));
      found.endpoints.push_back(std::move(endpoint));
    }
    return absl::OkStatus();
  };
  CAIRN_RETURN_IF_ERROR(take(encrypted, "https"));
  CAIRN_RETURN_IF_ERROR(take(plain, "http"));
  return found;
}

}  // namespace cairn::client
