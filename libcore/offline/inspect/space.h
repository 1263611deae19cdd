// offline/inspect/space.h: where the bytes of a db file are: what lives, what compaction would
// free, what defragmentation would free, by prefix and by Kubernetes resource.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

// Bytes of the records of some keys, what they take in the page included: 16 bytes of element, the
// revision key, the stored KeyValue.
struct SpaceOf {
  uint64_t live_keys = 0;
  uint64_t live_bytes = 0;       // the newest record of keys that live
  uint64_t history_records = 0;  // older records: compaction frees them
  uint64_t history_bytes = 0;
  uint64_t tombstones = 0;  // compaction frees them too
  uint64_t tombstone_bytes = 0;

  uint64_t bytes() const { return live_bytes + history_bytes + tombstone_bytes; }
  SpaceOf& operator+=(const SpaceOf& other);
  friend bool operator==(const SpaceOf&, const SpaceOf&) = default;
};

struct SpaceRow {
  std::string name;        // a prefix ("/registry/pods/"), or a resource ("pods", "x.cilium.io")
  std::string name_space;  // of a row by resource and namespace, or by namespace alone
  SpaceOf space;
};

// Every byte of the file is in exactly one of the numbers from `keys` up to `digest_bytes`: they
// add up to `file_bytes`.
struct SpaceReport {
  uint64_t file_bytes = 0;
  uint64_t page_size = 0;
  SpaceOf keys;                 // bucket `key`, all of it
  uint64_t other_bytes = 0;     // records of all other buckets
  uint64_t overhead_bytes = 0;  // metas, freelist, page headers, branch elements, bucket headers
  uint64_t slack_bytes = 0;     // the unused ends of pages in use
  uint64_t free_bytes = 0;      // free pages below the high-water mark: defragmentation frees them
  uint64_t tail_bytes = 0;      // grown and never used, after the high-water mark: likewise
  uint64_t digest_bytes = 0;    // 32 after a snapshot

  // Each kind of row adds up to `keys`, greatest first.
  std::vector<SpaceRow> prefixes;
  // Kubernetes resources, or (with `namespaces`) resources in each namespace; empty when the db
  // holds none. `not_kubernetes` are the keys besides.
  std::vector<SpaceRow> resources;
  SpaceOf not_kubernetes;
  // With `namespaces`: all resources of a namespace in a row; the row without a name is what has no
  // namespace.
  std::vector<SpaceRow> name_spaces;

  // About the size that `defrag` would give the file, as it is and after a compaction at the
  // current revision.
  uint64_t packed_bytes = 0;
  uint64_t compacted_packed_bytes = 0;

  uint64_t total() const;
  // What that compaction would free for new keys.
  uint64_t compaction_frees() const { return keys.history_bytes + keys.tombstone_bytes; }
  // By how much a defragmented copy would be shorter, about: now, and after that compaction.
  // Negative when it would be longer; `defrag` keeps the file then.
  int64_t defragmentation_frees() const;
  int64_t defragmentation_frees_then() const;
};

struct SpaceOptions {
  // Names that a prefix keeps: 2 makes "/registry/pods/" of "/registry/pods/default/web", and "a/"
  // of "a/b", as a key's last name is no prefix. 0: no rows by prefix.
  size_t depth = 2;
  bool namespaces = false;
};

// Different prefixes, or resources and namespaces, that get rows of their own; all further ones
// share the row kOtherRows.
inline constexpr size_t kMaxSpaceRows = 100'000;
inline constexpr const char* kOtherRows = "(others)";

// One pass over the file in file order. Memory: the rows, and 28 to 42 bytes for each key that was
// changed after the last compaction. Errors: as DbFile::Open; DataLoss naming the page for a
// damaged file (`verify` tells more).
StatusOr<SpaceReport> ReadSpace(const Context& context, const std::string& path,
                                const SpaceOptions& options);

}  // namespace cairn::offline
