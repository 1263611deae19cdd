// offline/inspect/key_index.h: the revisions of every user key, rebuilt from the key bucket
// (docs/formats.md, section 8): what a key was at a revision, what a compaction keeps, how many
// keys live.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/status.h"
#include "mvcc/revision.h"
#include "proto/kv_view.h"

namespace cairn::offline {

// What to keep of the records up to a revision. They differ only in a tombstone that stands exactly
// there: a compaction leaves it, HashKV must not see it.
enum class KeepRule { kCompact, kHash };

// An index that only grows, for reading a file. A key's life is cut by tombstones into generations;
// here all changes of a key form one chain from the newest to the oldest, 16 bytes a change, and
// tombstones mark where generations end. 32 bytes, the key itself and 6 to 12 bytes of table a key.
// Its answers don't depend on the order in a hash table. Movable; not thread-safe.
class KeyIndex {
 public:
  KeyIndex();
  KeyIndex(KeyIndex&&) = default;
  KeyIndex& operator=(KeyIndex&&) = default;

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

  size_t keys() const { return keys_->keys.size(); }     // dead ones among them
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

  // The keys in the order in which they were first seen, and their names, one after the other.
  struct Keys {
    std::vector<Key> keys;
    std::string names;

    std::string_view Name(uint32_t id) const {
      return std::string_view(names).substr(keys[id].name_begin, keys[id].name_size);
    }
  };
  // An id (an index into Keys::keys) stands for its name.
  struct NameHash {
    using is_transparent = void;
    const Keys* keys;
    size_t operator()(std::string_view name) const { return absl::HashOf(name); }
    size_t operator()(uint32_t id) const { return absl::HashOf(keys->Name(id)); }
  };
  struct SameName {
    using is_transparent = void;
    const Keys* keys;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t id, std::string_view name) const { return keys->Name(id) == name; }
    bool operator()(std::string_view name, uint32_t id) const { return keys->Name(id) == name; }
  };

  std::optional<mvcc::Revision> KeptOf(const Key& key, int64_t revision, KeepRule rule) const;

  std::vector<Change> changes_;
  std::unique_ptr<Keys> keys_;  // stays where it is when the index moves
  absl::flat_hash_set<uint32_t, NameHash, SameName> ids_;
  mvcc::Revision last_{-1, 0};
  size_t live_keys_ = 0;
  size_t ignored_tombstones_ = 0;
};

}  // namespace cairn::offline
