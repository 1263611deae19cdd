// offline/inspect/packing.h: how many pages records take when a file is written anew, without
// writing it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "bolt/format.h"
#include "bolt/leaf_packing.h"

namespace cairn::offline {

// Fills the leaves of one tree as bolt::BulkLoader does with full pages. Records in key order give
// its leaves exactly, in another order about as many.
class Packing {
 public:
  explicit Packing(uint64_t page_size) : page_size_(page_size), packing_(page_size, page_size) {}

  // A record of `key` and `element` bytes: the page's element, key and value.
  void Add(uint64_t key, uint64_t element) {
    packing_.Add(element);
    if (packing_.Ready()) Flush(false);
    key_bytes_ += key;
    ++records_;
  }

  // Bytes of the pages of the tree, branches too; 0 when it fits into its parent (bbolt makes
  // buckets of up to a quarter of a page inline).
  uint64_t PagesBytes() {
    if (leaves_ == 0 && packing_.WaitingBytes() <= page_size_ / 4) return 0;
    Flush(true);
    uint64_t bytes = leaf_bytes_;
    const uint64_t branch_element =
        bolt::kElementSize + (records_ == 0 ? 0 : key_bytes_ / records_);
    const uint64_t a_page =
        std::max<uint64_t>(2, (page_size_ - bolt::kPageHeaderSize) / branch_element);
    for (uint64_t level = leaves_; level > 1;) {
      level = (level + a_page - 1) / a_page;
      bytes += level * page_size_;
    }
    return bytes;
  }

 private:
  void Flush(bool all) {
    for (const bolt::LeafPacking::Leaf& leaf : packing_.Take(all)) {
      leaf_bytes_ += (leaf.bytes + page_size_ - 1) / page_size_ * page_size_;
      ++leaves_;
    }
  }

  const uint64_t page_size_;
  bolt::LeafPacking packing_;
  uint64_t leaves_ = 0, leaf_bytes_ = 0;
  uint64_t records_ = 0, key_bytes_ = 0;
};

}  // namespace cairn::offline
