// offline/inspect/keys_at.cc: finding each key's newest record by one scan, then reading by
// windows.
#include "offline/inspect/keys_at.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "mvcc/schema.h"
#include "offline/inspect/key_hash.h"
#include "offline/inspect/key_order.h"
#include "offline/key_bucket.h"
#include "offline/key_prefix.h"

namespace cairn::offline {

namespace {

constexpr size_t kArenaBlock = 1 << 20;
// A read costs about as much as copying this many bytes that nobody asked for.
constexpr uint64_t kMaxGap = 2 << 10;
constexpr uint64_t kRunBytes = 256 << 10;
constexpr size_t kWindowRecords = 1 << 16;

}  // namespace

Status CannotAnswer(const std::string& path, int64_t revision, const mvcc::BootState& boot) {
  const bool compacted = revision < boot.compact_revision();
  return absl::OutOfRangeError(
      fmt::format("{}: revision {} of {}, which can answer for revisions {} to {}",
                  compacted ? mvcc::kErrCompacted : mvcc::kErrFutureRevision, revision, path,
                  std::max<int64_t>(boot.compact_revision(), 1), boot.current));
}

// Sees the records in the file's order, so a key's newest one is the greatest so far. A table of
// its own, which keeps a part of each hash beside the id: absl::flat_hash_set of names makes
// `inspect keys` 57 % slower for a million keys, as it looks at the names whenever it grows, and a
// map by fingerprint takes 137 MB instead of 90.
class KeyFinder : public bolt::LeafVisitor {
 public:
  KeyFinder(const DbFile& db, const KeysAtOptions& options, const bolt::BucketRef& bucket,
            KeyList& list)
      : db_(db), options_(options), bucket_(bucket), list_(list), table_(1024) {}

  void Begin(size_t) override {}

  Status Leaf(size_t, const bolt::PageView& page, int) override {
    const char* base = bucket_.inline_value.data();
    uint64_t base_offset = 0;
    if (bucket_.header.root != 0) {
      base = page.bytes().data();
      base_offset = bolt::DecodePageHeader(base).id * db_.meta().page_size;
    }
    found_.clear();
    for (size_t i = 0; i < page.count(); ++i) {
      const std::string_view key = page.key(i);
      const auto record = mvcc::ParseRevisionKey(key);
      if (!record.has_value() || page.is_bucket(i)) return BadRevisionKey(db_.path(), key);
      if (record->revision.main > list_.revision_) continue;
      proto::KeyValueView kv;
      CAIRN_RETURN_IF_ERROR(DecodeRecord(db_.path(), record->revision, page.value(i), kv));
      // The mark of a bumped revision has no key.
      if (kv.key.empty() || !BeginsWithAny(kv.key, options_.prefixes)) continue;
      if (options_.wanted && !options_.wanted(kv.key)) continue;
      if (record->revision.sub > UINT32_MAX) return BadRevisionKey(db_.path(), key);
      Found found{kv.key, static_cast<uint32_t>(HashKey(kv.key).low), {}};
      found.now.main = record->revision.main;
      found.now.sub = static_cast<uint32_t>(record->revision.sub);
      found.now.offset = base_offset + static_cast<uint64_t>(key.data() - base);
      found.now.record_bytes = static_cast<uint32_t>(page.value(i).size());
      found.now.name_size = static_cast<uint32_t>(kv.key.size());
      found.now.tombstone = record->tombstone;
      __builtin_prefetch(&table_[found.hash & (table_.size() - 1)]);
      found_.push_back(found);
    }
    for (const Found& found : found_) CAIRN_RETURN_IF_ERROR(Add(found));
    return absl::OkStatus();
  }

  // Leaves the living keys in order.
  void Finish() {
    table_ = {};
    std::erase_if(list_.keys_, [](const KeyList::Key* key) { return key->tombstone; });
    for (const KeyList::Key* key : list_.keys_) list_.total_bytes_ += key->record_bytes;
    SortByName(list_.keys_);
  }

 private:
  struct Slot {
    uint32_t hash = 0;
    uint32_t next_id = 0;  // the key's place in keys_ plus 1; 0: free
  };

  // A record of a page, whose place in the table is on its way from memory.
  struct Found {
    std::string_view name;
    uint32_t hash;
    KeyList::Key now;
  };

  Status Add(const Found& found) {
    const auto& [name, hash, now] = found;
    Slot& slot = Find(name, hash);
    if (slot.next_id != 0) {
      KeyList::Key& key = *list_.keys_[slot.next_id - 1];
      if (std::pair(now.main, now.sub) >= std::pair(key.main, key.sub)) key = now;
      return absl::OkStatus();
    }
    if (list_.keys_.size() >= UINT32_MAX - 1) {
      return absl::ResourceExhaustedError(
          fmt::format("{}: too many keys to list at once (name a prefix)", db_.path()));
    }
    char* at = Allocate(sizeof(KeyList::Key) + name.size());
    auto* key = new (at) KeyList::Key(now);
    std::memcpy(at + sizeof(KeyList::Key), name.data(), name.size());
    list_.keys_.push_back(key);
    slot = {hash, static_cast<uint32_t>(list_.keys_.size())};
    if (list_.keys_.size() * 4 > table_.size() * 3) Grow();
    return absl::OkStatus();
  }

  Slot& Find(std::string_view name, uint32_t hash) {
    const size_t mask = table_.size() - 1;
    size_t i = hash & mask;
    for (; table_[i].next_id != 0; i = (i + 1) & mask) {
      if (table_[i].hash != hash) continue;
      const KeyList::Key& key = *list_.keys_[table_[i].next_id - 1];
      if (std::string_view(key.name(), key.name_size) == name) break;
    }
    return table_[i];
  }

  void Grow() {
    std::vector<Slot> old(table_.size() * 2);
    std::swap(old, table_);
    const size_t mask = table_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.next_id == 0) continue;
      size_t i = slot.hash & mask;
      while (table_[i].next_id != 0) i = (i + 1) & mask;
      table_[i] = slot;
    }
  }

  char* Allocate(size_t bytes) {
    bytes = (bytes + alignof(KeyList::Key) - 1) / alignof(KeyList::Key) * alignof(KeyList::Key);
    if (bytes > arena_left_) {
      arena_left_ = std::max(bytes, kArenaBlock);
      list_.arena_.emplace_back(new char[arena_left_]);
      arena_at_ = list_.arena_.back().get();
    }
    arena_left_ -= bytes;
    return std::exchange(arena_at_, arena_at_ + bytes);
  }

  const DbFile& db_;
  const KeysAtOptions& options_;
  const bolt::BucketRef& bucket_;
  KeyList& list_;
  std::vector<Slot> table_;  // a power of two
  std::vector<Found> found_;
  char* arena_at_ = nullptr;
  size_t arena_left_ = 0;
};

StatusOr<KeyList> KeyList::Find(const DbFile& db, const KeysAtOptions& options,
                                Progress& progress) {
  KeyList list;
  bolt::ReadTx tx = db.Read();
  CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));
  const auto revision = mvcc::ResolveRevision(options.revision, boot);
  if (!revision.ok()) return CannotAnswer(db.path(), options.revision, boot);
  list.revision_ = *revision;
  CAIRN_ASSIGN_OR_RETURN(std::optional<bolt::BucketRef> bucket, tx.FindBucket(mvcc::kKeyBucket));
  if (!bucket.has_value()) return list;
  progress.Stage("indexing", tx.SizeBytes());
  bolt::Scanner scanner(db.file(), db.meta(), progress);
  KeyFinder finder(db, options, *bucket, list);
  CAIRN_RETURN_IF_ERROR(NameFile(scanner.ScanBucket(*bucket, finder), db.path()));
  if (scanner.fault_count() > 0) {
    return absl::DataLossError(fmt::format("{}: {} (`salvage` saves what can still be read)",
                                           db.path(), scanner.FaultText(3)));
  }
  finder.Finish();
  list.inline_bucket_ = std::move(bucket->inline_value);
  return list;
}

KeyReader::KeyReader(const DbFile& db, const KeyList& list, std::vector<uint32_t> which)
    : db_(db), list_(list), which_(std::move(which)), count_(which_.size()) {
  for (const uint32_t i : which_) total_bytes_ += list_.record_bytes(i);
}

KeyReader::KeyReader(const DbFile& db, const KeyList& list, size_t count)
    : db_(db), list_(list), count_(std::min(count, list.size())) {
  if (count_ == list.size()) {
    total_bytes_ = list.total_bytes_;
  } else {
    for (size_t i = 0; i < count_; ++i) total_bytes_ += list_.record_bytes(i);
  }
}

StatusOr<std::optional<KeyReader::Record>> KeyReader::Next() {
  if (next_ == places_.size()) {
    if (filled_ == count_) return std::optional<Record>();
    CAIRN_RETURN_IF_ERROR(Fill());
  }
  const Place& place = places_[next_];
  Record record;
  record.position = place.position;
  record.revision = {place.main, place.sub};
  const char* at = window_.data() + place.at;
  const mvcc::RevisionKeyBytes expected(mvcc::RevisionKey{record.revision, false});
  const Status decoded =
      proto::DecodeKeyValue({at + mvcc::kRevisionKeySize, place.bytes}, record.kv);
  if (std::string_view(at, mvcc::kRevisionKeySize) != expected.view() || !decoded.ok()) {
    return BadKeyValue(db_.path(), record.revision,
                       absl::DataLossError("the file changed while it was read"));
  }
  ++next_;
  bytes_read_ += place.bytes;
  return std::optional<Record>(record);
}

// Takes as many of the next records as the window has room for, in the order in which they lie.
Status KeyReader::Fill() {
  constexpr size_t kAhead = 8;
  places_.clear();
  next_ = 0;
  uint64_t size = 0;
  for (; filled_ < count_ && places_.size() < kWindowRecords; ++filled_) {
    if (filled_ + kAhead < count_) __builtin_prefetch(list_.keys_[Position(filled_ + kAhead)]);
    const size_t position = Position(filled_);
    const KeyList::Key& key = *list_.keys_[position];
    const uint64_t bytes = mvcc::kRevisionKeySize + key.record_bytes;
    if (size != 0 && size + bytes > kWindowBytes) break;
    places_.push_back({key.offset, static_cast<uint32_t>(size), key.record_bytes,
                       static_cast<uint32_t>(position), key.sub, key.main});
    size += bytes;
  }
  if (window_.size() < size || window_.size() > kWindowBytes) window_.resize(size);
  std::vector<const Place*> order;
  order.reserve(places_.size());
  for (const Place& place : places_) order.push_back(&place);
  const auto by_offset = [](const Place* a, const Place* b) { return a->offset < b->offset; };
  if (!std::is_sorted(order.begin(), order.end(), by_offset)) {
    std::sort(order.begin(), order.end(), by_offset);
  }
  for (size_t first = 0; first < order.size();) {
    size_t last = first + 1;
    while (last < order.size() && order[last]->offset <= order[last - 1]->end() + kMaxGap &&
           order[last]->end() - order[first]->offset <= kRunBytes) {
      ++last;
    }
    CAIRN_RETURN_IF_ERROR(ReadRun(order, first, last));
    first = last;
  }
  return absl::OkStatus();
}

// Puts the records order[first, last), which lie close to each other, in their places in the
// window.
Status KeyReader::ReadRun(const std::vector<const Place*>& order, size_t first, size_t last) {
  const uint64_t begin = order[first]->offset;
  const uint64_t bytes = order[last - 1]->end() - begin;
  const char* from = list_.inline_bucket_.data() + begin;
  if (list_.inline_bucket_.empty()) {
    if (last - first == 1) {
      return ReadExactly(db_.file(), begin, {window_.data() + order[first]->at, bytes});
    }
    if (run_.size() < bytes) run_.resize(bytes);
    CAIRN_RETURN_IF_ERROR(ReadExactly(db_.file(), begin, {run_.data(), bytes}));
    from = run_.data();
  }
  for (; first < last; ++first) {
    const Place& place = *order[first];
    std::memcpy(window_.data() + place.at, from + (place.offset - begin),
                mvcc::kRevisionKeySize + place.bytes);
  }
  return absl::OkStatus();
}

Status ForEachKey(KeyReader& reader, Progress& progress, const KeyVisitor& visit) {
  progress.Stage("reading", reader.total_bytes());
  uint64_t reported = 0;
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(const std::optional<KeyReader::Record> record, reader.Next());
    if (!record.has_value()) return progress.Update(reader.bytes_read());
    CAIRN_RETURN_IF_ERROR(visit(*record));
    if (reader.bytes_read() - reported >= (1 << 20)) {
      reported = reader.bytes_read();
      CAIRN_RETURN_IF_ERROR(progress.Update(reported));
    }
  }
}

StatusOr<int64_t> ForEachKeyAt(const DbFile& db, const KeysAtOptions& options, Progress& progress,
                               const KeyVisitor& visit) {
  CAIRN_ASSIGN_OR_RETURN(const KeyList list, KeyList::Find(db, options, progress));
  KeyReader reader(db, list);
  CAIRN_RETURN_IF_ERROR(ForEachKey(reader, progress, visit));
  return list.revision();
}

}  // namespace cairn::offline
