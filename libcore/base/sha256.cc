// base/sha256.cc: see sha256.h.
#include "base/sha256.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace cairn {

struct Sha256::Context {
  EVP_MD_CTX* ctx = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(ctx); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  CAIRN_CHECK(EVP_DigestInit_ex(context_->ctx, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() = default;

void Sha256::Update(std::string_view data) {
  CAIRN_CHECK(EVP_DigestUpdate(context_->ctx, data.data(), data.size()) == 1);
}

Sha256Digest Sha256::Finish() {
  Sha256Digest digest;
  CAIRN_CHECK(EVP_DigestFinal_ex(context_->ctx, reinterpret_cast<unsigned char*>(digest.data()),
                                 nullptr) == 1);
  return digest;
}

std::array<char, 20> Sha1(std::string_view data) {
  std::array<char, 20> digest;
  CAIRN_CHECK(EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()),
                         nullptr, EVP_sha1(), nullptr) == 1);
  return digest;
}

}  // namespace cairn
