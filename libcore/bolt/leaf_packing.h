// bolt/leaf_packing.h: which neighbours share a leaf so that a tree takes as few pages as can be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::bolt {

// Elements come in key order by their size alone. A leaf is either one page, or a run of pages with
// at most four elements: bbolt splits no node of so few, so that a large value shares the pages
// that it fills only in part with its neighbours. Of all such partitions the smallest is chosen, as
// far as one sees ahead: decisions are made when some hundred KiB and some elements wait. Never
// larger than what bbolt makes of the same elements, but for a page in a hundred where the view
// ended. Constant time an element. Not thread-safe.
class LeafPacking {
 public:
  struct Leaf {
    size_t elements = 0;
    uint64_t bytes = 0;  // header and elements, without the padding of the last page
  };

  // Leaves of one page are filled up to `limit` bytes, at most `page_size`.
  LeafPacking(uint64_t page_size, uint64_t limit);

  // The next element: what it takes in the page, key and value included.
  void Add(uint64_t bytes);
  // Elements that are in no leaf yet, and the bytes of a leaf that held all of them.
  size_t waiting() const { return steps_.size() - 1; }
  uint64_t WaitingBytes() const;
  // Whether enough wait that Take gives leaves.
  bool Ready() const;
  // Leaves for the first half of what waits; with `all`, for all of it.
  std::vector<Leaf> Take(bool all);

 private:
  // The best partition of the elements before this place.
  struct Step {
    uint64_t end = 0;   // bytes of all of them
    uint64_t cost = 0;  // in bytes of the file
    size_t begin = 0;   // where its last leaf begins
  };

  const uint64_t page_size_, limit_;
  std::vector<Step> steps_;
  size_t fits_from_ = 0;  // the first place from which the rest fits into one page
};

}  // namespace cairn::bolt
