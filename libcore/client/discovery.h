// client/discovery.h: endpoints from the DNS: the records _etcd-client-ssl._tcp.DOMAIN (https) and
// _etcd-client._tcp.DOMAIN (http).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "client/endpoint.h"
#include "os/srv_records.h"

namespace cairn::client {

struct Discovered {
  std::vector<Endpoint> endpoints;
  std::vector<std::string> ignored;  // plain ones, where only encrypted ones are wanted
};

using SrvLookup = std::function<StatusOr<std::vector<SrvRecord>>(const std::string& name)>;

// `service` is appended to the services' names ("-NAME") when it isn't empty. Errors: NotFound "dns
// lookup errors: … and …" when neither service is there.
StatusOr<Discovered> DiscoverEndpoints(const std::string& domain, const std::string& service,
                                       bool accept_plain, const SrvLookup& lookup = ResolveSrv);

}  // namespace cairn::client
