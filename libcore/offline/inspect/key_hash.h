// offline/inspect/key_hash.h: a 128-bit fingerprint of a user key, for hash tables that don't hold
// the key.
//
// SipHash-1-3 with 128 bits of output (Aumasson, Bernstein 2012) under a secret that each process
// draws: nobody can make a file whose keys meet in a table, and two that meet by chance are not to
// be expected in the life of a cluster. Never to be stored or shown.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::offline {

struct KeyHash {
  uint64_t low = 0;
  uint64_t high = 0;
  friend constexpr bool operator==(const KeyHash&, const KeyHash&) = default;
  // It is a hash with a secret of its own.
  struct Identity {
    size_t operator()(const KeyHash& hash) const { return hash.low; }
  };
};

KeyHash HashKey(std::string_view key);

// For tests: fingerprints from now on are the same in every run. No table may live across it.
void SetKeyHashSecret(uint64_t first, uint64_t second);

}  // namespace cairn::offline
