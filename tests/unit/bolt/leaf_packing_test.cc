// tests/unit/bolt/leaf_packing_test.cc: how few pages neighbours take.
#include "bolt/leaf_packing.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"
#include "bolt/format.h"

namespace cairn::bolt {
namespace {

constexpr uint64_t kPage = 4096;

uint64_t Pages(uint64_t bytes) { return (bytes + kPage - 1) / kPage; }

struct Packed {
  std::vector<size_t> counts;
  uint64_t pages = 0;
};

Packed Pack(const std::vector<uint64_t>& sizes) {
  LeafPacking packing(kPage, kPage);
  Packed packed;
  size_t at = 0;
  const auto take = [&](bool all) {
    for (const LeafPacking::Leaf& leaf : packing.Take(all)) {
      uint64_t bytes = kPageHeaderSize;
      REQUIRE(leaf.elements > 0);
      for (size_t i = 0; i < leaf.elements; ++i) bytes += sizes[at++];
      REQUIRE(bytes == leaf.bytes);
      REQUIRE((bytes <= kPage || leaf.elements <= 4));
      packed.counts.push_back(leaf.elements);
      packed.pages += Pages(bytes);
    }
  };
  for (const uint64_t size : sizes) {
    packing.Add(size);
    while (packing.Ready()) take(false);
  }
  take(true);
  REQUIRE(at == sizes.size());
  return packed;
}

// Leaves as bbolt may leave them: filled to some part of a page, at least two elements each, and
// nodes of up to four whole.
uint64_t PagesOfSomebody(const std::vector<uint64_t>& sizes, Random& random) {
  uint64_t pages = 0;
  for (size_t at = 0; at < sizes.size();) {
    const uint64_t limit = kPage / 2 + random.Below(kPage / 2 + 1);
    const size_t whole = 2 + random.Below(3);
    uint64_t bytes = kPageHeaderSize;
    for (size_t n = 0; at < sizes.size() && (n < whole || bytes + sizes[at] <= limit); ++n) {
      bytes += sizes[at++];
      if (n + 1 >= whole && bytes > limit) break;
    }
    pages += Pages(bytes);
  }
  return pages;
}

TEST_CASE("two values of 5 kB share their pages instead of three quarters of one being lost") {
  const Packed packed = Pack(std::vector<uint64_t>(1000, 5000 + 60));
  // One value a leaf: 2000 pages; two: 1500; four: 1250.
  CHECK(packed.pages <= 1260);
}

TEST_CASE("small elements fill their pages, one after the other") {
  const Packed packed = Pack(std::vector<uint64_t>(100000, 100));
  CHECK(packed.pages == 100000 / 40);
}

TEST_CASE("a page between large values that fit one page stays one page") {
  CHECK(Pack(std::vector<uint64_t>(100, kPage - kPageHeaderSize)).pages == 100);
  CHECK(Pack({}).counts.empty());
  CHECK(Pack({5}).counts == std::vector<size_t>{1});
}

TEST_CASE("elements of any sizes take no more pages than in bbolt's leaves") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    const uint64_t most =
        std::vector<uint64_t>{64, 400, 2100, 5200, 8300, 20000, 110000, 1500000}[random.Below(8)];
    const bool alike = random.OneIn(2);
    std::vector<uint64_t> sizes;
    uint64_t all = 0;
    while (all < 3'000'000 && sizes.size() < 5000) {
      sizes.push_back(alike ? most + random.Below(20) : 20 + random.Below(most));
      all += sizes.back();
    }
    const uint64_t theirs = PagesOfSomebody(sizes, random);
    CHECK(Pack(sizes).pages <= theirs + theirs / 200);
  }
}

}  // namespace
}  // namespace cairn::bolt
