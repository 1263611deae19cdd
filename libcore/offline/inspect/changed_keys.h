// offline/inspect/changed_keys.h: a set of user keys held as fingerprints only, for questions like
// "was this key changed after the compaction" over more keys than one wants to copy.
#pragma once

#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "offline/inspect/key_hash.h"

namespace cairn::offline {

// 19 to 39 bytes a key (and half as much again while it grows). An answer of true can be wrong only
// if two keys share a 128-bit fingerprint. Not thread-safe.
class ChangedKeys {
 public:
  // True if the key was not there before.
  bool Insert(std::string_view key) { return hashes_.insert(HashKey(key)).second; }
  bool Contains(std::string_view key) const { return hashes_.contains(HashKey(key)); }
  size_t size() const { return hashes_.size(); }

 private:
  absl::flat_hash_set<KeyHash, KeyHash::Identity> hashes_;
};

}  // namespace cairn::offline
