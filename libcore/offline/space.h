// offline/space.h: where the bytes of a db file are: what lives, what compaction would free, what
// defragmentation would free, by prefix and by Kubernetes resource.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

// Bytes of the records of some keys, keys' own headers in the page included: 16 bytes of element,
// the revision key, the stored KeyValue.
struct SpaceOf {
  uint64_t live_keys = 0;
  uint64_t live_bytes = 0;       // the newest record of keys that live
  uint64_t history_records = 0;  // older records: compaction frees them
  uint64_t history_bytes = 0;
  uint64_t tombstones = 0;  // compaction frees them too
  uint64_t tombstone_bytes = 0;
};

struct SpaceRow {
  std::string name;  // a prefix ("/registry/pods/"), or "pods" and its namespace
  std::string name_space;
  SpaceOf space;
};

// Every byte of the file is in exactly one of the numbers up to `digest_bytes`: they add up to
// `file_bytes`.
struct SpaceReport {
  uint64_t file_bytes = 0;
  uint64_t page_size = 0;
  SpaceOf keys;                 // bucket `key`, all of it
  uint64_t other_bytes = 0;     // records of all other buckets
  uint64_t overhead_bytes = 0;  // metas, freelist, page headers, branch elements, bucket headers
  uint64_t slack_bytes = 0;     // the unused ends of pages in use
  uint64_t free_bytes = 0;      // free pages below the high-water mark: defragmentation frees them
  uint64_t tail_bytes = 0;      // grown and never used, behind the high-water mark
  uint64_t digest_bytes = 0;    // 32 behind a snapshot

  std::vector<SpaceRow> prefixes;   // cut behind the depth-th '/', greatest first
  std::vector<SpaceRow> resources;  // Kubernetes resources, without and with namespace
};

struct SpaceOptions {
  int depth = 2;            // slashes that a prefix keeps; 0: no rows by prefix
  bool namespaces = false;  // resources split by namespace too
};

// One pass over the file in file order, several threads. Memory: 20 bytes a key and the rows.
// Errors: as DbFile::Open; DataLoss naming the page for a damaged file (`verify` tells more).
StatusOr<SpaceReport> ReadSpace(const Context& context, const std::string& path,
                                const SpaceOptions& options);

}  // namespace cairn::offline
