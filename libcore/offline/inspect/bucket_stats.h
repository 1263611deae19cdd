// offline/inspect/bucket_stats.h: `inspect buckets`: how large each bucket is and how its pages are
// filled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/damaged_db.h"

namespace cairn::offline {

// The numbers of `bbolt stats`, for one bucket with the buckets in it.
struct BucketStats {
  std::string name;
  bool inlined = false;
  uint64_t keys = 0;
  uint64_t depth = 0;  // levels of the tree
  uint64_t branch_pages = 0, branch_overflow = 0;
  uint64_t leaf_pages = 0, leaf_overflow = 0;
  uint64_t branch_alloc = 0, branch_in_use = 0;  // bytes
  uint64_t leaf_alloc = 0, leaf_in_use = 0;
  uint64_t buckets = 1;  // itself and those in it
  uint64_t inline_buckets = 0, inline_in_use = 0;

  uint64_t alloc() const { return branch_alloc + leaf_alloc; }
};

struct BucketReport {
  std::vector<BucketStats> buckets;  // in name order
  // The checksum of `etcd-dump-db hash`: every bucket's name and pairs, but for meta's
  // consistent_index, term and storageVersion. Nothing when a page could not be read.
  std::optional<uint32_t> hash;
  Problems problems;
};

// One pass over the file. What lies on pages that can't be read doesn't count.
StatusOr<BucketReport> ReadBuckets(const Context& context, const std::string& path);

}  // namespace cairn::offline
