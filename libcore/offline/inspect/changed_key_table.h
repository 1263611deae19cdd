// offline/inspect/changed_key_table.h: the keys of two stores that may differ, with the newest
// record of each on both sides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
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

// A set of keys with a record for each, and their names, in the order in which they were added. Not
// thread-safe; neither copied nor moved.
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

  ChangedKeyTable() : ids_(0, NameHash{this}, SameName{this}) {}
  ChangedKeyTable(const ChangedKeyTable&) = delete;
  ChangedKeyTable& operator=(const ChangedKeyTable&) = delete;

  // The key's entry; a new one when it isn't there. Good until the next call of it.
  Entry& FindOrAdd(std::string_view key);
  // nullptr when it isn't there.
  Entry* Find(std::string_view key);

  std::string_view Name(const Entry& entry) const {
    return std::string_view(names_).substr(entry.name_begin, entry.name_size);
  }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  // An id (an index into entries_) stands for its name.
  struct NameHash {
    using is_transparent = void;
    const ChangedKeyTable* table;
    size_t operator()(std::string_view name) const { return absl::HashOf(name); }
    size_t operator()(uint32_t id) const { return absl::HashOf(table->NameOf(id)); }
  };
  struct SameName {
    using is_transparent = void;
    const ChangedKeyTable* table;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t id, std::string_view name) const { return table->NameOf(id) == name; }
    bool operator()(std::string_view name, uint32_t id) const { return table->NameOf(id) == name; }
  };
  std::string_view NameOf(uint32_t id) const { return Name(entries_[id]); }

  std::string names_;  // all of them, one after the other
  std::vector<Entry> entries_;
  absl::flat_hash_set<uint32_t, NameHash, SameName> ids_;
};

}  // namespace cairn::offline
