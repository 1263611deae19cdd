// tests/unit/base/background_writer_test.cc: order, errors and the end of background writes.
#include "base/background_writer.h"

#include <doctest/doctest.h>

#include "sim/mem_fs.h"

namespace cairn {
namespace {

std::unique_ptr<File> Create(MemFs& fs) {
  auto file = fs.Open("f", {.write = true, .create = true, .exclusive = true, .mode = 0600});
  REQUIRE(file.ok());
  return std::move(*file);
}

TEST_CASE("blocks are written in order, more of them than the queue holds") {
  MemFs fs;
  const auto file = Create(fs);
  BackgroundWriter writer(*file);
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    AlignedBytes block = writer.TakeBuffer();
    CHECK(block.empty());
    block.assign(size_t(i + 1), static_cast<char>('a' + i % 26));
    const uint64_t offset = expected.size();
    expected += block;
    REQUIRE(writer.Write(offset, std::move(block)).ok());
  }
  // The last word on a place is the later block's.
  REQUIRE(writer.Write(0, "Z").ok());
  expected[0] = 'Z';
  REQUIRE(writer.Drain().ok());
  std::string got(expected.size(), '\0');
  REQUIRE(ReadExactly(*file, 0, got).ok());
  CHECK(got == expected);
}

TEST_CASE("an error comes out of Drain and ends the writing") {
  MemFs fs;
  const auto file = Create(fs);
  REQUIRE(file->WriteAt(0, "x").ok());
  const auto readonly = fs.Open("f", {});
  REQUIRE(readonly.ok());
  BackgroundWriter writer(**readonly);
  (void)writer.Write(0, "y");
  const Status first = writer.Drain();
  CHECK_FALSE(first.ok());
  CHECK(writer.Write(1, "z") == first);
  CHECK(writer.Drain() == first);
  CHECK(*file->Size() == 1);
}

TEST_CASE("a writer that is given up leaves no thread behind") {
  MemFs fs;
  const auto file = Create(fs);
  for (int i = 0; i < 50; ++i) {
    BackgroundWriter writer(*file);
    for (int k = 0; k < i % 4; ++k) (void)writer.Write(0, "abc");
  }
}

}  // namespace
}  // namespace cairn
