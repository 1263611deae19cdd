// client/credentials.h: certificates for connections.
#pragma once

#include <memory>

#include "base/status.h"
#include "client/options.h"
#include "client/peer_check.h"

namespace grpc {
class ChannelCredentials;
}

namespace cairn::client {

// What TLS connections by some options are made with. Without a CA file the system's CAs are
// trusted. Thread-safe.
class TlsCredentials {
 public:
  // Errors: a file that can't be read ("open FILE: no such file or directory"), a certificate
  // without key or the other way round, and PEM that is none.
  static StatusOr<TlsCredentials> Read(const TlsOptions& tls);

  // For the server whose certificate must name `name`. Why a certificate was refused is put into
  // `verdict`, and taken out once one was trusted.
  std::shared_ptr<grpc::ChannelCredentials> For(const std::string& name,
                                                std::shared_ptr<PeerVerdict> verdict) const;

 private:
  std::shared_ptr<PeerCheck> check_;  // none: every server is trusted
  std::string certificate_, key_;
};

}  // namespace cairn::client
