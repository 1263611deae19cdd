// tests/unit/bolt/broken_test.cc: files with changed bytes give errors and never a crash.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "../../fuzz/bolt_any_file.h"
#include "base/random.h"

namespace cairn::bolt {

TEST_CASE("a whole file is taken, and changed, by the steps that broken ones go through") {
  for (const bool store_freelist : {false, true}) {
    const std::string file = WholeFile(store_freelist);
    CHECK(file.size() > 30 * kFuzzPageSize);
    CHECK(file.size() < 65536);  // two bytes reach every place
    TryAnyFile(file);
  }
}

TEST_CASE("changed bytes anywhere in a file never crash reading, checking or writing") {
  constexpr uint64_t kSeed = 20;
  Random random(kSeed);
  for (int i = 0; i < 1500; ++i) {
    CAPTURE(i);
    std::string input(1, static_cast<char>(1 + random.Below(2)));
    for (uint64_t n = 1 + random.Below(6); n > 0; --n) {
      // Headers and elements stand at the begin of a page; most changes go there.
      const uint64_t page = random.Below(64) * kFuzzPageSize;
      const uint64_t at = page + random.Below(random.OneIn(3) ? kFuzzPageSize : 80);
      input += static_cast<char>(at & 0xff);
      input += static_cast<char>(at >> 8);
      input += static_cast<char>(random.OneIn(2) ? random.Below(8) : random.Next());
    }
    TryInput(input);
  }
}

TEST_CASE("a file cut short is refused, in words that say where it ends") {
  const std::string whole = WholeFile(false);
  MemFs fs;
  const auto metas_of = [&](size_t size) {
    const auto file = fs.Open("/db", {.write = true, .create = true, .truncate = true});
    REQUIRE((file.ok() && (*file)->WriteAt(0, whole.substr(0, size)).ok()));
    return ReadMetaPages(**file, size);
  };
  const auto metas = metas_of(whole.size());
  REQUIRE(metas.ok());
  const size_t needed = metas->meta().high_water * metas->page_size;
  CHECK(metas_of(needed).ok());
  const auto told = [&](size_t size) { return std::string(Message(metas_of(size).status())); };
  for (size_t size = 0; size < whole.size(); size += 509) {
    TryAnyFile(whole.substr(0, size));
    if (size == 0 || size >= needed) continue;
    CHECK(told(size).starts_with(
        fmt::format("/db: file is cut short: {} bytes of at least {}", size, needed)));
  }
  CHECK(told(50) == "invalid database: /db: the file ends at byte 50, in a meta page");
  CHECK(told(0) == "invalid database: /db: the file is empty");
}

}  // namespace cairn::bolt
