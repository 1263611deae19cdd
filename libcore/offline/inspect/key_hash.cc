// offline/inspect/key_hash.cc: SipHash-1-3 with 128 bits of output.
#include "offline/inspect/key_hash.h"

#include <bit>

#include "base/bytes.h"
#include "base/random.h"

namespace cairn::offline {
namespace {

struct SipState {
  uint64_t v0, v1, v2, v3;

  void Round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
  void Absorb(uint64_t word) {
    v3 ^= word;
    Round();
    v0 ^= word;
  }
  uint64_t Squeeze() {
    Round();
    Round();
    Round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

// What no file could be made for.
struct Secret {
  uint64_t first = SystemSeed();
  uint64_t second = SystemSeed();
};
Secret secret;

}  // namespace

KeyHash HashKey(std::string_view key) {
  SipState s{0x736f6d6570736575 ^ secret.first, 0x646f72616e646f6d ^ secret.second ^ 0xee,
             0x6c7967656e657261 ^ secret.first, 0x7465646279746573 ^ secret.second};
  const char* p = key.data();
  size_t left = key.size();
  for (; left >= 8; p += 8, left -= 8) s.Absorb(LoadLE<uint64_t>(p));
  uint64_t last = uint64_t{key.size()} << 56;
  for (size_t i = 0; i < left; ++i) {
    last |= uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
  }
  s.Absorb(last);
  s.v2 ^= 0xee;
  KeyHash hash;
  hash.low = s.Squeeze();
  s.v1 ^= 0xdd;
  hash.high = s.Squeeze();
  return hash;
}

void SetKeyHashSecret(uint64_t first, uint64_t second) {
  secret.first = first;
  secret.second = second;
}

}  // namespace cairn::offline
