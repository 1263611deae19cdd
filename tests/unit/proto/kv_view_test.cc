// tests/unit/proto/kv_view_test.cc: KeyValue as etcd writes it, and as it should not be.
#include "proto/kv_view.h"

#include <doctest/doctest.h>

#include <limits>

#include "base/random.h"

namespace cairn::proto {
namespace {

using std::string_literals::operator""s;

TEST_CASE("the bytes are etcd's: ascending fields, no zero ones") {
  std::string out;
  AppendKeyValue(out, {"foo", "bar", 2, 3, 2, 0});
  CHECK(out == "\x0a\3foo\x10\2\x18\3\x20\2\x2a\3bar"s);
  KeyValueView kv;
  REQUIRE(DecodeKeyValue(out, kv).ok());
  CHECK(kv == KeyValueView{"foo", "bar", 2, 3, 2, 0});
  out.clear();
  AppendKeyValue(out, {"foo", "", 0, 0, 0, 0});
  CHECK(out == "\x0a\3foo"s);
}

TEST_CASE("the mark of a bumped revision is an empty KeyValue") {
  KeyValueView kv{"left", "over", 1, 1, 1, 1};
  REQUIRE(DecodeKeyValue("", kv).ok());
  CHECK(kv == KeyValueView{});
}

TEST_CASE("what is encoded comes back, the largest numbers too") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int i = 0; i < 3000; ++i) {
    const auto number = [&random] {
      return static_cast<int64_t>(random.OneIn(9) ? random.Next()
                                                  : random.Next() >> (1 + random.Below(63)));
    };
    const std::string key(random.Below(300), 'k'), value(random.Below(300), 'v');
    const KeyValueView in{key, value, number(), number(), number(), number()};
    std::string bytes;
    AppendKeyValue(bytes, in);
    KeyValueView out;
    REQUIRE(DecodeKeyValue(bytes, out).ok());
    CHECK(out == in);
    KeyValueView strict;
    REQUIRE(DecodeKeyValueStrictly(bytes, strict).ok());
    CHECK(strict == in);
  }
}

TEST_CASE("unknown fields are skipped and the last of a repeated field wins") {
  const std::string bytes = "\x0a\1a\x38\7\x0a\1b\x42\2xy\x2a\1v"s;
  KeyValueView kv;
  REQUIRE(DecodeKeyValue(bytes, kv).ok());
  CHECK(kv == KeyValueView{"b", "v", 0, 0, 0, 0});
}

TEST_CASE("cut anywhere, a KeyValue is damage or a shorter one, never more than its bytes") {
  std::string whole;
  AppendKeyValue(whole, {"some key", std::string(200, 'v'), 300, 70000, 12, -5});
  for (size_t size = 0; size < whole.size(); ++size) {
    // A buffer of its own, so that a sanitizer sees any byte read too far.
    const std::string cut = whole.substr(0, size);
    KeyValueView kv;
    const Status status = DecodeKeyValue(cut, kv);
    if (status.ok()) {
      CHECK(kv.key.size() + kv.value.size() <= size);
    } else {
      CHECK(status.code() == absl::StatusCode::kDataLoss);
    }
  }
}

TEST_CASE("wrong types, long varints and lengths past the end are damage") {
  for (const std::string& bad :
       {"\x08\1"s, "\x12\1x"s,
        "\x0a\x05"
        "abc"s,
        "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"s,
        "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"s, "\x10"s, "\x0b"s, "\x00\x01"s}) {
    KeyValueView kv;
    CHECK_FALSE(DecodeKeyValue(bad, kv).ok());
  }
}

}  // namespace
}  // namespace cairn::proto
