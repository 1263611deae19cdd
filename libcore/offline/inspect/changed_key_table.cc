// offline/inspect/changed_key_table.cc: open addressing with linear probing, at most three quarters
// full.
#include "offline/inspect/changed_key_table.h"

namespace cairn::offline {

namespace {

constexpr uint32_t kFree = 0xffffffff;

}  // namespace

ChangedKeyTable::ChangedKeyTable() : table_(64, kFree) {}

size_t ChangedKeyTable::Slot(std::string_view key) const {
  const size_t mask = table_.size() - 1;
  size_t i = HashKey(key).low & mask;
  while (table_[i] != kFree && Name(entries_[table_[i]]) != key) i = (i + 1) & mask;
  return i;
}

void ChangedKeyTable::Grow() {
  table_.assign(table_.size() * 2, kFree);
  const size_t mask = table_.size() - 1;
  for (uint32_t id = 0; id < entries_.size(); ++id) {
    size_t i = HashKey(Name(entries_[id])).low & mask;
    while (table_[i] != kFree) i = (i + 1) & mask;
    table_[i] = id;
  }
}

ChangedKeyTable::Entry& ChangedKeyTable::FindOrAdd(std::string_view key) {
  const size_t slot = Slot(key);
  if (table_[slot] != kFree) return entries_[table_[slot]];
  table_[slot] = static_cast<uint32_t>(entries_.size());
  Entry entry;
  entry.name_begin = names_.size();
  entry.name_size = static_cast<uint32_t>(key.size());
  entries_.push_back(entry);
  names_.append(key);
  if (entries_.size() * 4 > table_.size() * 3) Grow();
  return entries_.back();
}

ChangedKeyTable::Entry* ChangedKeyTable::Find(std::string_view key) {
  const size_t slot = Slot(key);
  return table_[slot] == kFree ? nullptr : &entries_[table_[slot]];
}

}  // namespace cairn::offline
