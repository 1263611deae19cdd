// bolt/format.cc: see format.h.
#include "bolt/format.h"

#include <fmt/format.h>

#include <algorithm>

#include <cstring>

#include "base/fnv.h"

namespace cairn::bolt {

PageHeader DecodePageHeader(const char* page) {
  return {LoadLE<uint64_t>(page), LoadLE<uint16_t>(page + 8), LoadLE<uint16_t>(page + 10),
          LoadLE<uint32_t>(page + 12)};
}

void EncodePageHeader(const PageHeader& header, char* page) {
  StoreLE(page, header.id);
  StoreLE(page + 8, header.flags);
  StoreLE(page + 10, header.count);
  StoreLE(page + 12, header.overflow);
}

StatusOr<Meta> DecodeMeta(const char* bytes) {
  if (LoadLE<uint32_t>(bytes) != kMagic) return absl::DataLossError("bad magic number");
  if (const auto version = LoadLE<uint32_t>(bytes + 4); version != kVersion) {
    return absl::DataLossError(fmt::format("unsupported file version {}", version));
  }
  if (Fnv1a64({bytes, 56}) != LoadLE<uint64_t>(bytes + 56)) {
    return absl::DataLossError("meta checksum mismatch");
  }
  Meta meta;
  meta.page_size = LoadLE<uint32_t>(bytes + 8);
  meta.flags = LoadLE<uint32_t>(bytes + 12);
  meta.root = DecodeBucketHeader(bytes + 16);
  meta.freelist = LoadLE<uint64_t>(bytes + 32);
  meta.high_water = LoadLE<uint64_t>(bytes + 40);
  meta.txid = LoadLE<uint64_t>(bytes + 48);
  const uint32_t ps = meta.page_size;
  if (ps < kMinPageSize || ps > kMaxPageSize || (ps & (ps - 1)) != 0) {
    return absl::DataLossError(fmt::format("page size {} is not possible", ps));
  }
  // Below 2^47 bytes in all, so that ids times the page size never overflow.
  if (meta.high_water < 3 || meta.high_water > (uint64_t{1} << 47) / ps) {
    return absl::DataLossError(fmt::format("high-water mark {} is not possible", meta.high_water));
  }
  // The next transaction must have a number, and comparisons are signed.
  if (meta.txid >= static_cast<uint64_t>(INT64_MAX)) {
    return absl::DataLossError(fmt::format("transaction {} is not possible", meta.txid));
  }
  if (meta.root.root < 2 || meta.root.root >= meta.high_water) {
    return absl::DataLossError(fmt::format("root page {} is out of bounds", meta.root.root));
  }
  if (meta.freelist != kNoFreelist && (meta.freelist < 2 || meta.freelist >= meta.high_water)) {
    return absl::DataLossError(fmt::format("freelist page {} is out of bounds", meta.freelist));
  }
  return meta;
}

void EncodeMeta(const Meta& meta, char* bytes) {
  StoreLE(bytes, kMagic);
  StoreLE(bytes + 4, kVersion);
  StoreLE(bytes + 8, meta.page_size);
  StoreLE(bytes + 12, meta.flags);
  EncodeBucketHeader(meta.root, bytes + 16);
  StoreLE(bytes + 32, meta.freelist);
  StoreLE(bytes + 40, meta.high_water);
  StoreLE(bytes + 48, meta.txid);
  StoreLE(bytes + 56, Fnv1a64({bytes, 56}));
}

FreelistView FreelistView::Parse(std::string_view run) {
  FreelistView view;
  view.stored_ = DecodePageHeader(run.data()).count;
  view.ids_ = run.substr(kPageHeaderSize);
  if (view.stored_ == kLongCount) {
    view.stored_ = LoadLE<uint64_t>(view.ids_.data());
    view.ids_.remove_prefix(8);
  }
  view.ids_ = view.ids_.substr(0, 8 * std::min<uint64_t>(view.stored_, view.ids_.size() / 8));
  return view;
}

StatusOr<PageView> PageView::Parse(std::string_view bytes) {
  if (bytes.size() < kPageHeaderSize) return absl::DataLossError("page is cut short");
  const PageHeader header = DecodePageHeader(bytes.data());
  PageView view;
  view.data_ = bytes.data();
  view.count_ = header.count;
  if (header.flags == kLeafPage) {
    view.leaf_ = true;
  } else if (header.flags == kBranchPage) {
    view.leaf_ = false;
    if (header.count == 0) return absl::DataLossError("branch page without elements");
  } else {
    return absl::DataLossError(fmt::format("invalid type: {:#x}", header.flags));
  }
  const size_t elements_end = kPageHeaderSize + view.count_ * kElementSize;
  if (elements_end > bytes.size()) {
    return absl::DataLossError(fmt::format("{} elements do not fit", header.count));
  }
  size_t next = elements_end;
  for (size_t i = 0; i < view.count_; ++i) {
    const size_t at = kPageHeaderSize + i * kElementSize;
    const char* e = bytes.data() + at;
    uint64_t pos = 0;
    uint64_t length = 0;
    uint64_t key_size = 0;
    if (view.leaf_) {
      if (const auto flags = LoadLE<uint32_t>(e); flags > kBucketElement) {
        return absl::DataLossError(fmt::format("element {}: unknown flags {:#x}", i, flags));
      }
      pos = LoadLE<uint32_t>(e + 4);
      key_size = LoadLE<uint32_t>(e + 8);
      length = key_size + LoadLE<uint32_t>(e + 12);
    } else {
      pos = LoadLE<uint32_t>(e);
      key_size = LoadLE<uint32_t>(e + 4);
      length = key_size;
    }
    if (at + pos + length > bytes.size()) {
      return absl::DataLossError(fmt::format("element {}: key or value leaves the page", i));
    }
    // Every writer packs them; a gap or an overlap means a wrong count, size or position.
    if (at + pos != next) {
      return absl::DataLossError(
          fmt::format("element {}: key does not begin where the element before ends", i));
    }
    next += length;
    if (key_size > kMaxKeySize) {
      return absl::DataLossError(fmt::format("element {}: key of {} bytes", i, key_size));
    }
  }
  view.size_ = bytes.size();
  view.used_ = next;
  return view;
}

size_t PageView::LowerBound(std::string_view target) const {
  size_t low = 0;
  size_t high = count_;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (key(middle) < target) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

size_t PageView::ChildIndex(std::string_view target) const {
  const size_t i = LowerBound(target);
  if (i < count_ && key(i) == target) return i;
  return i == 0 ? 0 : i - 1;
}

std::optional<std::string_view> PageView::PackedData() const {
  if (count_ == 0) return std::string_view();
  const char* const begin = key(0).data();
  const char* next = begin;
  for (size_t i = 0; i < count_; ++i) {
    const char* e = element(i);
    const char* at = e + LoadLE<uint32_t>(e + 4);
    if (at != next) return std::nullopt;
    next = at + LoadLE<uint32_t>(e + 8) + LoadLE<uint32_t>(e + 12);
  }
  return std::string_view(begin, static_cast<size_t>(next - begin));
}

StatusOr<PageView> ParseInlineBucket(std::string_view value) {
  if (value.size() < kBucketHeaderSize) return absl::DataLossError("bucket header is cut short");
  auto view = PageView::Parse(value.substr(kBucketHeaderSize));
  if (!view.ok()) return Annotate(view.status(), "inline bucket");
  if (!view->is_leaf()) return absl::DataLossError("inline bucket is not a leaf");
  const PageHeader header = DecodePageHeader(value.data() + kBucketHeaderSize);
  if (header.id != 0 || header.overflow != 0) {
    return absl::DataLossError("inline bucket has a page number");
  }
  return view;
}

}  // namespace cairn::bolt
