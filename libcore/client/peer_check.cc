// client/peer_check.cc: see peer_check.h.
#include "client/peer_check.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <vector>

#include "base/fs.h"
#include "client/certificate_text.h"
#include "os/environment.h"

namespace cairn::client {

namespace {

constexpr uint64_t kMaxPemBytes = 16 << 20;
// Where Go looks, too: Debian, Fedora, SUSE, OpenELEC, RHEL, Alpine.
constexpr const char* kBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",     "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",                 "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"};
constexpr const char* kFolders[] = {"/etc/ssl/certs", "/etc/pki/tls/certs"};
// 80 bits: RSA of 1024 bits passes, SHA-1 doesn't, as with Go.
constexpr int kSecurityLevel = 1;

std::string Variable(std::string_view name) {
  for (auto& [found, value] : EnvironmentVariables(name)) {
    if (found == name) return value;
  }
  return {};
}

struct FreeStore {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
struct FreeStoreContext {
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};

// What an unsuccessful look at a chain found.
struct Fault {
  int error = X509_V_OK;
  X509* at = nullptr;  // the certificate that is to blame; of the chain that was looked at
  bool untrusted() const {
    return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
           error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
           error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
           error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
           error == X509_V_ERR_CERT_SIGNATURE_FAILURE;
  }
};

}  // namespace

struct PeerCheck::Roots {
  std::unique_ptr<X509_STORE, FreeStore> store{X509_STORE_new()};
  std::string ca_file;   // empty: the system's
  std::string first_ca;  // whose the first one is
  std::string unread;    // what SSL_CERT_FILE names and can't be read
  int files = 0, folders = 0;

  size_t Add(std::string_view pem) {
    const std::vector<Certificate> found = ReadCertificates(pem);
    for (const Certificate& one : found) {
      if (first_ca.empty()) first_ca = NameText(X509_get_subject_name(one.get()));
      X509_STORE_add_cert(store.get(), one.get());
    }
    ERR_clear_error();
    return found.size();
  }

  void AddSystemBundle() {
    if (files++ > 0) return;
    if (const std::string named = Variable("SSL_CERT_FILE"); !named.empty()) {
      const auto pem = ReadWholeFile(PosixFs(), named, kMaxPemBytes);
      if (!pem.ok()) {
        unread = Message(pem.status());
      } else if (Add(*pem) == 0) {
        unread = named + " holds no certificate";
      }
      return;
    }
    for (const char* path : kBundles) {
      if (const auto pem = ReadWholeFile(PosixFs(), path, kMaxPemBytes); pem.ok()) {
        Add(*pem);
        return;
      }
    }
  }

  // False when they were there before.
  bool AddSystemFolders() {
    if (!ca_file.empty() || folders++ > 0) return false;
    std::vector<std::string> paths(std::begin(kFolders), std::end(kFolders));
    if (const std::string named = Variable("SSL_CERT_DIR"); !named.empty()) {
      paths.clear();
      for (size_t from = 0; from <= named.size();) {
        const size_t colon = std::min(named.find(':', from), named.size());
        paths.push_back(named.substr(from, colon - from));
        from = colon + 1;
      }
    }
    for (const std::string& path : paths) {
      const auto names = PosixFs().List(path);
      if (!names.ok()) continue;
      for (const std::string& name : *names) {
        const auto pem = ReadWholeFile(PosixFs(), path + "/" + name, kMaxPemBytes);
        if (pem.ok()) Add(*pem);
      }
    }
    return true;
  }

  Fault Verify(const std::vector<Certificate>& chain) const {
    const std::unique_ptr<X509_STORE_CTX, FreeStoreContext> context(X509_STORE_CTX_new());
    const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> others(
        sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
    for (size_t i = 1; i < chain.size(); ++i) sk_X509_push(others.get(), chain[i].get());
    if (context == nullptr ||
        X509_STORE_CTX_init(context.get(), store.get(), chain[0].get(), others.get()) != 1 ||
        X509_STORE_CTX_set_default(context.get(), "ssl_server") != 1) {
      return {X509_V_ERR_OUT_OF_MEM, chain[0].get()};
    }
    X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
    // Whatever is in the CA file is trusted, also a server's own certificate.
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
    if (X509_verify_cert(context.get()) == 1) return {};
    Fault fault{X509_STORE_CTX_get_error(context.get()),
                X509_STORE_CTX_get_current_cert(context.get())};
    if (fault.error == X509_V_OK) fault.error = X509_V_ERR_UNSPECIFIED;
    if (fault.at == nullptr) fault.at = chain[0].get();
    ERR_clear_error();
    return fault;
  }

  // "is not trusted: …"
  std::string Untrusted(const Certificate& own) const {
    const std::string issuer = NameText(X509_get_issuer_name(own.get()));
    const bool self = issuer == NameText(X509_get_subject_name(own.get()));
    const std::string by = self ? "signed by itself" : fmt::format("signed by {}", issuer);
    if (!ca_file.empty()) {
      const bool renewed = issuer == first_ca && !self;
      return fmt::format("is not trusted: {}, and not by what --cacert {} holds ({}{})", by,
                         ca_file, first_ca, renewed ? ", with another key" : "");
    }
    if (!unread.empty()) {
      return fmt::format("is not trusted: {}, and of SSL_CERT_FILE: {}", by, unread);
    }
    return fmt::format("is not trusted: {}, which this machine does not know: name its CA by "
                       "--cacert",
                       by);
  }
};

PeerCheck::PeerCheck() : roots_(std::make_unique<Roots>()) {}
PeerCheck::~PeerCheck() = default;

StatusOr<std::shared_ptr<PeerCheck>> PeerCheck::Create(const std::string& ca_file) {
  std::shared_ptr<PeerCheck> check(new PeerCheck);
  check->roots_->ca_file = ca_file;
  if (ca_file.empty()) return check;
  CAIRN_ASSIGN_OR_RETURN(const std::string pem, ReadWholeFile(PosixFs(), ca_file, kMaxPemBytes));
  if (check->roots_->Add(pem) == 0) {
    return absl::InvalidArgumentError(fmt::format("{} holds no PEM certificate", ca_file));
  }
  return check;
}

Status PeerCheck::Check(std::string_view chain_pem, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto bad = [](std::string_view which, std::string_view what) {
    return absl::UnauthenticatedError(fmt::format("{} {}", which, what));
  };
  constexpr std::string_view kServers = "the server's certificate";
  const std::vector<Certificate> chain = ReadCertificates(chain_pem);
  if (chain.empty()) return bad("the server", "shows no certificate that can be read");
  if (roots_->ca_file.empty()) roots_->AddSystemBundle();
  Fault fault = roots_->Verify(chain);
  if (fault.untrusted() && roots_->AddSystemFolders()) fault = roots_->Verify(chain);
  const bool own = fault.at == nullptr || X509_cmp(fault.at, chain[0].get()) == 0;
  const std::string which =
      own ? std::string(kServers)
          : fmt::format("the server's CA ({})", NameText(X509_get_subject_name(fault.at)));
  if (fault.untrusted()) return bad(kServers, roots_->Untrusted(chain[0]));
  switch (fault.error) {
    case X509_V_OK:
      break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return bad(which, fmt::format("expired on {}", TimeText(X509_get0_notAfter(fault.at))));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return bad(which, fmt::format("is not valid before {} (is this machine's clock right?)",
                                    TimeText(X509_get0_notBefore(fault.at))));
    case X509_V_ERR_INVALID_PURPOSE:
      return bad(which, own ? "is not for servers: serverAuth is missing in its extendedKeyUsage"
                            : "is not for signing servers' certificates");
    default:
      return bad(which,
                 fmt::format("is not trusted: {}", X509_verify_cert_error_string(fault.error)));
  }
  const SubjectNames names = NamesOf(chain[0].get());
  if (Names(names, name)) return absl::OkStatus();
  if (names.empty()) {
    return bad(kServers,
               fmt::format("has no SAN: its CN ({}) does not count, it needs a "
                           "subjectAltName for {}",
                           NameText(X509_get_subject_name(chain[0].get())), name));
  }
  return bad(kServers, fmt::format("is for another name: it is for {}, and not for {}",
                                   NamesText(names), name));
}

std::string ClientCertificateFault(const TlsOptions& tls, bool by_file_alone) {
  const auto pem = ReadWholeFile(PosixFs(), tls.cert_file, kMaxPemBytes);
  const std::vector<Certificate> chain =
      pem.ok() ? ReadCertificates(*pem) : std::vector<Certificate>{};
  const std::string what =
      fmt::format("the server refuses the client certificate of --cert {}", tls.cert_file);
  if (chain.empty()) return by_file_alone ? "" : what;
  X509* const own = chain[0].get();
  if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0) {
    return fmt::format("{}: it expired on {}", what, TimeText(X509_get0_notAfter(own)));
  }
  if (X509_cmp_current_time(X509_get0_notBefore(own)) > 0) {
    return fmt::format("{}: it is not valid before {}", what, TimeText(X509_get0_notBefore(own)));
  }
  const uint32_t uses = X509_get_extended_key_usage(own);
  if ((uses & (XKU_SSL_CLIENT | XKU_ANYEKU)) == 0) {
    return what + ": it is not for clients (clientAuth is missing in its extendedKeyUsage)";
  }
  if (by_file_alone) return "";
  return fmt::format("{}: does it trust {}, who signed it?", what,
                     NameText(X509_get_issuer_name(own)));
}

}  // namespace cairn::client
