// offline/inspect/newest_records.h: of each user key the newest record seen so far, however the
// records come, without holding the keys.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "offline/inspect/key_hash.h"

namespace cairn::offline {

// A record by its place in the bucket, which is the order of revisions.
struct PlacedRecord {
  uint32_t leaf = 0;   // in key order
  uint16_t index = 0;  // in the leaf
  bool tombstone = false;
  uint32_t bytes = 0;

  bool NewerThan(const PlacedRecord& other) const {
    return leaf != other.leaf ? leaf > other.leaf : index > other.index;
  }
};

// A table of its own, not absl's: with a million keys `inspect space` takes 58 MB so, and 87 MB
// with 64 tables of absl::flat_hash_map, which grow to twice their size.
//
// 28 to 42 bytes a key, and never a second table beside the first while it grows: it is made of 64
// small ones. Keys are known by 96 bits of their fingerprint. Deterministic; not thread-safe.
class NewestRecords {
 public:
  enum class Found { kFirst, kNewer, kOlder };
  struct Result {
    Found found;
    PlacedRecord other;  // kNewer: the one that it replaced; kOlder: the one that stays
  };

  NewestRecords() {
    for (Table& table : tables_) table.slots.resize(16);
  }

  // A record of the key: kept when it is the newest yet.
  Result Add(KeyHash key, const PlacedRecord& record) {
    Table& table = tables_[key.low >> 58];
    Slot* slot = &table.slots[Find(table, key)];
    if (slot->used) {
      const PlacedRecord other = slot->Record();
      if (!record.NewerThan(other)) return {Found::kOlder, other};
      slot->Set(record);
      return {Found::kNewer, other};
    }
    if ((table.size + 1) * 20 > table.slots.size() * 17) {
      Grow(table);
      slot = &table.slots[Find(table, key)];
    }
    slot->low = key.low;
    slot->high = High(key);
    slot->Set(record);
    ++table.size;
    ++size_;
    return {Found::kFirst, {}};
  }

  bool Contains(KeyHash key) const {
    const Table& table = tables_[key.low >> 58];
    return table.slots[Find(table, key)].used;
  }

  size_t size() const { return size_; }

 private:
  struct Slot {
    uint64_t low = 0;
    uint32_t high = 0;
    uint32_t leaf = 0;
    uint32_t bytes = 0;
    uint16_t index = 0;
    bool tombstone = false;
    bool used = false;

    PlacedRecord Record() const { return {leaf, index, tombstone, bytes}; }
    void Set(const PlacedRecord& record) {
      leaf = record.leaf;
      bytes = record.bytes;
      index = record.index;
      tombstone = record.tombstone;
      used = true;
    }
  };
  static_assert(sizeof(Slot) == 24);

  struct Table {
    std::vector<Slot> slots;
    size_t size = 0;
  };

  static uint32_t High(KeyHash key) { return static_cast<uint32_t>(key.high >> 32); }

  // Where the key stands, or the free slot where it belongs.
  static size_t Find(const Table& table, KeyHash key) {
    const uint32_t high = High(key);
    size_t i = First(table, high);
    while (table.slots[i].used && (table.slots[i].low != key.low || table.slots[i].high != high)) {
      if (++i == table.slots.size()) i = 0;
    }
    return i;
  }
  static size_t First(const Table& table, uint32_t high) {
    return static_cast<size_t>((uint64_t{high} * table.slots.size()) >> 32);
  }

  static void Grow(Table& table) {
    std::vector<Slot> old(table.slots.size() + table.slots.size() / 2);
    std::swap(old, table.slots);
    for (const Slot& slot : old) {
      if (!slot.used) continue;
      size_t i = First(table, slot.high);
      while (table.slots[i].used) {
        if (++i == table.slots.size()) i = 0;
      }
      table.slots[i] = slot;
    }
  }

  std::array<Table, 64> tables_;
  size_t size_ = 0;
};

}  // namespace cairn::offline
