// client/what_listens.cc: see what_listens.h.
#include "client/what_listens.h"

#include <openssl/err.h>

#include <string_view>

#include "client/bio_connection.h"

namespace cairn::client {

namespace {

using std::string_view_literals::operator""sv;

// The preface and an empty SETTINGS frame.
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"sv;
constexpr int kFrameHeader = 9;
constexpr char kSettings = 4;

}  // namespace

bool SpeaksTls(const Endpoint& endpoint, Deadline deadline) {
  if (endpoint.is_unix()) return false;
  const std::unique_ptr<SSL_CTX, FreeSslContext> context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return false;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  auto connection =
      BioConnection::Tls(endpoint.authority, deadline, endpoint.host, context.get());
  if (!connection.ok()) return false;
  BIO_set_nbio(connection->bio.get(), 1);
  const auto done = connection->Do([](BIO* bio) { return BIO_do_handshake(bio); });
  // An alert has its number among OpenSSL's reasons.
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  return done.ok() && (*done == 1 || (ERR_GET_LIB(error) == ERR_LIB_SSL &&
                                      ERR_GET_REASON(error) > SSL_AD_REASON_OFFSET));
}

bool SpeaksPlainHttp2(const Endpoint& endpoint, Deadline deadline) {
  if (endpoint.is_unix()) return false;
  auto connection = BioConnection::Plain(endpoint.authority, deadline);
  if (!connection.ok() || !connection->Connect().ok()) return false;
  const auto sent = connection->Do([](BIO* bio) {
    return BIO_write(bio, kPreface.data(), static_cast<int>(kPreface.size()));
  });
  char header[kFrameHeader] = {};
  int got = 0;
  while (sent.ok() && *sent > 0 && got < kFrameHeader) {
    const auto more = connection->Do(
        [&](BIO* bio) { return BIO_read(bio, header + got, kFrameHeader - got); });
    if (!more.ok() || *more <= 0) break;
    got += *more;
  }
  ERR_clear_error();
  return got == kFrameHeader && header[3] == kSettings;
}

}  // namespace cairn::client
