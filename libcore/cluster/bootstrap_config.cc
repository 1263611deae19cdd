// cluster/bootstrap_config.cc: the local member against the initial cluster.
#include "cluster/bootstrap_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "gotext/quote.h"

namespace cairn::cluster {
namespace {

std::string QuotedList(const Urls& urls) {
  std::vector<std::string> quoted;
  for (const Url& url : urls) quoted.push_back(QuoteGo(url.ToString()));
  return fmt::format("[{}]", absl::StrJoin(quoted, " "));
}

bool SamePlace(const Url& a, const Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.path == b.path;
}

void Sort(Urls& urls) {
  std::sort(urls.begin(), urls.end(),
            [](const Url& a, const Url& b) { return a.ToString() < b.ToString(); });
}

Status ResolveAll(Urls& urls, const ResolveHostPort& resolve) {
  for (Url& url : urls) {
    // Sockets have no address, and localhost may be several.
    if (url.scheme == "unix" || url.scheme == "unixs") continue;
    CAIRN_ASSIGN_OR_RETURN(const HostPort host_port, SplitHostPort(url.host));
    if (host_port.host == "localhost") continue;
    auto address = resolve(host_port);
    if (!address.ok()) {
      return absl::InvalidArgumentError(fmt::format(
          "failed to resolve {} ({})", QuoteGo(url.ToString()), Message(address.status())));
    }
    url.host = *address;
  }
  return absl::OkStatus();
}

// Why the two are not the same URLs.
Status CompareUrls(Urls a, Urls b, const ResolveHostPort& resolve) {
  if (a.size() != b.size()) {
    return absl::InvalidArgumentError(
        fmt::format("len({}) != len({})", QuotedList(a), QuotedList(b)));
  }
  if (std::equal(a.begin(), a.end(), b.begin(), SamePlace)) return absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(ResolveAll(a, resolve));
  CAIRN_RETURN_IF_ERROR(ResolveAll(b, resolve));
  Sort(a);
  Sort(b);
  for (size_t i = 0; i < a.size(); ++i) {
    if (!SamePlace(a[i], b[i])) {
      return absl::InvalidArgumentError(fmt::format(
          "resolved urls: {} != {}", QuoteGo(a[i].ToString()), QuoteGo(b[i].ToString())));
    }
  }
  return absl::OkStatus();
}

// What is in `has` and not in `lacks`, each with `prefix`, with commas.
std::string Missing(const Urls& has, const Urls& lacks, std::string_view prefix) {
  std::set<std::string> known;
  for (const Url& url : lacks) known.insert(url.ToString());
  std::vector<std::string> missing;
  for (const Url& url : has) {
    if (known.insert(url.ToString()).second) {
      missing.push_back(fmt::format("{}{}", prefix, url.ToString()));
    }
  }
  return absl::StrJoin(missing, ",");
}

Status CheckAdvertised(const BootstrapConfig& config, const Urls& listed,
                       const ResolveHostPort& resolve) {
  const Urls& advertised = config.advertise_peer_urls;
  const Status compared = CompareUrls(advertised, listed, resolve);
  if (compared.ok()) return absl::OkStatus();
  const std::string missing = Missing(listed, advertised, config.name + "=");
  if (!missing.empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "--initial-cluster has {} but missing from --initial-advertise-peer-urls={} ({})", missing,
        JoinUrls(advertised), Message(compared)));
  }
  const std::string self = UrlsMapString({{config.name, advertised}});
  const std::string extra = Missing(advertised, listed, "");
  if (!extra.empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "--initial-advertise-peer-urls has {} but missing from --initial-cluster={}", extra, self));
  }
  return absl::InvalidArgumentError(
      fmt::format("failed to resolve {} to match --initial-cluster={} "
                  "({})",
                  JoinUrls(advertised), self, Message(compared)));
}

}  // namespace

Status CheckBootstrap(const BootstrapConfig& config, const ResolveHostPort& resolve) {
  const auto local = config.initial_cluster.find(config.name);
  if (local == config.initial_cluster.end()) {
    return absl::InvalidArgumentError(fmt::format(
        "couldn't find local name {} in the initial cluster configuration", QuoteGo(config.name)));
  }
  CAIRN_RETURN_IF_ERROR(CheckAdvertised(config, local->second, resolve));
  if (HasDuplicateUrl(config.initial_cluster)) {
    return absl::InvalidArgumentError(
        fmt::format("initial cluster {} has duplicate url", UrlsMapString(config.initial_cluster)));
  }
  return absl::OkStatus();
}

}  // namespace cairn::cluster
