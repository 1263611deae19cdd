// offline/packing.h: how many pages records take when a file is written anew, without writing it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "bolt/format.h"

namespace cairn::offline {

// Fills the leaves of one tree as bolt::BulkLoader does with full pages. Records in key order give
// its leaves exactly, in another order about as many.
class Packing {
 public:
  explicit Packing(uint64_t page_size) : page_size_(page_size) {}

  // A record of `key` and `element` bytes: the page's element, key and value.
  void Add(uint64_t key, uint64_t element) {
    if (filled_ > 0 && bolt::kPageHeaderSize + filled_ + element > page_size_) Flush();
    filled_ += element;
    key_bytes_ += key;
    ++records_;
  }

  // Bytes of the pages of the tree, branches too; 0 when it fits into its parent (bbolt makes
  // buckets of up to a quarter of a page inline).
  uint64_t PagesBytes() {
    if (leaves_ == 0 && bolt::kPageHeaderSize + filled_ <= page_size_ / 4) return 0;
    if (filled_ > 0) Flush();
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
  void Flush() {
    const uint64_t bytes = bolt::kPageHeaderSize + filled_;
    leaf_bytes_ += (bytes + page_size_ - 1) / page_size_ * page_size_;
    ++leaves_;
    filled_ = 0;
  }

  const uint64_t page_size_;
  uint64_t filled_ = 0;  // of the leaf at hand
  uint64_t leaves_ = 0, leaf_bytes_ = 0;
  uint64_t records_ = 0, key_bytes_ = 0;
};

}  // namespace cairn::offline
