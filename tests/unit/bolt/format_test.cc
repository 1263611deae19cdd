// tests/unit/bolt/format_test.cc: pages and metas of whom one field is wrong are refused.
#include "bolt/format.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace cairn::bolt {
namespace {

// A leaf of three elements, "a"="1", "b"="22" and "c"="333", in a page of 256 bytes.
std::string Leaf() {
  std::string page(256, '\x55');
  EncodePageHeader({.id = 7, .flags = kLeafPage, .count = 3, .overflow = 0}, page.data());
  size_t data = kPageHeaderSize + 3 * kElementSize;
  for (uint32_t i = 0; i < 3; ++i) {
    const size_t at = kPageHeaderSize + i * kElementSize;
    StoreLE<uint32_t>(page.data() + at, 0);
    StoreLE<uint32_t>(page.data() + at + 4, static_cast<uint32_t>(data - at));
    StoreLE<uint32_t>(page.data() + at + 8, 1);
    StoreLE<uint32_t>(page.data() + at + 12, i + 1);
    page[data] = static_cast<char>('a' + i);
    for (uint32_t n = 0; n <= i; ++n) page[data + 1 + n] = static_cast<char>('1' + i);
    data += 2 + i;
  }
  return page;
}

std::string Fault(const std::string& page) {
  return std::string(Message(PageView::Parse(page).status()));
}

TEST_CASE("a leaf's keys and values are found") {
  const std::string page = Leaf();
  const auto view = PageView::Parse(page);
  REQUIRE(view.ok());
  CHECK(view->count() == 3);
  CHECK(view->key(1) == "b");
  CHECK(view->value(2) == "333");
}

TEST_CASE("an element flag that nobody sets is refused") {
  std::string page = Leaf();
  page[kPageHeaderSize + kElementSize] = 2;
  CHECK(Fault(page) == "element 1: unknown flags 0x2");
}

TEST_CASE("a count that lost its last element is refused, as no element lies after the others") {
  std::string page = Leaf();
  StoreLE<uint16_t>(page.data() + 10, 2);
  CHECK(Fault(page) == "element 0: key does not begin where the element before ends");
}

TEST_CASE("a flipped bit of a position or size is refused, save in the last value's size") {
  const std::string whole = Leaf();
  size_t taken = 0;
  for (size_t at = kPageHeaderSize; at < kPageHeaderSize + 3 * kElementSize; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string page = whole;
      page[at] = static_cast<char>(page[at] ^ (1 << bit));
      if (Fault(page).empty()) {
        ++taken;
        // Kinds, and where the last key ends and the last value begins or ends.
        const bool kind = at % kElementSize == 0 && bit == 0;
        CAPTURE(at);
        CHECK((kind || at >= kPageHeaderSize + 2 * kElementSize + 8));
      }
    }
  }
  CHECK(taken > 0);
}

TEST_CASE("a meta whose transaction has no next one is refused") {
  Meta meta{.page_size = 4096, .root = {.root = 3}, .freelist = 2, .high_water = 4, .txid = 9};
  char bytes[kMetaSize];
  EncodeMeta(meta, bytes);
  CHECK(DecodeMeta(bytes).ok());
  for (const uint64_t txid : {~uint64_t{0}, uint64_t{INT64_MAX}}) {
    meta.txid = txid;
    EncodeMeta(meta, bytes);
    CHECK(Message(DecodeMeta(bytes).status()) ==
          "transaction " + std::to_string(txid) + " is not possible");
  }
}

}  // namespace
}  // namespace cairn::bolt
