// offline/inspect/hash_kv.h: `hashkv`: the checksum over a file's key history that members compare.
#pragma once

#include <string>

#include "offline/db_file.h"

namespace cairn::offline {

struct HashKvResult {
  uint32_t hash = 0;
  int64_t hash_revision = 0;
  int64_t compact_revision = 0;  // -1: never compacted
};

// HashKV of the file at `revision` (0: the current one), as a server opened on it would answer
// (formats.md, section 3). The file is only read. OutOfRange with etcd's texts for a compacted or
// future revision.
StatusOr<HashKvResult> HashKv(const Context& context, const std::string& path, int64_t revision);

// What a member with this history answers at `revision` once it is compacted at `compacted` (-1:
// never), so that files that were compacted at different times can be compared. `compacted` must
// not be below the file's own compaction, nor above `revision`; `revision` not above its current.
StatusOr<uint32_t> HashKvCompactedAt(bolt::ReadTx& tx, int64_t compacted, int64_t revision,
                                     Progress& progress);

}  // namespace cairn::offline
