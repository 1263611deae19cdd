// tests/unit/bolt/broken_test.cc: files with changed bytes give errors and never a crash.
#include <doctest/doctest.h>

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

TEST_CASE("a file cut short is refused") {
  const std::string file = WholeFile(false);
  for (size_t size = 0; size < file.size(); size += 509) TryAnyFile(file.substr(0, size));
}

}  // namespace cairn::bolt
