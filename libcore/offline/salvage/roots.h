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

struct RootTree {
  std::string name;  // "meta 1, transaction 42", "page 17"
  uint64_t page = 0;
  uint64_t txid = 0;  // 0: not known
  std::map<std::string, SalvageBucketRef, std::less<>> buckets;
  std::vector<LostRange> lost;  // of names
  std::vector<std::string> problems;
  bolt::PageSet reached;  // its own pages, without the buckets'

  // What its bucket meta says; nothing where that can't be read.
  struct Marks {
    uint64_t consistent_index = 0;
    int64_t finished = -1;
    int64_t scheduled = 0;
    // As a server would take it at its start.
    int64_t compacted() const { return scheduled > finished ? scheduled : finished; }
  };
  std::optional<Marks> marks;
};

// Reads the tree of buckets at `page`. A bucket whose name has one wrong byte gets its right one.
StatusOr<RootTree> ReadRoot(SalvageInput& input, std::string name, uint64_t page, uint64_t txid,
                            Progress& progress);

// The roots that can be read: first the one that counts. Of the metas' roots that is the newer one;
// where only one meta is left, or none, a scan may find a newer one. The file is scanned at most
// once, and only when it is needed.
class Roots {
 public:
  Roots(SalvageInput& input, bool suspect_zeros, Progress& progress)
      : input_(input), suspect_zeros_(suspect_zeros), progress_(progress) {}

  // DataLoss when there is none.
  Status Find();
  const RootTree& base() const { return roots_.front(); }
  // Whether the base is of the newest transaction that the file held.
  bool base_is_newest() const { return base_is_newest_; }
  // Whether pages that nothing refers to may belong to the newest state: there is no second root to
  // compare with, and no digest that matches.
  bool orphans_may_count() const;
  // Older ones, the newest first: of the other meta, and after Scan() those that it found.
  std::vector<const RootTree*> older() const;
  StatusOr<const PageScan*> Scan();
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  bool IsWhole(const RootTree& root);

  SalvageInput& input_;
  const bool suspect_zeros_;
  Progress& progress_;
  std::deque<RootTree> roots_;  // references to them stay good
  bool base_is_newest_ = false;
  bool scanned_ = false;
  PageScan scan_;
  std::vector<std::string> problems_;
};

}  // namespace cairn::offline
