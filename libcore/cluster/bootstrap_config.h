// cluster/bootstrap_config.h: the checks that a member's first configuration passes before anything
// is written, with etcd's messages.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cluster/urls.h"

namespace cairn::cluster {

struct BootstrapConfig {
  std::string name;
  UrlsMap initial_cluster;
  Urls advertise_peer_urls;
};

// The IP address and port of a host and port, as "ip:port" or "[v6]:port"; what failed otherwise.
using ResolveHostPort = std::function<StatusOr<std::string>(const HostPort& host_port)>;

// The local name must be in the initial cluster, with the URLs that the member advertises, and no
// URL may be there twice. Names are looked up, through `resolve`, only when the URLs differ as
// text. Errors: InvalidArgument.
Status CheckBootstrap(const BootstrapConfig& config, const ResolveHostPort& resolve);

}  // namespace cairn::cluster
