// base/crc32c.cc: CRC-32C by instruction where there is one, by table elsewhere, and the joining of
// two CRCs.
//
// On x86-64 three streams are folded at once, because the crc32 instruction has a latency of three
// cycles and a throughput of one; the streams are joined by CombineCrc32c's tables.
#include "base/crc32c.h"

#include <array>
#include <cstddef>

#include "base/bytes.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace cairn {

namespace {

constexpr uint32_t kPoly = 0x82F63B78;

// tables[k][b]: the CRC register after byte b and then k zero bytes.
constexpr std::array<std::array<uint32_t, 256>, 8> MakeTables() {
  std::array<std::array<uint32_t, 256>, 8> t{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1) != 0 ? kPoly : 0);
    t[0][i] = c;
  }
  for (size_t k = 1; k < 8; ++k) {
    for (size_t i = 0; i < 256; ++i) t[k][i] = (t[k - 1][i] >> 8) ^ t[0][t[k - 1][i] & 0xff];
  }
  return t;
}
constexpr auto kTables = MakeTables();

// The product of two polynomials modulo the CRC's, in the reflected order (bit 31 is x^0).
constexpr uint32_t Multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (int i = 31; i >= 0; --i) {
    if (((a >> i) & 1) != 0) product ^= b;
    b = (b >> 1) ^ ((b & 1) != 0 ? kPoly : 0);
  }
  return product;
}

// kPowers[k] = x^(8 * 2^k): what shifting by 2^k bytes multiplies with.
constexpr std::array<uint32_t, 64> MakePowers() {
  std::array<uint32_t, 64> p{};
  p[0] = 0x00800000;  // x^8
  for (size_t k = 1; k < 64; ++k) p[k] = Multiply(p[k - 1], p[k - 1]);
  return p;
}
constexpr auto kPowers = MakePowers();

constexpr uint32_t ShiftFactor(uint64_t bytes) {
  uint32_t factor = 0x80000000;  // x^0
  for (size_t k = 0; bytes != 0; ++k, bytes >>= 1) {
    if ((bytes & 1) != 0) factor = Multiply(factor, kPowers[k]);
  }
  return factor;
}

uint32_t RegisterPortable(uint32_t reg, const char* p, size_t n) {
  while (n >= 8) {
    const uint64_t v = LoadLE<uint64_t>(p) ^ reg;
    reg = kTables[7][v & 0xff] ^ kTables[6][(v >> 8) & 0xff] ^ kTables[5][(v >> 16) & 0xff] ^
          kTables[4][(v >> 24) & 0xff] ^ kTables[3][(v >> 32) & 0xff] ^
          kTables[2][(v >> 40) & 0xff] ^ kTables[1][(v >> 48) & 0xff] ^ kTables[0][v >> 56];
    p += 8;
    n -= 8;
  }
  for (; n > 0; --n, ++p) {
    reg = (reg >> 8) ^ kTables[0][(reg ^ static_cast<unsigned char>(*p)) & 0xff];
  }
  return reg;
}

#if defined(__x86_64__)

// Shifting a register by a fixed count of bytes through four byte tables.
template <size_t kBytes>
struct FixedShift {
  std::array<std::array<uint32_t, 256>, 4> t{};
  constexpr FixedShift() {
    const uint32_t factor = ShiftFactor(kBytes);
    for (uint32_t byte = 0; byte < 4; ++byte) {
      for (uint32_t bit = 0; bit < 8; ++bit) {
        t[byte][1u << bit] = Multiply(factor, 1u << (8 * byte + bit));
      }
      for (uint32_t i = 1; i < 256; ++i) {
        t[byte][i] = t[byte][i & (i - 1)] ^ t[byte][i & (~i + 1)];
      }
    }
  }
  uint32_t operator()(uint32_t r) const {
    return t[0][r & 0xff] ^ t[1][(r >> 8) & 0xff] ^ t[2][(r >> 16) & 0xff] ^ t[3][r >> 24];
  }
};

constexpr size_t kLongBlock = 1024;
constexpr size_t kShortBlock = 128;
constexpr FixedShift<kLongBlock> kShiftLong;
constexpr FixedShift<kShortBlock> kShiftShort;

template <size_t kBlock, typename Shift>
__attribute__((target("sse4.2"))) uint64_t ThreeStreams(uint64_t a, const char*& p, size_t& n,
                                                        const Shift& shift) {
  while (n >= 3 * kBlock) {
    uint64_t b = 0;
    uint64_t c = 0;
    for (size_t i = 0; i < kBlock; i += 8) {
      a = _mm_crc32_u64(a, LoadLE<uint64_t>(p + i));
      b = _mm_crc32_u64(b, LoadLE<uint64_t>(p + kBlock + i));
      c = _mm_crc32_u64(c, LoadLE<uint64_t>(p + 2 * kBlock + i));
    }
    a = shift(static_cast<uint32_t>(a)) ^ b;
    a = shift(static_cast<uint32_t>(a)) ^ c;
    p += 3 * kBlock;
    n -= 3 * kBlock;
  }
  return a;
}

__attribute__((target("sse4.2"))) uint32_t RegisterHardware(uint32_t reg, const char* p, size_t n) {
  uint64_t a = ThreeStreams<kLongBlock>(reg, p, n, kShiftLong);
  a = ThreeStreams<kShortBlock>(a, p, n, kShiftShort);
  while (n >= 8) {
    a = _mm_crc32_u64(a, LoadLE<uint64_t>(p));
    p += 8;
    n -= 8;
  }
  auto r = static_cast<uint32_t>(a);
  for (; n > 0; --n, ++p) r = _mm_crc32_u8(r, static_cast<unsigned char>(*p));
  return r;
}

bool HasHardware() { return __builtin_cpu_supports("sse4.2") != 0; }

#elif defined(__aarch64__)

__attribute__((target("+crc"))) uint32_t RegisterHardware(uint32_t reg, const char* p, size_t n) {
  while (n >= 8) {
    reg = __crc32cd(reg, LoadLE<uint64_t>(p));
    p += 8;
    n -= 8;
  }
  for (; n > 0; --n, ++p) reg = __crc32cb(reg, static_cast<unsigned char>(*p));
  return reg;
}

bool HasHardware() { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

#else

uint32_t RegisterHardware(uint32_t reg, const char* p, size_t n) {
  return RegisterPortable(reg, p, n);
}
bool HasHardware() { return false; }

#endif

}  // namespace

uint32_t ExtendCrc32c(uint32_t crc, std::string_view data) {
  static const bool hardware = HasHardware();
  const uint32_t reg = ~crc;
  return ~(hardware ? RegisterHardware(reg, data.data(), data.size())
                    : RegisterPortable(reg, data.data(), data.size()));
}

uint32_t ExtendCrc32cPortable(uint32_t crc, std::string_view data) {
  return ~RegisterPortable(~crc, data.data(), data.size());
}

uint32_t CombineCrc32c(uint32_t crc_a, uint32_t crc_b, uint64_t length_b) {
  return Multiply(crc_a, ShiftFactor(length_b)) ^ crc_b;
}

}  // namespace cairn
