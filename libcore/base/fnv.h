// base/fnv.h: FNV-1a 64 (basis cbf29ce484222325, prime 100000001b3), the checksum of bbolt's meta
// pages.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn {

constexpr uint64_t Fnv1a64(std::string_view data) {
  uint64_t h = 0xcbf29ce484222325;
  for (char c : data) {
    h ^= static_cast<unsigned char>(c);
    h *= 0x100000001b3;
  }
  return h;
}

}  // namespace cairn
