// client/metrics_page.cc: see metrics_page.h.
#include "client/metrics_page.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "base/wait_fd.h"

namespace cairn::client {

namespace {

constexpr size_t kMaxPageBytes = 64 << 20;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

Status Failed(std::string_view what) {
  char reason[256] = "connection failed";
  if (const unsigned long code = ERR_get_error(); code != 0) {
    ERR_error_string_n(code, reason, sizeof(reason));
  }
  ERR_clear_error();
  return absl::UnavailableError(fmt::format("{}: {}", what, reason));
}

StatusOr<Context> TlsContext(const TlsOptions& tls) {
  Context context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return Failed("TLS");
  SSL_CTX_set_verify(context.get(), tls.skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  const bool trusted = tls.ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                                           : SSL_CTX_load_verify_locations(
                                                 context.get(), tls.ca_file.c_str(), nullptr) == 1;
  if (!trusted) return Failed(tls.ca_file);
  if (!tls.cert_file.empty() &&
      (SSL_CTX_use_certificate_chain_file(context.get(), tls.cert_file.c_str()) != 1 ||
       SSL_CTX_use_PrivateKey_file(context.get(), tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1)) {
    return Failed(tls.cert_file);
  }
  return context;
}

// One that gives up at a deadline.
struct Connection {
  Bio bio;
  std::string address;
  Deadline deadline;

  // Does `step` until it is done, or fails, which it tells by 0 or less.
  template <typename Step>
  StatusOr<int> Do(Step step) {
    for (;;) {
      const int done = static_cast<int>(step(bio.get()));
      if (done > 0 || !BIO_should_retry(bio.get())) return done;
      int fd = -1;
      if (BIO_get_fd(bio.get(), &fd) < 0 || fd < 0) return Failed(address);
      const FdReady ready = BIO_should_read(bio.get()) != 0 ? FdReady::kToRead : FdReady::kToWrite;
      CAIRN_RETURN_IF_ERROR(Annotate(WaitForFd(fd, ready, deadline.LeftNanos()), address));
    }
  }

  Status Connect() {
    BIO_set_nbio(bio.get(), 1);
    CAIRN_ASSIGN_OR_RETURN(const int done, Do([](BIO* b) { return BIO_do_connect(b); }));
    return done == 1 ? absl::OkStatus() : Failed(address);
  }
};

StatusOr<Bio> PlainBio(const std::string& address) {
  Bio bio(BIO_new_connect(address.c_str()));
  if (bio == nullptr) return Failed(address);
  return bio;
}

StatusOr<Bio> TlsBio(const std::string& address, const std::string& name, SSL_CTX* context) {
  Bio bio(BIO_new_ssl_connect(context));
  if (bio == nullptr) return Failed(address);
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  if (ssl == nullptr) return Failed(address);
  if (!name.empty()) {
    // An address is checked as an address, and is no name to ask for.
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) != 1) {
      SSL_set_tlsext_host_name(ssl, name.c_str());
      SSL_set1_host(ssl, name.c_str());
    }
  }
  BIO_set_conn_hostname(bio.get(), address.c_str());
  return bio;
}

StatusOr<std::string> ReadAll(Connection& connection) {
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
  Connection connection{nullptr, address, deadline};
  if (secure) {
    CAIRN_ASSIGN_OR_RETURN(context, TlsContext(tls));
    CAIRN_ASSIGN_OR_RETURN(
        connection.bio,
        TlsBio(address, tls.server_name.empty() ? endpoint.host : tls.server_name, context.get()));
  } else {
    CAIRN_ASSIGN_OR_RETURN(connection.bio, PlainBio(address));
  }
  CAIRN_RETURN_IF_ERROR(connection.Connect());
  // HTTP/1.0: the page comes whole, and ends with the connection.
  const std::string request = fmt::format("GET /metrics HTTP/1.0\r\nHost: {}\r\n\r\n", address);
  const int size = static_cast<int>(request.size());
  CAIRN_ASSIGN_OR_RETURN(const int sent, connection.Do([&](BIO* bio) {
    return BIO_write(bio, request.data(), size);
  }));
  if (sent != size) return Failed(address);
  CAIRN_ASSIGN_OR_RETURN(const std::string page, ReadAll(connection));
  const std::string line = fmt::format("\n{} ", name);
  const size_t at = page.find(line);
  if (at == std::string::npos) {
    return absl::NotFoundError(fmt::format("{}: no metric {}", address, name));
  }
  return std::strtod(page.c_str() + at + line.size(), nullptr);
}

}  // namespace cairn::client
