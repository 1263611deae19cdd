// bolt/format.h: the bbolt file format as value types: page header, meta, elements
// (docs/formats.md, section 1).
//
// Nothing here reads a file. A PageView checks every offset of a page once, when it is made; after
// that its accessors cannot leave the page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/status.h"
#include "base/strong.h"

namespace cairn::bolt {

inline constexpr uint16_t kBranchPage = 0x01;
inline constexpr uint16_t kLeafPage = 0x02;
inline constexpr uint16_t kMetaPage = 0x04;
inline constexpr uint16_t kFreelistPage = 0x10;

inline constexpr uint32_t kMagic = 0xED0CDAED;
inline constexpr uint32_t kVersion = 2;
inline constexpr uint64_t kNoFreelist = ~uint64_t{0};  // Meta::freelist when it is not stored

inline constexpr size_t kPageHeaderSize = 16;
inline constexpr size_t kElementSize = 16;
inline constexpr size_t kBucketHeaderSize = 16;
inline constexpr size_t kMetaSize = 64;
inline constexpr uint32_t kBucketElement = 1;  // leaf element flag: the value is a bucket
inline constexpr size_t kMaxKeySize = 32768;
inline constexpr uint64_t kMaxValueSize = (uint64_t{1} << 31) - 2;
inline constexpr uint32_t kMinPageSize = 1024;
inline constexpr uint32_t kMaxPageSize = 1024u
                                         << 14;  // the largest that the format's readers probe for

// A snapshot file has the SHA-256 of its pages after them (docs/formats.md, section 3). Pages are
// multiples of 512 bytes, so that the file's length says whether it is there.
inline constexpr uint64_t kDigestBytes = 32;
constexpr bool HasDigest(uint64_t file_bytes) { return file_bytes % 512 == kDigestBytes; }
constexpr uint64_t WithoutDigest(uint64_t file_bytes) {
  return HasDigest(file_bytes) ? file_bytes - kDigestBytes : file_bytes;
}

struct PageHeader {
  uint64_t id = 0;
  uint16_t flags = 0;
  uint16_t count = 0;
  uint32_t overflow = 0;
};
PageHeader DecodePageHeader(const char* page);
void EncodePageHeader(const PageHeader& header, char* page);

struct BucketHeader {
  uint64_t root = 0;  // 0: inline, the leaf page follows in the value
  uint64_t sequence = 0;
};
inline BucketHeader DecodeBucketHeader(const char* p) {
  return {LoadLE<uint64_t>(p), LoadLE<uint64_t>(p + 8)};
}
inline void EncodeBucketHeader(const BucketHeader& h, char* p) {
  StoreLE(p, h.root);
  StoreLE(p + 8, h.sequence);
}

struct Meta {
  uint32_t page_size = 0;
  uint32_t flags = 0;
  BucketHeader root;
  uint64_t freelist = kNoFreelist;
  uint64_t high_water = 0;  // first page id never allocated ("pgid")
  uint64_t txid = 0;
};
// The meta in a page's 64 bytes after its header, or why there is none ("bad magic", "unsupported
// version N", "bad checksum"). `bytes` must hold kMetaSize bytes.
StatusOr<Meta> DecodeMeta(const char* bytes);
// Writes the 64 bytes, checksum included.
void EncodeMeta(const Meta& meta, char* bytes);

// A stored freelist: the page numbers as they stand there, right or wrong.
class FreelistView {
 public:
  // `run` is a whole run that begins with a page header.
  static FreelistView Parse(std::string_view run);
  // 8-byte words that a list of `count` numbers takes after the page header.
  static constexpr uint64_t Words(uint64_t count) { return count + (count >= kLongCount ? 1 : 0); }

  uint64_t stored() const { return stored_; }  // how many the page says there are
  size_t size() const { return ids_.size() / 8; }  // those of them that fit into the run
  bool fits() const { return size() == stored_; }
  uint64_t operator[](size_t i) const { return LoadLE<uint64_t>(ids_.data() + 8 * i); }

  // From this many numbers on the header's 16-bit count says this, and the first word the number.
  static constexpr uint64_t kLongCount = 0xFFFF;

 private:
  uint64_t stored_ = 0;
  std::string_view ids_;
};

// One leaf or branch page, or an inline bucket's page, with all its bounds checked.
//
// A value type; the bytes must outlive it.
class PageView {
 public:
  // An empty leaf.
  PageView() = default;

  // `bytes` is the whole run, overflow pages included. Keys and values have to lie after the
  // elements in order and without gaps, as every bbolt writes them: else an element was lost.
  // Errors say what is wrong in words ("element 3: key leaves the page"), without file or page: the
  // caller knows those.
  static StatusOr<PageView> Parse(std::string_view bytes);

  // The whole run, header included.
  std::string_view bytes() const { return {data_, size_}; }
  bool is_leaf() const { return leaf_; }
  size_t count() const { return count_; }
  std::string_view key(size_t i) const {
    const char* e = element(i);
    // Leaf: flags, pos, ksize, vsize. Branch: pos, ksize, child.
    return leaf_ ? std::string_view(e + LoadLE<uint32_t>(e + 4), LoadLE<uint32_t>(e + 8))
                 : std::string_view(e + LoadLE<uint32_t>(e), LoadLE<uint32_t>(e + 4));
  }
  // Leaf pages only.
  std::string_view value(size_t i) const {
    const char* e = element(i);
    return {e + LoadLE<uint32_t>(e + 4) + LoadLE<uint32_t>(e + 8), LoadLE<uint32_t>(e + 12)};
  }
  bool is_bucket(size_t i) const { return (LoadLE<uint32_t>(element(i)) & kBucketElement) != 0; }
  // What lies behind the last element's data, up to the end of the page. Every bbolt leaves zeros.
  std::string_view Slack() const { return {data_ + used_, size_ - used_}; }
  // Branch pages only.
  PageId child(size_t i) const { return PageId(LoadLE<uint64_t>(element(i) + 8)); }

  // The index of the first key >= `target`, count() if none.
  size_t LowerBound(std::string_view target) const;
  // The child to follow for `target`: the last key <= target, 0 if none (branch pages).
  size_t ChildIndex(std::string_view target) const;

  // When keys and values lie after the elements in order and without gaps, as every bbolt writes
  // them: those bytes (key 0, value 0, key 1, …). Nothing otherwise. Leaf pages only.
  std::optional<std::string_view> PackedData() const;

 private:
  const char* element(size_t i) const { return data_ + kPageHeaderSize + i * kElementSize; }

  const char* data_ = nullptr;
  size_t size_ = 0;
  size_t used_ = 0;
  size_t count_ = 0;
  bool leaf_ = true;
};
// The page of an inline bucket inside `value` (the leaf element's value of a bucket whose root is
// 0).

StatusOr<PageView> ParseInlineBucket(std::string_view value);

}  // namespace cairn::bolt
