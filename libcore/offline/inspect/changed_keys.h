// offline/inspect/changed_keys.h: a set of user keys held as fingerprints only, for questions like
// "was this key changed after the compaction" over more keys than one wants to copy.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "offline/inspect/key_hash.h"

namespace cairn::offline {

// 19 to 28 bytes a key (and as much again while it grows). An answer of true can be wrong only if
// two keys share a 128-bit fingerprint. Deterministic; not thread-safe.
class ChangedKeys {
 public:
  // Room for about this many keys without growing.
  explicit ChangedKeys(size_t expected_keys = 0);

  // True if the key was not there before.
  bool Insert(std::string_view key) { return Insert(HashKey(key)); }
  bool Insert(KeyHash hash);
  bool Contains(std::string_view key) const { return Contains(HashKey(key)); }
  bool Contains(KeyHash hash) const;

  size_t size() const { return size_; }
  size_t memory_bytes() const { return slots_.capacity() * sizeof(KeyHash); }

 private:
  size_t Slot(KeyHash hash) const;
  void Grow();

  std::vector<KeyHash> slots_;  // all zero: free
  size_t size_ = 0;
};

}  // namespace cairn::offline
