// bolt/check/page_detail.h: one page taken apart, whatever it is: as much of it as can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bolt/format.h"

namespace cairn::bolt {

struct ElementDetail {
  uint32_t flags = 0;  // of a leaf's element
  uint32_t position = 0, key_size = 0, value_size = 0;
  uint64_t child = 0;  // of a branch's element
  // As far as they lie inside the page; into the page's bytes.
  std::string_view key, value;
  std::optional<BucketHeader> bucket;  // the element is one
  std::string what;                    // what is wrong
};

// The fields of a meta page as they stand there.
struct MetaDetail {
  uint32_t magic = 0, version = 0, page_size = 0, flags = 0;
  BucketHeader root;
  uint64_t freelist = 0, high_water = 0, txid = 0;
  uint64_t checksum = 0, right_checksum = 0;
};

struct PageDetail {
  uint64_t id = 0;      // where it lies
  uint64_t offset = 0;  // bytes
  uint64_t size = 0;    // bytes that were read
  PageHeader header;
  std::optional<MetaDetail> meta;
  std::vector<ElementDetail> elements;  // of a branch or leaf page
  std::vector<uint64_t> free_pages;     // of a freelist
  std::vector<std::string> faults;      // what is wrong with the page as a whole
  bool whole() const;                   // nothing is wrong
};

// Takes `bytes`, the run at page `id` (ReadRawRun, bolt/check/survey.h), apart. Views in the result
// point into it. Nothing is trusted: elements that do not fit are shown as far as they do.
PageDetail TakeApart(std::string_view bytes, uint64_t id, uint32_t page_size);

}  // namespace cairn::bolt
