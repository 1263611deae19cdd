// bolt/page_set.h: a set of page ids as one bit a page.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::bolt {

// Pages that lie next to each other: an element's page and its overflow pages.
struct PageRun {
  uint64_t first = 0;
  uint64_t count = 0;
};

// Not thread-safe. Grows with the highest id it is given.
class PageSet {
 public:
  static constexpr uint64_t kNone = ~uint64_t{0};

  bool Has(uint64_t id) const {
    return id / 64 < words_.size() && (words_[id / 64] >> (id % 64) & 1) != 0;
  }
  // Whether any page of the run is in the set.
  bool HasAny(PageRun run) const;
  void Add(PageRun run);
  void Remove(PageRun run);
  uint64_t size() const { return size_; }

  // The lowest id >= `from` in the set, kNone if there is none.
  uint64_t NextIn(uint64_t from) const;
  // The lowest id >= `from` that is not in the set.
  uint64_t NextOut(uint64_t from) const;

 private:
  std::vector<uint64_t> words_;
  uint64_t size_ = 0;
};

}  // namespace cairn::bolt
