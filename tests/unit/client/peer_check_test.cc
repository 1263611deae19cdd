// tests/unit/client/peer_check_test.cc: which certificates are trusted, and the words for others.
#include "client/peer_check.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "client/certificate_text.h"

namespace cairn::client {
namespace {

constexpr long kDay = 86'400;

struct Key {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  ~Key() { EVP_PKEY_free(key); }
};

struct Made {
  Certificate certificate;
  std::shared_ptr<Key> key;

  std::string pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    std::string pem(text, static_cast<size_t>(size));
    BIO_free(bio);
    return pem;
  }
};

struct Wish {
  const char* name = "leaf";
  const char* san = nullptr;
  long from_days = -1, to_days = 30;
  const char* use = "serverAuth";
  bool ca = false;
};

// Signed by `signer`, or by itself.
Made Make(const Wish& wish, const Made* signer = nullptr) {
  Made made{Certificate(X509_new()), std::make_shared<Key>()};
  X509* const x = made.certificate.get();
  X509_set_version(x, 2);
  static long serial = 1;
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x), wish.from_days * kDay);
  X509_gmtime_adj(X509_getm_notAfter(x), wish.to_days * kDay);
  X509_NAME* const name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(wish.name), -1, -1, 0);
  X509_set_issuer_name(
      x, signer != nullptr ? X509_get_subject_name(signer->certificate.get()) : name);
  X509_set_pubkey(x, made.key->key);
  const auto extend = [&](int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    REQUIRE(extension != nullptr);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  };
  if (wish.ca) extend(NID_basic_constraints, "critical,CA:TRUE");
  if (wish.san != nullptr) extend(NID_subject_alt_name, wish.san);
  if (!wish.ca && wish.use != nullptr) extend(NID_ext_key_usage, wish.use);
  REQUIRE(X509_sign(x, signer != nullptr ? signer->key->key : made.key->key, EVP_sha256()) > 0);
  return made;
}

// A file of its own, gone with it.
struct PemFile {
  std::string path;
  PemFile(const char* name, const std::string& pem)
      : path(std::filesystem::temp_directory_path() /
             (std::string("cairn-peer-") + std::to_string(getpid()) + "-" + name)) {
    std::ofstream(path) << pem;
  }
  ~PemFile() { std::remove(path.c_str()); }
};

struct Authority {
  Made ca = Make({.name = "ca", .ca = true});
  PemFile file{"ca.pem", ca.pem()};
  std::shared_ptr<PeerCheck> check = *PeerCheck::Create(file.path);

  std::string Said(const Made& server, const std::string& name = "127.0.0.1",
                   const std::string& others = "") {
    return std::string(Message(check->Check(server.pem() + others, name)));
  }
};

bool Has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

TEST_CASE("a server's certificate must name the host, as Go's TLS has it") {
  Authority a;
  struct Case {
    const char* san;
    const char* host;
    bool good;
  };
  for (const Case& c : {
           Case{"IP:127.0.0.1", "127.0.0.1", true},
           {"IP:127.0.0.1", "127.0.0.2", false},
           {"DNS:127.0.0.1", "127.0.0.1", false},
           {"IP:::1", "::1", true},
           {"IP:::1", "0:0:0:0:0:0:0:1", true},
           {"DNS:m0.example", "M0.Example", true},
           {"DNS:m0.example", "m0.example.", true},
           {"DNS:*.example", "m0.example", true},
           {"DNS:*.example", "a.m0.example", false},
           {"DNS:*.example", "example", false},
           {"DNS:m*.example", "m0.example", false},
           {"DNS:*", "localhost", false},
           {"URI:https://127.0.0.1", "127.0.0.1", false},
           {nullptr, "leaf", false},
       }) {
    CAPTURE(c.san);
    CAPTURE(c.host);
    CHECK(a.Said(Make({.san = c.san}, &a.ca), c.host).empty() == c.good);
  }
  CHECK(Has(a.Said(Make({.name = "srv"}, &a.ca)), "has no SAN: its CN (CN=srv) does not count"));
  CHECK(a.Said(Make({.san = "DNS:m0.example,IP:10.0.0.1"}, &a.ca)) ==
        "the server's certificate is for another name: it is for DNS:m0.example, IP:10.0.0.1, and "
        "not for 127.0.0.1");
}

TEST_CASE("a certificate out of its time is told with the time") {
  Authority a;
  const char* const here = "IP:127.0.0.1";
  CHECK(Has(a.Said(Make({.san = here, .from_days = -9, .to_days = -1}, &a.ca)),
            "the server's certificate expired on 20"));
  CHECK(Has(a.Said(Make({.san = here, .from_days = 2}, &a.ca)), "is not valid before 20"));
  const Made old_ca = Make({.name = "old", .from_days = -9, .to_days = -1, .ca = true}, &a.ca);
  CHECK(Has(a.Said(Make({.san = here}, &old_ca), "127.0.0.1", old_ca.pem()),
            "the server's CA (CN=old) expired on 20"));
}

TEST_CASE("who signed a certificate that is not trusted is told") {
  Authority a, stranger;
  const char* const here = "IP:127.0.0.1";
  const Made other_ca = Make({.name = "stranger", .ca = true});
  const std::string unknown = a.Said(Make({.san = here}, &other_ca));
  CHECK(Has(unknown, "is not trusted: signed by CN=stranger, and not by what --cacert "));
  CHECK(Has(unknown, "holds (CN=ca)"));
  CHECK(Has(a.Said(Make({.san = here}, &stranger.ca)), "holds (CN=ca, with another key)"));
  CHECK(Has(a.Said(Make({.san = here})), "is not trusted: signed by itself"));
  CHECK(Has(a.Said(Make({.san = here, .use = "clientAuth"}, &a.ca)), "is not for servers"));
  CHECK(a.Said(Make({.san = here, .use = nullptr}, &a.ca)) == "");
  CHECK(Message(a.check->Check("", "x")) == "the server shows no certificate that can be read");
}

TEST_CASE("chains by way of others are followed, and whatever the CA file holds is trusted") {
  Authority a;
  const Made middle = Make({.name = "middle", .ca = true}, &a.ca);
  const Made leaf = Make({.san = "IP:127.0.0.1"}, &middle);
  CHECK(a.Said(leaf, "127.0.0.1", middle.pem()) == "");
  CHECK(Has(a.Said(leaf), "is not trusted: signed by CN=middle"));
  for (const Made& trusted : {Make({.name = "own", .san = "IP:127.0.0.1"}),
                              Make({.name = "own", .san = "IP:127.0.0.1"}, &a.ca)}) {
    const PemFile file("own.pem", "text before\n" + trusted.pem());
    CHECK((*PeerCheck::Create(file.path))->Check(trusted.pem(), "127.0.0.1").ok());
  }
}

TEST_CASE("SSL_CERT_FILE and SSL_CERT_DIR name what is trusted where there is no CA file") {
  Authority a;
  const Made leaf = Make({.san = "IP:127.0.0.1"}, &a.ca);
  const auto check = [&] { return (*PeerCheck::Create(""))->Check(leaf.pem(), "127.0.0.1"); };
  CHECK(Has(std::string(Message(check())), "which this machine does not know"));
  setenv("SSL_CERT_FILE", a.file.path.c_str(), 1);
  CHECK(check().ok());
  setenv("SSL_CERT_FILE", "/nosuch", 1);
  CHECK(Has(std::string(Message(check())), "of SSL_CERT_FILE: open /nosuch"));
  const std::string folder = a.file.path + ".dir";
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/x") << a.ca.pem();
  setenv("SSL_CERT_DIR", ("/nosuch:" + folder).c_str(), 1);
  CHECK(check().ok());
  std::filesystem::remove_all(folder);
  unsetenv("SSL_CERT_FILE");
  unsetenv("SSL_CERT_DIR");
}

TEST_CASE("a client certificate that a server refuses is looked at") {
  const auto fault = [](const Made& made) {
    const PemFile file("client.pem", made.pem());
    return ClientCertificateFault({.cert_file = file.path});
  };
  Authority a;
  CHECK(Has(fault(Make({.from_days = -9, .to_days = -1}, &a.ca)), ": it expired on 20"));
  CHECK(Has(fault(Make({.from_days = 2}, &a.ca)), ": it is not valid before 20"));
  CHECK(Has(fault(Make({}, &a.ca)), "it is not for clients"));
  CHECK(Has(fault(Make({.use = "clientAuth"}, &a.ca)), "does it trust CN=ca, who signed it?"));
}

}  // namespace
}  // namespace cairn::client
