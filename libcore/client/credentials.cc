// client/credentials.cc: see credentials.h.
#include "client/credentials.h"

#include <fmt/format.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "base/fs.h"

namespace cairn::client {

namespace {

constexpr uint64_t kMaxPemBytes = 16 << 20;
StatusOr<std::string> ReadPem(const std::string& path, std::string_view kind) {
  CAIRN_ASSIGN_OR_RETURN(std::string pem, ReadWholeFile(PosixFs(), path, kMaxPemBytes));
  if (pem.find("-----BEGIN ") == std::string::npos) {
    return absl::InvalidArgumentError(fmt::format("{} holds no PEM {}", path, kind));
  }
  return pem;
}

// A key that isn't the certificate's would only show as connections that fail.
Status CheckPair(const TlsOptions& tls, const std::string& certificate, const std::string& key) {
  const auto bio = [](const std::string& pem) {
    return std::unique_ptr<BIO, decltype(&BIO_free)>(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  };
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      PEM_read_bio_X509(bio(certificate).get(), nullptr, nullptr, nullptr), X509_free);
  // An encrypted key can't be used; and this never asks for its password.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey(
      PEM_read_bio_PrivateKey(bio(key).get(), nullptr, no_password, nullptr), EVP_PKEY_free);
  const bool fits = x509 && pkey && X509_check_private_key(x509.get(), pkey.get()) == 1;
  ERR_clear_error();
  if (!x509) {
    return absl::InvalidArgumentError(fmt::format("{} holds no certificate", tls.cert_file));
  }
  if (!pkey) {
    return absl::InvalidArgumentError(
        fmt::format("{} holds no private key that can be read", tls.key_file));
  }
  if (!fits) {
    return absl::InvalidArgumentError(fmt::format(
        "the key in {} is not that of the certificate in {}", tls.key_file, tls.cert_file));
  }
  return absl::OkStatus();
}

using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

// The whole check of a server's certificate is PeerCheck's: gRPC's own takes the common name for a
// host name and a DNS name for an address, and says no more than "certificate verify failed".
class Verifier : public ExternalCertificateVerifier {
 public:
  Verifier(std::shared_ptr<PeerCheck> check, std::string name, std::shared_ptr<PeerVerdict> verdict)
      : check_(std::move(check)), name_(std::move(name)), verdict_(std::move(verdict)) {}

  bool Verify(TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* answer) override {
    grpc::string_ref chain = request->peer_cert_full_chain();
    if (chain.empty()) chain = request->peer_cert();
    const Status trusted = check_->Check({chain.data(), chain.size()}, name_);
    verdict_->Set(std::string(Message(trusted)));
    *answer = trusted.ok()
                  ? grpc::Status::OK
                  : grpc::Status(grpc::StatusCode::UNAUTHENTICATED, std::string(Message(trusted)));
    return true;  // it was done at once
  }
  void Cancel(TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  const std::shared_ptr<PeerCheck> check_;
  const std::string name_;
  const std::shared_ptr<PeerVerdict> verdict_;
};

}  // namespace

StatusOr<TlsCredentials> TlsCredentials::Read(const TlsOptions& tls) {
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("KeyFile and CertFile must both be present[key: {}, cert: {}]", tls.key_file,
                    tls.cert_file));
  }
  TlsCredentials credentials;
  CAIRN_ASSIGN_OR_RETURN(credentials.check_, PeerCheck::Create(tls.ca_file));
  if (tls.skip_verify) credentials.check_ = nullptr;
  if (!tls.cert_file.empty()) {
    CAIRN_ASSIGN_OR_RETURN(credentials.certificate_, ReadPem(tls.cert_file, "certificate"));
    CAIRN_ASSIGN_OR_RETURN(credentials.key_, ReadPem(tls.key_file, "private key"));
    CAIRN_RETURN_IF_ERROR(CheckPair(tls, credentials.certificate_, credentials.key_));
  }
  return credentials;
}

std::shared_ptr<grpc::ChannelCredentials> TlsCredentials::For(
    const std::string& name, std::shared_ptr<PeerVerdict> verdict) const {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  if (check_ == nullptr) {
    options.set_certificate_verifier(
        std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  } else {
    options.set_certificate_verifier(
        ExternalCertificateVerifier::Create<Verifier>(check_, name, std::move(verdict)));
  }
  if (!certificate_.empty()) {
    options.set_certificate_provider(
        std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
            std::vector<grpc::experimental::IdentityKeyCertPair>{{key_, certificate_}}));
    options.watch_identity_key_cert_pairs();
  }
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace cairn::client
