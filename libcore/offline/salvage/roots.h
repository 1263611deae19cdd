// offline/salvage/roots.h: the trees of buckets of a damaged file: those of its metas, and those of
// older transactions that a scan finds.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "offline/salvage/scan.h"
#include "offline/salvage/tree.h"

namespace cairn::offline {

// What a bucket meta says of compactions.
struct CompactionState {
  uint64_t consistent_index = 0;
  int64_t finished = -1;
  int64_t scheduled = 0;
  // As a server would take it at its start.
  int64_t compacted() const { return scheduled > finished ? scheduled : finished; }
};

struct RootTree {
  std::string name;  // "meta 1, transaction 42", "page 17"
  uint64_t page = 0;
  uint64_t txid = 0;  // 0: not known
  std::map<std::string, SalvageBucketRef, std::less<>> buckets;
  std::vector<LostKeys> lost;  // of names
  std::vector<std::string> problems;
  bolt::PageSet reached;  // its own pages, without the buckets'
  // Nothing where its bucket meta can't be read.
  std::optional<CompactionState> compaction;
};

// Reads the tree of buckets at `page`. A bucket whose name has one wrong byte gets its right one.
StatusOr<RootTree> ReadRoot(SalvageInput& input, std::string name, uint64_t page, uint64_t txid,
                            Progress& progress);

// The roots that can be read: first the one that counts. Of the metas' roots that is the newer one;
// where only one meta is left, or none, a scan may find a newer one.
struct Roots {
  std::deque<RootTree> trees;  // not empty; references to them stay valid
  // Whether the first is of the newest transaction that the file held.
  bool base_is_newest = false;
  std::optional<PageScan> scan;
  std::vector<std::string> problems;

  const RootTree& base() const { return trees.front(); }
};

// DataLoss when there is none.
StatusOr<Roots> FindRoots(SalvageInput& input, bool suspect_zeros, Progress& progress);

// Scans the file, once, and adds older roots that are found.
Status ScanRoots(SalvageInput& input, bool suspect_zeros, Progress& progress, Roots& roots);

}  // namespace cairn::offline
