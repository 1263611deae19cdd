// offline/inspect/ordered_crc.h: a CRC over the keys and values of a bucket, taken leaf by leaf in
// any order.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/crc32c.h"
#include "bolt/format.h"

namespace cairn::offline {

// One CRC and length a leaf, joined in key order at the end (a CRC is linear). Set() may be called
// from several threads for different ordinals. Memory: 12 bytes a leaf.
class OrderedCrc {
 public:
  void Begin(size_t leaves) {
    crc_.assign(leaves, 0);
    bytes_.assign(leaves, 0);
  }
  void Set(size_t ordinal, uint32_t crc, uint64_t bytes) {
    crc_[ordinal] = crc;
    bytes_[ordinal] = bytes;
  }
  // Over every key and value of the leaf.
  void SetWhole(size_t ordinal, const bolt::PageView& page) {
    if (const auto packed = page.PackedData(); packed.has_value()) {
      Set(ordinal, Crc32c(*packed), packed->size());
      return;
    }
    uint32_t crc = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < page.count(); ++i) {
      crc = ExtendCrc32c(ExtendCrc32c(crc, page.key(i)), page.value(i));
      bytes += page.key(i).size() + page.value(i).size();
    }
    Set(ordinal, crc, bytes);
  }
  // What `crc` becomes by all leaves in order.
  uint32_t Join(uint32_t crc) const {
    for (size_t i = 0; i < crc_.size(); ++i) crc = CombineCrc32c(crc, crc_[i], bytes_[i]);
    return crc;
  }

 private:
  std::vector<uint32_t> crc_;
  std::vector<uint64_t> bytes_;
};

}  // namespace cairn::offline
