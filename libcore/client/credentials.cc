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
// Where Debian, Ubuntu and the Red Hat family keep what they trust.
constexpr const char* kSystemCaFiles[] = {"/etc/ssl/certs/ca-certificates.crt",
                                          "/etc/pki/tls/certs/ca-bundle.crt"};

StatusOr<std::string> ReadPem(const std::string& path, std::string_view kind) {
  CAIRN_ASSIGN_OR_RETURN(std::string pem, ReadWholeFile(PosixFs(), path, kMaxPemBytes));
  if (pem.find("-----BEGIN ") == std::string::npos) {
    return absl::InvalidArgumentError(fmt::format("{} holds no PEM {}", path, kind));
  }
  return pem;
}

std::string SystemCas() {
  for (const char* path : kSystemCaFiles) {
    if (auto pem = ReadWholeFile(PosixFs(), path, kMaxPemBytes); pem.ok()) return *std::move(pem);
  }
  return {};
}

// A key that isn't the certificate's would only show as connections that fail.
Status CheckPair(const TlsOptions& tls, const std::string& certificate, const std::string& key) {
  const auto bio = [](const std::string& pem) {
    return std::unique_ptr<BIO, decltype(&BIO_free)>(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  };
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      PEM_read_bio_X509(bio(certificate).get(), nullptr, nullptr, nullptr), X509_free);
  // An encrypted key can't be used; nobody shall be asked for its password here.
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

// A connection that is encrypted to whoever answers.
std::shared_ptr<grpc::ChannelCredentials> Unverified(const std::string& certificate,
                                                     const std::string& key) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
  if (!certificate.empty()) {
    options.set_certificate_provider(
        std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
            std::vector<grpc::experimental::IdentityKeyCertPair>{{key, certificate}}));
    options.watch_identity_key_cert_pairs();
  }
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace

StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsCredentials(const TlsOptions& tls) {
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("KeyFile and CertFile must both be present[key: {}, cert: {}]", tls.key_file,
                    tls.cert_file));
  }
  grpc::SslCredentialsOptions options;
  if (!tls.ca_file.empty()) {
    CAIRN_ASSIGN_OR_RETURN(options.pem_root_certs, ReadPem(tls.ca_file, "certificate"));
  } else if (!tls.skip_verify) {
    options.pem_root_certs = SystemCas();
  }
  if (!tls.cert_file.empty()) {
    CAIRN_ASSIGN_OR_RETURN(options.pem_cert_chain, ReadPem(tls.cert_file, "certificate"));
    CAIRN_ASSIGN_OR_RETURN(options.pem_private_key, ReadPem(tls.key_file, "private key"));
    CAIRN_RETURN_IF_ERROR(CheckPair(tls, options.pem_cert_chain, options.pem_private_key));
  }
  if (tls.skip_verify) return Unverified(options.pem_cert_chain, options.pem_private_key);
  return grpc::SslCredentials(options);
}

}  // namespace cairn::client
