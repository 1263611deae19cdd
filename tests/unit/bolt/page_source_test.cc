// tests/unit/bolt/page_source_test.cc: where pages come from.
#include "bolt/page_source.h"

#include <doctest/doctest.h>

#include <string>

#include "sim/mem_fs.h"

namespace cairn::bolt {
namespace {

constexpr uint32_t kPageSize = 1024;

// A file of leaves without elements, each with the overflow given.
std::string Leaves(std::initializer_list<std::pair<uint64_t, uint32_t>> pages, uint64_t count) {
  std::string content(count * kPageSize, '\0');
  for (const auto& [id, overflow] : pages) {
    EncodePageHeader({.id = id, .flags = kLeafPage, .count = 0, .overflow = overflow},
                     content.data() + id * kPageSize);
  }
  return content;
}

}  // namespace

TEST_CASE("long runs that overlap are refused, whatever was read before") {
  MemFs fs;
  const auto file = *fs.Open("/db", {.write = true, .create = true});
  REQUIRE(file->WriteAt(0, Leaves({{2, 30}, {20, 40}, {33, 20}, {53, 46}}, 100)).ok());
  WindowSource window(*file, kPageSize, 100, 0);
  BlockSource block(*file, kPageSize, 100);
  for (PageSource* source : {static_cast<PageSource*>(&window), static_cast<PageSource*>(&block)}) {
    CHECK((*source->Read(PageId(2))).bytes.size() == 31 * kPageSize);
    CHECK(source->Read(PageId(53)).ok());
    CHECK(Message(source->Read(PageId(20)).status()) ==
          "/db: page 20 (offset 20480): its 40 overflow pages overlap the run of page 53");
    CHECK(Message(source->Read(PageId(33)).status()) ==
          "/db: page 33 (offset 33792): its 20 overflow pages overlap the run of page 53");
    CHECK(source->Read(PageId(2)).ok());  // the same again
  }
}

TEST_CASE("runs that lie next to each other, and short ones, are given out") {
  LongRuns runs;
  CHECK(runs.Add({100, 16}) == std::nullopt);
  CHECK(runs.Add({116, 20}) == std::nullopt);
  CHECK(runs.Add({84, 16}) == std::nullopt);
  CHECK(runs.Add({105, 15}) == std::nullopt);
  CHECK(runs.Add({105, 16}) == PageId(116));
  CHECK(runs.Add({90, 16}) == PageId(100));
  CHECK(runs.Add({80, 200}) == PageId(84));
  CHECK(runs.Add({136, 16}) == std::nullopt);
}

}  // namespace cairn::bolt
