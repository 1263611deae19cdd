// mvcc/key_hash.cc: SipHash-1-3 with 128 bits of output.
#include "mvcc/key_hash.h"

#include <bit>

#include "base/bytes.h"

namespace cairn::mvcc {
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

// Any constants do: digits of pi.
constexpr uint64_t kSecret0 = 0x243f6a8885a308d3;
constexpr uint64_t kSecret1 = 0x13198a2e03707344;

}  // namespace

KeyHash HashKey(std::string_view key) {
  SipState s{0x736f6d6570736575 ^ kSecret0, 0x646f72616e646f6d ^ kSecret1 ^ 0xee,
             0x6c7967656e657261 ^ kSecret0, 0x7465646279746573 ^ kSecret1};
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

}  // namespace cairn::mvcc
