// offline/inspect/changed_keys.cc: open addressing with linear probing, at most 85 % full.
#include "offline/inspect/changed_keys.h"

#include <utility>

namespace cairn::offline {
namespace {

// All zero marks a free slot.
KeyHash NotZero(KeyHash hash) {
  if (hash == KeyHash{}) hash.low = 1;
  return hash;
}

}  // namespace

ChangedKeys::ChangedKeys(size_t expected_keys) : slots_(expected_keys + expected_keys / 4 + 64) {}

// The place where `hash` stands, or the free one where it belongs.
size_t ChangedKeys::Slot(KeyHash hash) const {
  // The high bits of a product spread over any table size, not only powers of two.
  auto i = static_cast<size_t>((static_cast<unsigned __int128>(hash.high) * slots_.size()) >> 64);
  while (!(slots_[i] == hash) && !(slots_[i] == KeyHash{})) {
    if (++i == slots_.size()) i = 0;
  }
  return i;
}

bool ChangedKeys::Insert(KeyHash hash) {
  hash = NotZero(hash);
  size_t i = Slot(hash);
  if (slots_[i] == hash) return false;
  if ((size_ + 1) * 20 > slots_.size() * 17) {
    Grow();
    i = Slot(hash);
  }
  slots_[i] = hash;
  ++size_;
  return true;
}

bool ChangedKeys::Contains(KeyHash hash) const {
  hash = NotZero(hash);
  return slots_[Slot(hash)] == hash;
}

void ChangedKeys::Grow() {
  std::vector<KeyHash> old(slots_.size() + slots_.size() / 2);
  std::swap(old, slots_);
  for (const KeyHash& hash : old) {
    if (!(hash == KeyHash{})) slots_[Slot(hash)] = hash;
  }
}

}  // namespace cairn::offline
