// offline/inspect/key_index.cc: chains of changes, and the walks over them.
#include "offline/inspect/key_index.h"

#include <fmt/format.h>

#include <algorithm>

namespace cairn::offline {

KeyIndex::KeyIndex() : table_(64, kNone) {}

// The place in the table where `name` stands, or the free one where it belongs.
size_t KeyIndex::Slot(std::string_view name) const {
  const size_t mask = table_.size() - 1;
  size_t i = HashKey(name).low & mask;
  while (table_[i] != kNone && Name(keys_[table_[i]]) != name) i = (i + 1) & mask;
  return i;
}

void KeyIndex::GrowTable() {
  table_.assign(table_.size() * 2, kNone);
  const size_t mask = table_.size() - 1;
  for (uint32_t id = 0; id < keys_.size(); ++id) {
    size_t i = HashKey(Name(keys_[id])).low & mask;
    while (table_[i] != kNone) i = (i + 1) & mask;
    table_[i] = id;
  }
}

Status KeyIndex::Add(const mvcc::RevisionKey& record, const proto::KeyValueView& kv) {
  const mvcc::Revision& rev = record.revision;
  if (rev <= last_) {
    return absl::DataLossError(fmt::format("bucket key: revision {}_{} after {}_{}", rev.main,
                                           rev.sub, last_.main, last_.sub));
  }
  if (changes_.size() >= kNone - 1 || rev.sub >= int64_t{1} << 31) {
    return absl::ResourceExhaustedError(
        fmt::format("too many records to index at revision {}_{}", rev.main, rev.sub));
  }
  last_ = rev;
  const size_t slot = Slot(kv.key);
  const auto id = static_cast<uint32_t>(changes_.size());
  Change change{rev.main, static_cast<uint32_t>(rev.sub) * 2 + (record.tombstone ? 1u : 0u), kNone};
  if (table_[slot] == kNone) {
    table_[slot] = static_cast<uint32_t>(keys_.size());
    // Of a lone tombstone nothing is known but itself.
    keys_.push_back({names_.size(), static_cast<uint32_t>(kv.key.size()), id,
                     record.tombstone ? 0 : kv.create_revision, record.tombstone ? 1 : kv.version});
    names_.append(kv.key);
    if (!record.tombstone) ++live_keys_;
    if (keys_.size() * 4 > table_.size() * 3) GrowTable();
  } else {
    Key& key = keys_[table_[slot]];
    const bool dead = changes_[key.newest].tombstone();
    if (record.tombstone && dead) {
      ++ignored_tombstones_;
      return absl::OkStatus();
    }
    if (record.tombstone) --live_keys_;
    if (!record.tombstone && dead) ++live_keys_;
    change.older = key.newest;
    key.newest = id;
  }
  changes_.push_back(change);
  return absl::OkStatus();
}

std::optional<KeyIndex::Version> KeyIndex::Find(std::string_view name, int64_t revision) const {
  const size_t slot = Slot(name);
  if (table_[slot] == kNone) return std::nullopt;
  const Key& key = keys_[table_[slot]];
  uint32_t at = key.newest;
  while (at != kNone && changes_[at].main > revision) at = changes_[at].older;
  if (at == kNone || changes_[at].tombstone()) return std::nullopt;
  Version found{changes_[at].revision(), changes_[at].revision(), 1};
  // Count back to the start of the generation.
  for (uint32_t older = changes_[at].older; older != kNone && !changes_[older].tombstone();
       older = changes_[older].older) {
    found.created = changes_[older].revision();
    ++found.version;
    at = older;
  }
  if (changes_[at].older == kNone) {
    found.created = {key.first_created, 0};
    found.version += key.first_version - 1;
  }
  return found;
}

// Walks from the newest change to the oldest. The generation that counts is the oldest one that
// ends at `revision` or later, or else the last one; in it, the newest change up to `revision`.
std::optional<mvcc::Revision> KeyIndex::KeptOf(const Key& key, int64_t revision,
                                               KeepRule rule) const {
  const Change* kept = nullptr;
  for (uint32_t at = key.newest; at != kNone; at = changes_[at].older) {
    const Change& change = changes_[at];
    if (change.tombstone()) {
      if (change.main < revision) break;  // this generation and all older ones ended before
      kept = nullptr;                     // an older generation that still counts: it wins
    }
    if (kept == nullptr && change.main <= revision) kept = &change;
    // Only a change of the same transaction can belong to a generation that would win.
    if (kept != nullptr && kept->main < revision) break;
  }
  if (kept == nullptr || (rule == KeepRule::kHash && kept->tombstone())) return std::nullopt;
  return kept->revision();
}

std::vector<mvcc::Revision> KeyIndex::Keep(int64_t revision, KeepRule rule) const {
  std::vector<mvcc::Revision> keep;
  keep.reserve(keys_.size());
  for (const Key& key : keys_) {
    if (auto kept = KeptOf(key, revision, rule)) keep.push_back(*kept);
  }
  std::sort(keep.begin(), keep.end());
  return keep;
}

void KeyIndex::ForEachKey(
    const std::function<void(std::string_view, const mvcc::RevisionKey&)>& visit) const {
  for (const Key& key : keys_) {
    const Change& newest = changes_[key.newest];
    visit(Name(key), {newest.revision(), newest.tombstone()});
  }
}

size_t KeyIndex::memory_bytes() const {
  return changes_.capacity() * sizeof(Change) + keys_.capacity() * sizeof(Key) + names_.capacity() +
         table_.capacity() * sizeof(uint32_t);
}

}  // namespace cairn::offline
