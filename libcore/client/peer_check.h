// client/peer_check.h: whether a server's certificate is to be trusted, decided as Go's TLS does,
// and in words that say what is wrong with it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/status.h"
#include "client/options.h"

namespace cairn::client {

// Judges the chains of servers by the authorities of one CA file, or else by those that Go programs
// find: SSL_CERT_FILE or the system's bundle, and SSL_CERT_DIR (directories, split at colons) or
// the system's. Thread-safe.
class PeerCheck {
 public:
  // An empty `ca_file`: what the system trusts, read when the first server shows its certificate.
  // Errors: those of reading the file; InvalidArgument when it holds no certificate.
  static StatusOr<std::shared_ptr<PeerCheck>> Create(const std::string& ca_file);
  ~PeerCheck();

  // `chain` is PEM, the server's own certificate first; `name` is the host name (in any case) or IP
  // address that it must have as a SAN: the common name doesn't count, nor an address that is
  // written as a DNS name. Errors: Unauthenticated "the server's certificate …".
  Status Check(std::string_view chain, const std::string& name);

 private:
  struct Roots;
  PeerCheck();
  std::mutex mutex_;
  std::unique_ptr<Roots> roots_;
};

// What was last said about the certificate of one endpoint. Thread-safe.
class PeerVerdict {
 public:
  void Set(std::string refusal) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(refusal);
  }
  // Empty when it was trusted, or none was seen.
  std::string refusal() const {
    const std::lock_guard lock(mutex_);
    return refusal_;
  }

 private:
  mutable std::mutex mutex_;
  std::string refusal_;
};

// What makes a server refuse the client certificate of `tls`: expired, not valid yet, not for
// clients, or else who signed it. With `by_file_alone`, when no server has said that it refuses it:
// empty unless the file says why every server does.
std::string ClientCertificateFault(const TlsOptions& tls, bool by_file_alone = false);

}  // namespace cairn::client
