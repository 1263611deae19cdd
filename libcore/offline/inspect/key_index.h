// offline/inspect/key_index.h: the revisions of every user key, rebuilt from the key bucket
// (docs/formats.md, section 8): what a key was at a revision, what a compaction keeps, how many
// keys live.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "mvcc/revision.h"
#include "offline/inspect/key_hash.h"
#include "proto/kv_view.h"

namespace cairn::offline {

// What to keep of the records up to a revision. They differ only in a tombstone that stands exactly
// there: a compaction leaves it, HashKV must not see it.
enum class KeepRule { kCompact, kHash };

// An index that only grows, for reading a file. A key's life is cut by tombstones into generations;
// here all changes of a key form one chain from the newest to the oldest, 16 bytes a change, and
// tombstones mark where generations end. 32 bytes, the key itself and 4 to 8 bytes of table a key.
// Deterministic; not thread-safe.
class KeyIndex {
 public:
  KeyIndex();

  // The next record of the key bucket. Records come in bucket order. Errors: DataLoss for a record
  // out of order; ResourceExhausted past 2^32 - 2 records or 2^31 changes in one transaction.
  // A tombstone of a key that is dead already is passed over, as etcd does.
  Status Add(const mvcc::RevisionKey& record, const proto::KeyValueView& kv);

  struct Version {
    mvcc::Revision modified;
    mvcc::Revision created;  // sub 0 when it is only known from the stored record
    int64_t version = 0;
  };
  // The key as of `revision`; nothing if it did not live then.
  std::optional<Version> Find(std::string_view key, int64_t revision) const;

  // Ascending: of each key the newest record with main <= revision that must outlive a compaction
  // at `revision`.
  std::vector<mvcc::Revision> Keep(int64_t revision, KeepRule rule) const;

  // Every key, in the order in which they were first seen, with its newest record.
  void ForEachKey(
      const std::function<void(std::string_view key, const mvcc::RevisionKey& newest)>& visit)
      const;

  size_t keys() const { return keys_.size(); }     // dead ones among them
  size_t live_keys() const { return live_keys_; }  // as of the last record
  size_t ignored_tombstones() const { return ignored_tombstones_; }
  size_t memory_bytes() const;

 private:
  static constexpr uint32_t kNone = 0xffffffff;

  struct Change {
    int64_t main;
    uint32_t sub_and_mark;  // sub * 2, plus 1 for a tombstone
    uint32_t older;         // the key's change before this one, or kNone

    bool tombstone() const { return (sub_and_mark & 1) != 0; }
    mvcc::Revision revision() const { return {main, sub_and_mark >> 1}; }
  };
  struct Key {
    uint64_t name_begin;
    uint32_t name_size;
    uint32_t newest;
    // Of the first generation, whose early changes may have been compacted away.
    int64_t first_created;
    int64_t first_version;
  };

  std::string_view Name(const Key& key) const {
    return std::string_view(names_).substr(key.name_begin, key.name_size);
  }
  size_t Slot(std::string_view name) const;
  void GrowTable();
  std::optional<mvcc::Revision> KeptOf(const Key& key, int64_t revision, KeepRule rule) const;

  std::vector<Change> changes_;
  std::vector<Key> keys_;
  std::string names_;            // all keys, one behind the other
  std::vector<uint32_t> table_;  // a power of two of indexes into keys_, kNone where free
  mvcc::Revision last_{-1, 0};
  size_t live_keys_ = 0;
  size_t ignored_tombstones_ = 0;
};

}  // namespace cairn::offline
