// mvcc/hash_kv.h: HashKV, the checksum over the key bucket that members compare (docs/formats.md,
// section 3). It comes out equal whether or not a compaction has already removed its records.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "mvcc/revision.h"

namespace cairn::mvcc {

// Fed with every pair of the key bucket in order. Not thread-safe.
class KvHasher {
 public:
  // `compact_revision` is -1 for a store never compacted. `keep` is ascending: what a compaction at
  // `revision` would leave of the records up to it (KeyIndex::Keep with KeepRule::kHash). An empty
  // `keep` filters nothing, as in etcd.
  KvHasher(int64_t compact_revision, int64_t revision, std::vector<Revision> keep);

  // Errors: DataLoss for a key that is not a revision or not greater than the one before.
  Status Add(std::string_view key, std::string_view value);

  uint32_t hash() const { return crc_; }

 private:
  bool Covers(const RevisionKey& key);

  int64_t compact_revision_;
  int64_t revision_;
  std::vector<Revision> keep_;
  size_t next_keep_ = 0;
  Revision last_{-1, 0};
  uint32_t crc_;
};

}  // namespace cairn::mvcc
