// client/bio_connection.cc: see bio_connection.h.
#include "client/bio_connection.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace cairn::client {

Status OpensslFailed(std::string_view what) {
  char reason[256] = "connection failed";
  if (const unsigned long code = ERR_get_error(); code != 0) {
    ERR_error_string_n(code, reason, sizeof(reason));
  }
  ERR_clear_error();
  return absl::UnavailableError(fmt::format("{}: {}", what, reason));
}

StatusOr<BioConnection> BioConnection::Plain(const std::string& address, Deadline deadline) {
  BioConnection connection{nullptr, address, deadline};
  connection.bio.reset(BIO_new_connect(address.c_str()));
  if (connection.bio == nullptr) return OpensslFailed(address);
  return connection;
}

StatusOr<BioConnection> BioConnection::Tls(const std::string& address, Deadline deadline,
                                           const std::string& name, SSL_CTX* context) {
  BioConnection connection{nullptr, address, deadline};
  connection.bio.reset(BIO_new_ssl_connect(context));
  if (connection.bio == nullptr) return OpensslFailed(address);
  SSL* ssl = nullptr;
  BIO_get_ssl(connection.bio.get(), &ssl);
  if (ssl == nullptr) return OpensslFailed(address);
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (!name.empty()) {
    // An address is checked as an address, and is no name to ask for.
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) != 1) {
      SSL_set_tlsext_host_name(ssl, name.c_str());
      SSL_set1_host(ssl, name.c_str());
    }
  }
  BIO_set_conn_hostname(connection.bio.get(), address.c_str());
  return connection;
}

Status BioConnection::Connect() {
  BIO_set_nbio(bio.get(), 1);
  CAIRN_ASSIGN_OR_RETURN(const int done, Do([](BIO* b) { return BIO_do_connect(b); }));
  return done == 1 ? absl::OkStatus() : OpensslFailed(address);
}

}  // namespace cairn::client
