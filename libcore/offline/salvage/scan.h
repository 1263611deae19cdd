// offline/salvage/scan.h: one pass over every page of a damaged file, for leaves of the key bucket
// and for roots of trees of buckets, whether or not a tree reaches them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "mvcc/revision.h"
#include "offline/salvage/input.h"

namespace cairn::offline {

// A leaf that is of the key bucket by its shape: revisions that ascend, and values of them.
struct KeyLeaf {
  uint64_t page = 0;
  uint64_t pages = 1;
  mvcc::Revision last;
  int64_t proven = 0;  // the greatest revision that a value names
};

// A leaf whose elements are buckets with etcd's names: the root of some transaction.
struct RootLeaf {
  uint64_t page = 0;
  uint64_t consistent_index = 0;  // of its bucket meta; 0: not known
  std::string last_mark;          // finishedCompactRev there
};

struct PageScan {
  std::vector<KeyLeaf> key_leaves;  // by page
  std::vector<RootLeaf> roots;      // the newest first, by consistent index
};

// Reads the file once, in file order. Only leaves that are whole count: every check of a tree's
// pages holds, no record has a fault, and no page of a run begins as a page of its own (which says
// that the run was overwritten). Errors: interrupt.
StatusOr<PageScan> ScanPages(SalvageInput& input, bool suspect_zeros, Progress& progress);

// The one of `names` that `name` is or was before one byte of it was damaged; empty: none.
std::string_view KnownName(std::string_view name, std::span<const std::string_view> names);
// Of etcd's buckets.
std::string_view BucketName(std::string_view name);

}  // namespace cairn::offline
