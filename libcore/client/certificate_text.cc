// client/certificate_text.cc: see certificate_text.h.
#include "client/certificate_text.h"

#include <absl/strings/ascii.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>

#include "client/bio_connection.h"
#include "gotext/quote.h"

namespace cairn::client {

namespace {

constexpr size_t kShownNames = 8;

using Bio = std::unique_ptr<BIO, FreeBio>;

std::string Bytes(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),  // NOLINT
          static_cast<size_t>(ASN1_STRING_length(text))};
}

// The 4 or 16 bytes of an address, or nothing.
std::string AddressBytes(const std::string& host) {
  char bytes[16];
  if (inet_pton(AF_INET, host.c_str(), bytes) == 1) return {bytes, 4};
  if (inet_pton(AF_INET6, host.c_str(), bytes) == 1) return {bytes, 16};
  return {};
}

std::string AddressText(const std::string& bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if ((bytes.size() != 4 && bytes.size() != 16) ||
      inet_ntop(family, bytes.data(), text, sizeof(text)) == nullptr) {
    return "?";
  }
  return text;
}

std::string Lower(std::string text) {
  absl::AsciiStrToLower(&text);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

bool MatchesDns(const std::string& pattern, const std::string& host) {
  if (pattern == host) return !host.empty();
  if (!pattern.starts_with("*.")) return false;
  const size_t dot = host.find('.');
  return dot != std::string::npos && dot > 0 &&
         std::string_view(host).substr(dot) == std::string_view(pattern).substr(1);
}

}  // namespace

std::vector<Certificate> ReadCertificates(std::string_view pem) {
  std::vector<Certificate> found;
  if (pem.size() > INT_MAX) return found;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  for (;;) {
    ERR_clear_error();
    const int before = static_cast<int>(BIO_pending(bio.get()));
    Certificate one(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (one != nullptr) {
      found.push_back(std::move(one));
    } else if (const int left = static_cast<int>(BIO_pending(bio.get()));
               left == 0 || left == before) {
      break;
    }
  }
  ERR_clear_error();
  return found;
}

std::string NameText(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return size > 0 ? std::string(text, static_cast<size_t>(size)) : "no name";
}

std::string TimeText(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

SubjectNames NamesOf(const X509* certificate) {
  SubjectNames names;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> found(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  for (int i = 0; found != nullptr && i < sk_GENERAL_NAME_num(found.get()); ++i) {
    int kind = 0;
    void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(found.get(), i), &kind);
    if (kind == GEN_DNS) {
      names.dns.push_back(Bytes(static_cast<ASN1_STRING*>(value)));
    } else if (kind == GEN_IPADD) {
      names.addresses.push_back(Bytes(static_cast<ASN1_STRING*>(value)));
    } else {
      ++names.others;
    }
  }
  return names;
}

std::string NamesText(const SubjectNames& names) {
  std::string text;
  size_t shown = 0;
  const auto add = [&](std::string_view kind, const std::string& name) {
    if (++shown > kShownNames) return;
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
      return absl::ascii_isgraph(static_cast<unsigned char>(c));
    });
    text += fmt::format("{}{}:{}", text.empty() ? "" : ", ", kind, plain ? name : QuoteGo(name));
  };
  for (const std::string& name : names.dns) add("DNS", name);
  for (const std::string& bytes : names.addresses) add("IP", AddressText(bytes));
  if (shown > kShownNames) text += fmt::format(" and {} more", shown - kShownNames);
  return text.empty() ? "neither a DNS name nor an IP address" : text;
}

bool Names(const SubjectNames& names, const std::string& host) {
  if (const std::string address = AddressBytes(host); !address.empty()) {
    return std::find(names.addresses.begin(), names.addresses.end(), address) !=
           names.addresses.end();
  }
  const std::string wanted = Lower(host);
  return std::any_of(names.dns.begin(), names.dns.end(), [&](const std::string& pattern) {
    return MatchesDns(Lower(pattern), wanted);
  });
}

}  // namespace cairn::client
