// tests/unit/gotext/units_test.cc: sizes and durations read and print as Go's do.
#include "gotext/units.h"

#include <doctest/doctest.h>

#include <limits>
#include <utility>

#include "base/random.h"

namespace cairn {

TEST_CASE("sizes have one decimal below ten of a unit") {
  const std::pair<uint64_t, const char*> cases[] = {
      {0, "0 B"},
      {9, "9 B"},
      {10, "10 B"},
      {999, "999 B"},
      {1000, "1.0 kB"},
      {1049, "1.0 kB"},
      {1050, "1.1 kB"},
      {9949, "9.9 kB"},
      {9950, "10 kB"},
      {24576, "25 kB"},
      {999999, "1000 kB"},
      {1000000, "1.0 MB"},
      {25165824, "25 MB"},
      {2147483648, "2.1 GB"},
      {1000000000000, "1.0 TB"},
      {1000000000000000, "1.0 PB"},
      {std::numeric_limits<uint64_t>::max(), "18 EB"},
  };
  for (const auto& [bytes, text] : cases) CHECK(FormatSize(bytes) == text);
}

TEST_CASE("durations print without needless digits") {
  const std::pair<int64_t, const char*> cases[] = {
      {0, "0s"},
      {1, "1ns"},
      {1500, "1.5\xc2\xb5s"},
      {11747380, "11.74738ms"},
      {1000000000, "1s"},
      {1500000000, "1.5s"},
      {120000000000, "2m0s"},
      {3600500000000, "1h0m0.5s"},
      {-3000, "-3\xc2\xb5s"},
      {std::numeric_limits<int64_t>::max(), "2562047h47m16.854775807s"},
      {std::numeric_limits<int64_t>::min(), "-2562047h47m16.854775808s"},
  };
  for (const auto& [nanos, text] : cases) CHECK(FormatDuration(nanos) == text);
}

TEST_CASE("a printed duration reads back as itself") {
  Random random(3);
  for (int i = 0; i < 10000; ++i) {
    const auto nanos = static_cast<int64_t>(random.Next()) >> random.Below(64);
    const auto parsed = ParseDuration(FormatDuration(nanos));
    REQUIRE(parsed.ok());
    // The fraction goes through a double, as in Go, and may be off by one far out.
    CHECK(*parsed - nanos <= 1);
    CHECK(nanos - *parsed <= 1);
  }
}

TEST_CASE("durations in all the forms of the grammar") {
  const std::pair<const char*, int64_t> cases[] = {
      {"0", 0},
      {"+5s", 5000000000},
      {"-1.5h", -5400000000000},
      {"2h45m", 9900000000000},
      {".5s", 500000000},
      {"5.s", 5000000000},
      {"1us", 1000},
      {"1\xc2\xb5s", 1000},
      {"1\xce\xbcs", 1000},
      {"0.9223372036854775807h", 3320413933267},
      {"9223372036854775807ns", std::numeric_limits<int64_t>::max()},
      {"-9223372036854775808ns", std::numeric_limits<int64_t>::min()},
  };
  for (const auto& [text, nanos] : cases) {
    CAPTURE(text);
    const auto parsed = ParseDuration(text);
    REQUIRE(parsed.ok());
    CHECK(*parsed == nanos);
  }
}

TEST_CASE("what is no duration is refused in Go's words") {
  const std::pair<const char*, const char*> cases[] = {
      {"", R"(time: invalid duration "")"},
      {"abc", R"(time: invalid duration "abc")"},
      {"-", R"(time: invalid duration "-")"},
      {".s", R"(time: invalid duration ".s")"},
      {"10", R"(time: missing unit in duration "10")"},
      {"1d", R"(time: unknown unit "d" in duration "1d")"},
      {"1s\n", R"(time: unknown unit "s\x0a" in duration "1s\x0a")"},
      {"1\xc3\xa9", R"(time: unknown unit "\xc3\xa9" in duration "1\xc3\xa9")"},
      {"a\"b\\", R"(time: invalid duration "a\"b\\")"},
      {"9223372036854775808ns", R"(time: invalid duration "9223372036854775808ns")"},
      {"3000000h", R"(time: invalid duration "3000000h")"},
      {"99999999999999999999s", R"(time: invalid duration "99999999999999999999s")"},
  };
  for (const auto& [text, error] : cases) {
    const auto parsed = ParseDuration(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(Message(parsed.status()) == error);
  }
}

}  // namespace cairn
