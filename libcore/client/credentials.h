// client/credentials.h: certificates for connections.
#pragma once

#include <memory>

#include "base/status.h"
#include "client/options.h"

namespace grpc {
class ChannelCredentials;
}

namespace cairn::client {

// Credentials of a TLS connection by `tls`; without a CA file the system's CAs are trusted.
// Errors: a file that can't be read ("open FILE: no such file or directory"), a certificate without
// key or the other way round, and PEM that is none.
StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsCredentials(const TlsOptions& tls);

}  // namespace cairn::client
