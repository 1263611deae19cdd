// client/metrics_page.cc: see metrics_page.h.
#include "client/metrics_page.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "client/bio_connection.h"

namespace cairn::client {

namespace {

constexpr size_t kMaxPageBytes = 64 << 20;

using Context = std::unique_ptr<SSL_CTX, FreeSslContext>;

StatusOr<Context> TlsContext(const TlsOptions& tls) {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return OpensslFailed("TLS");
  SSL_CTX_set_verify(context.get(), tls.skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  const bool trusted = tls.ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                                           : SSL_CTX_load_verify_locations(
                                                 context.get(), tls.ca_file.c_str(), nullptr) == 1;
  if (!trusted) return OpensslFailed(tls.ca_file);
  if (!tls.cert_file.empty() &&
      (SSL_CTX_use_certificate_chain_file(context.get(), tls.cert_file.c_str()) != 1 ||
       SSL_CTX_use_PrivateKey_file(context.get(), tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1)) {
    return OpensslFailed(tls.cert_file);
  }
  return context;
}

StatusOr<std::string> ReadAll(BioConnection& connection) {
  const std::string& address = connection.address;
  std::string page;
  char block[1 << 14];
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(const int got, connection.Do([&](BIO* bio) {
      return BIO_read(bio, block, sizeof(block));
    }));
    if (got <= 0) break;
    page.append(block, static_cast<size_t>(got));
    if (page.size() > kMaxPageBytes) return absl::UnavailableError(address + ": too long a page");
  }
  ERR_clear_error();
  if (!page.starts_with("HTTP/1.") || page.find(" 200 ") > page.find('\r')) {
    return absl::UnavailableError(
        fmt::format("{}: no metrics page ({})", address, page.substr(0, page.find('\r'))));
  }
  return page;
}

}  // namespace

StatusOr<double> ReadMetric(const Endpoint& endpoint, const TlsOptions& tls, std::string_view name,
                            Deadline deadline) {
  using Security = Endpoint::Security;
  const bool secure = endpoint.security == Security::kTls ||
                      (endpoint.security == Security::kAsConfigured && tls.configured());
  const std::string& address = endpoint.authority;
  Context context;
  BioConnection connection{nullptr, address, deadline};
  if (secure) {
    CAIRN_ASSIGN_OR_RETURN(context, TlsContext(tls));
    CAIRN_ASSIGN_OR_RETURN(
        connection,
        BioConnection::Tls(address, deadline,
                           tls.server_name.empty() ? endpoint.host : tls.server_name,
                           context.get()));
  } else {
    CAIRN_ASSIGN_OR_RETURN(connection, BioConnection::Plain(address, deadline));
  }
  CAIRN_RETURN_IF_ERROR(connection.Connect());
  // HTTP/1.0: the page comes whole, and ends with the connection.
  const std::string request = fmt::format("GET /metrics HTTP/1.0\r\nHost: {}\r\n\r\n", address);
  const int size = static_cast<int>(request.size());
  CAIRN_ASSIGN_OR_RETURN(const int sent, connection.Do([&](BIO* bio) {
    return BIO_write(bio, request.data(), size);
  }));
  if (sent != size) return OpensslFailed(address);
  CAIRN_ASSIGN_OR_RETURN(const std::string page, ReadAll(connection));
  const std::string line = fmt::format("\n{} ", name);
  const size_t at = page.find(line);
  if (at == std::string::npos) {
    return absl::NotFoundError(fmt::format("{}: no metric {}", address, name));
  }
  return std::strtod(page.c_str() + at + line.size(), nullptr);
}

}  // namespace cairn::client
