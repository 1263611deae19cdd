// mvcc/key_hash.h: a 128-bit fingerprint of a user key, for hash tables that don't hold the key.
//
// SipHash-1-3 with 128 bits of output (Aumasson, Bernstein 2012) under a fixed secret: the same in
// every process, and two keys that meet by chance are not to be expected in the life of a cluster.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::mvcc {

struct KeyHash {
  uint64_t low = 0;
  uint64_t high = 0;
  friend constexpr bool operator==(const KeyHash&, const KeyHash&) = default;
};

KeyHash HashKey(std::string_view key);

}  // namespace cairn::mvcc
