// client/options.h: the settings of a client.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/endpoint.h"

namespace cairn::client {

// Files are PEM. Empty strings mean "not given".
struct TlsOptions {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;  // checked instead of the endpoint's host
  bool skip_verify = false;
  bool insecure_transport = true;  // endpoints without a scheme and without certificates are plain

  // Whether an endpoint without a scheme is reached by TLS.
  bool configured() const {
    return !ca_file.empty() || !cert_file.empty() || !key_file.empty() || skip_verify ||
           !insecure_transport;
  }
};

struct ClientOptions {
  std::vector<Endpoint> endpoints;
  TlsOptions tls;
  // With a user, every call carries a token; it is fetched on the first one and again when the
  // server says that it has become invalid.
  std::string user;
  std::string password;
  std::string jwt_token;  // instead of user and password
  int64_t keepalive_time_nanos = 2'000'000'000;
  int64_t keepalive_timeout_nanos = 6'000'000'000;
  int64_t max_send_bytes = 0;  // 0: 2 MiB, as etcd's client
  // What answers on their way may take: a call that would take more fails with what TooLarge says
  // (client.h). 0: any.
  int64_t memory_bytes = 0;
  int64_t max_recv_bytes = 0;  // 0: no limit
  bool debug = false;          // gRPC's own log goes to stderr
};

inline bool UsesTls(const ClientOptions& options, const Endpoint& endpoint) {
  using Security = Endpoint::Security;
  return endpoint.security == Security::kTls ||
         (endpoint.security == Security::kAsConfigured && options.tls.configured());
}

}  // namespace cairn::client
