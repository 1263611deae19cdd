// tests/unit/gotext/number_test.cc: numbers and durations as Go's strconv and time read them.
#include "gotext/number.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "gotext/units.h"

namespace cairn {
namespace {

template <typename T>
std::string Text(const StatusOr<T>& value) {
  return value.ok() ? std::to_string(*value) : std::string(Message(value.status()));
}

TEST_CASE("integers come in every base of Go") {
  CHECK(Text(ParseGoInt64("0")) == "0");
  CHECK(Text(ParseGoInt64("+42")) == "42");
  CHECK(Text(ParseGoInt64("-42")) == "-42");
  CHECK(Text(ParseGoInt64("0x1F")) == "31");
  CHECK(Text(ParseGoInt64("0o17")) == "15");
  CHECK(Text(ParseGoInt64("017")) == "15");
  CHECK(Text(ParseGoInt64("0b101")) == "5");
  CHECK(Text(ParseGoInt64("1_000_000")) == "1000000");
  CHECK(Text(ParseGoInt64("0x_ff")) == "255");
  CHECK(Text(ParseGoInt64("0_7")) == "7");
  CHECK(Text(ParseGoInt64("9223372036854775807")) == "9223372036854775807");
  CHECK(Text(ParseGoInt64("-9223372036854775808")) == "-9223372036854775808");
  CHECK(Text(ParseGoUint64("18446744073709551615")) == "18446744073709551615");
}

TEST_CASE("what is no integer is told in strconv's words") {
  for (const char* text : {"", "abc", "1.5", "08", "0x", "0b2", "1__0", "_1", "1_", " 1", "--1"}) {
    CHECK(Text(ParseGoInt64(text)) ==
          std::string("strconv.ParseInt: parsing \"") + text + "\": invalid syntax");
  }
  CHECK(Text(ParseGoInt64("9223372036854775808")) ==
        "strconv.ParseInt: parsing \"9223372036854775808\": value out of range");
  CHECK(Text(ParseGoInt64("-9223372036854775809")) ==
        "strconv.ParseInt: parsing \"-9223372036854775809\": value out of range");
  CHECK(Text(ParseGoUint64("18446744073709551616")) ==
        "strconv.ParseUint: parsing \"18446744073709551616\": value out of range");
  CHECK(Text(ParseGoUint64("-1")) == "strconv.ParseUint: parsing \"-1\": invalid syntax");
  CHECK(Text(ParseGoUint64("+1")) == "strconv.ParseUint: parsing \"+1\": invalid syntax");
}

TEST_CASE("durations are Go's") {
  CHECK(Text(ParseDuration("0")) == "0");
  CHECK(Text(ParseDuration("10s")) == "10000000000");
  CHECK(Text(ParseDuration("1m30s")) == "90000000000");
  CHECK(Text(ParseDuration("1.5h")) == "5400000000000");
  CHECK(Text(ParseDuration(".5s")) == "500000000");
  CHECK(Text(ParseDuration("1.s")) == "1000000000");
  CHECK(Text(ParseDuration("-2ms")) == "-2000000");
  CHECK(Text(ParseDuration("3us4ns")) == "3004");
  CHECK(Text(ParseDuration("1\u00b5s")) == "1000");
  CHECK(Text(ParseDuration("9223372036854775807ns")) == "9223372036854775807");
  CHECK(Text(ParseDuration("-9223372036854775808ns")) == "-9223372036854775808");
}

TEST_CASE("what is no duration is told in time's words") {
  for (const char* text : {"", "abc", "-", "s", ".s", "9223372036854775808ns", "3000000h",
                           "99999999999999999999s", "1s-1s"}) {
    const std::string message = Text(ParseDuration(text));
    CHECK(message.starts_with("time: "));
    CHECK(message.ends_with(std::string("duration \"") + text + "\""));
  }
  CHECK(Text(ParseDuration("abc")) == "time: invalid duration \"abc\"");
  CHECK(Text(ParseDuration("10")) == "time: missing unit in duration \"10\"");
  CHECK(Text(ParseDuration("10x")) == "time: unknown unit \"x\" in duration \"10x\"");
}

}  // namespace
}  // namespace cairn
