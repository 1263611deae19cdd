// base/bytes.h: fixed-width integers in byte buffers. bbolt and WAL frames are little-endian,
// revisions and ids inside keys are big-endian (docs/formats.md). Unaligned addresses are fine.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace cairn {

static_assert(std::endian::native == std::endian::little,
              "Cairn's disk formats are read in place on LE machines");

template <typename T>
inline T LoadLE(const char* p) {
  T v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
template <typename T>
inline void StoreLE(char* p, T v) {
  std::memcpy(p, &v, sizeof v);
}
inline uint64_t LoadBE64(const char* p) { return __builtin_bswap64(LoadLE<uint64_t>(p)); }
inline void StoreBE64(char* p, uint64_t v) { StoreLE(p, __builtin_bswap64(v)); }

}  // namespace cairn
