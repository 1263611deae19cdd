// client/bio_connection.h: a connection without gRPC, for a page or a look at what listens.
#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/status.h"
#include "client/deadline.h"
#include "os/wait_fd.h"

namespace cairn::client {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct FreeSslContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

// "WHAT: " and OpenSSL's reason, which is taken.
Status OpensslFailed(std::string_view what);

// One that gives up at a deadline. Looking up a name may take longer.
struct BioConnection {
  std::unique_ptr<BIO, FreeBio> bio;
  std::string address;  // "host:port"
  Deadline deadline;

  static StatusOr<BioConnection> Plain(const std::string& address, Deadline deadline);
  // With TLS; `name`, unless empty, is asked for and, where `context` verifies, must be one of the
  // certificate's names.
  static StatusOr<BioConnection> Tls(const std::string& address, Deadline deadline,
                                     const std::string& name, SSL_CTX* context);

  // Repeats `step` until it is done, or fails, which it reports by 0 or less.
  template <typename Step>
  StatusOr<int> Do(Step step) {
    for (;;) {
      const int done = static_cast<int>(step(bio.get()));
      if (done > 0 || !BIO_should_retry(bio.get())) return done;
      int fd = -1;
      if (BIO_get_fd(bio.get(), &fd) < 0 || fd < 0) return OpensslFailed(address);
      const FdReady ready = BIO_should_read(bio.get()) != 0 ? FdReady::kToRead : FdReady::kToWrite;
      CAIRN_RETURN_IF_ERROR(Annotate(WaitForFd(fd, ready, deadline.LeftNanos()), address));
    }
  }

  // The TLS handshake, too.
  Status Connect();
};

}  // namespace cairn::client
