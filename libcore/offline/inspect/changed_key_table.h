// offline/inspect/changed_key_table.h: the keys of two stores that may differ, with the newest
// record of each on both sides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mvcc/revision.h"
#include "offline/inspect/key_hash.h"

namespace cairn::offline {

// What a key's newest record in one store says.
struct KeyState {
  mvcc::Revision modified;  // main 0: the store has no record of it
  int64_t create_revision = 0;
  int64_t version = 0;
  uint32_t value_bytes = 0;
  bool live = false;
};

// A set of keys with a record for each, 4 to 8 bytes of table and its name. Deterministic; not
// thread-safe.
class ChangedKeyTable {
 public:
  struct Entry {
    uint64_t name_begin = 0;
    uint32_t name_size = 0;
    uint32_t seen_writes = 0;  // records in the younger store beyond the older one's last revision
    KeyState older, younger;
    KeyHash older_value;  // fingerprint
    bool same_value = false;    // the younger one's fingerprint is that
  };

  ChangedKeyTable();

  // The key's entry; a new one when it isn't there. Good until the next call of it.
  Entry& FindOrAdd(std::string_view key);
  // nullptr when it isn't there.
  Entry* Find(std::string_view key);

  std::string_view Name(const Entry& entry) const {
    return std::string_view(names_).substr(entry.name_begin, entry.name_size);
  }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  size_t Slot(std::string_view key) const;
  void Grow();

  std::string names_;  // all of them, one behind the other
  std::vector<Entry> entries_;
  std::vector<uint32_t> table_;  // a power of two of indexes into entries_, all ones where free
};

}  // namespace cairn::offline
