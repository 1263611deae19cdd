// offline/inspect/key_index.cc: chains of changes, and the walks over them.
#include "offline/inspect/key_index.h"

#include <fmt/format.h>

#include <algorithm>

namespace cairn::offline {

KeyIndex::KeyIndex()
    : keys_(std::make_unique<Keys>()), ids_(0, NameHash{keys_.get()}, SameName{keys_.get()}) {}

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
  const auto found = ids_.find(kv.key);
  const auto id = static_cast<uint32_t>(changes_.size());
  Change change{rev.main, static_cast<uint32_t>(rev.sub) * 2 + (record.tombstone ? 1u : 0u), kNone};
  if (found == ids_.end()) {
    // Of a lone tombstone nothing is known but itself.
    keys_->keys.push_back({keys_->names.size(), static_cast<uint32_t>(kv.key.size()), id,
                           record.tombstone ? 0 : kv.create_revision,
                           record.tombstone ? 1 : kv.version});
    keys_->names.append(kv.key);
    ids_.insert(static_cast<uint32_t>(keys_->keys.size() - 1));
    if (!record.tombstone) ++live_keys_;
  } else {
    Key& key = keys_->keys[*found];
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
  const auto it = ids_.find(name);
  if (it == ids_.end()) return std::nullopt;
  const Key& key = keys_->keys[*it];
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
  keep.reserve(keys_->keys.size());
  for (const Key& key : keys_->keys) {
    if (auto kept = KeptOf(key, revision, rule)) keep.push_back(*kept);
  }
  std::sort(keep.begin(), keep.end());
  return keep;
}

void KeyIndex::ForEachKey(
    const std::function<void(std::string_view, const mvcc::RevisionKey&)>& visit) const {
  for (uint32_t id = 0; id < keys_->keys.size(); ++id) {
    const Change& newest = changes_[keys_->keys[id].newest];
    visit(keys_->Name(id), {newest.revision(), newest.tombstone()});
  }
}

size_t KeyIndex::memory_bytes() const {
  return changes_.capacity() * sizeof(Change) + keys_->keys.capacity() * sizeof(Key) +
         keys_->names.capacity() + ids_.capacity() * (sizeof(uint32_t) + 1);
}

}  // namespace cairn::offline
