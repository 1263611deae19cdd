// offline/inspect/changed_key_table.cc: see changed_key_table.h.
#include "offline/inspect/changed_key_table.h"

namespace cairn::offline {

ChangedKeyTable::Entry& ChangedKeyTable::FindOrAdd(std::string_view key) {
  if (Entry* const found = Find(key)) return *found;
  Entry entry;
  entry.name_begin = names_.size();
  entry.name_size = static_cast<uint32_t>(key.size());
  entries_.push_back(entry);
  names_.append(key);
  ids_.insert(static_cast<uint32_t>(entries_.size() - 1));
  return entries_.back();
}

ChangedKeyTable::Entry* ChangedKeyTable::Find(std::string_view key) {
  const auto found = ids_.find(key);
  return found == ids_.end() ? nullptr : &entries_[*found];
}

}  // namespace cairn::offline
