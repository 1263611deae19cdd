// base/sha256.h: SHA-256 through OpenSSL, for snapshot digests; and SHA-1, which etcd's member ids
// are made with.
#pragma once

#include <array>
#include <memory>
#include <string_view>

namespace cairn {

using Sha256Digest = std::array<char, 32>;

// A running SHA-256. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void Update(std::string_view data);
  // May be called once.
  Sha256Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::array<char, 20> Sha1(std::string_view data);

}  // namespace cairn
