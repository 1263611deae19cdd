// offline/salvage/tree_leaves.h: the first pass over a tree of a damaged file: its branches, and
// from them its leaves in order, with the keys that each should have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "offline/salvage/tree.h"

namespace cairn::offline {

// Where a page's keys belong, by its parent.
struct LeafSpan {
  KeyRange range;
  // The parent's separators don't ascend: one of them is damaged, and it can't be said which.
  bool astray = false;
};

struct TreeLeaf {
  uint64_t page = 0;
  LeafSpan span;
  std::string fault;  // not empty: no leaf can be reached here
};

struct TreeLeaves {
  std::vector<TreeLeaf> leaves;  // in the tree's order; not read yet
  bolt::PageSet branches;
  std::vector<std::string> problems;
  uint64_t bytes = 0;  // read
};

// The leaves below `root` whose span meets the options' range. Errors: interrupt.
StatusOr<TreeLeaves> ListLeaves(SalvageInput& input, uint64_t root, const TreeWalkOptions& options,
                                Progress& progress);

}  // namespace cairn::offline
