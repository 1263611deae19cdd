// client/certificate_text.h: certificates as PEM brings them, and what people call their parts.
#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::client {

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeX509>;

// All certificates in `pem`; blocks of other kinds and those that can't be read are left out.
std::vector<Certificate> ReadCertificates(std::string_view pem);

// "CN=ca,O=x" (RFC 2253, printable ASCII), or "no name".
std::string NameText(const X509_NAME* name);

// "2026-11-26 13:00:00 UTC".
std::string TimeText(const ASN1_TIME* time);

// The names that a certificate is good for.
struct SubjectNames {
  std::vector<std::string> dns;
  std::vector<std::string> addresses;  // 4 or 16 bytes each
  size_t others = 0;                   // URIs, mail addresses

  bool empty() const { return dns.empty() && addresses.empty() && others == 0; }
};
SubjectNames NamesOf(const X509* certificate);

// "DNS:a, DNS:b, IP:127.0.0.1", the first eight of them.
std::string NamesText(const SubjectNames& names);

// As Go's TLS compares: an address with the addresses, a name with the DNS names, whose first label
// may be "*" for any one label.
bool Names(const SubjectNames& names, const std::string& host);

}  // namespace cairn::client
