// tests/unit/gotext/json_test.cc: JSON strings, the two ways in which Go's packages escape them.
#include "gotext/json.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace cairn {
namespace {

using namespace std::string_view_literals;

TEST_CASE("strings are escaped as encoding/json escapes them") {
  CHECK(JsonString("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(JsonString("<a href=\"x\">&") == R"("\u003ca href=\"x\"\u003e\u0026")");
  CHECK(JsonString("\b\f\n\r\t\x01\x1f\x7f\0"sv) == "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000\"");
  CHECK(JsonString("\u2028\u2029é中") == "\"\\u2028\\u2029é中\"");
}

TEST_CASE("each broken UTF-8 byte becomes one replacement escape") {
  CHECK(JsonString("a\xff\xfe z") == R"("a\ufffd\ufffd z")");
  CHECK(JsonString("\xc0\x80") == R"("\ufffd\ufffd")");                      // overlong
  CHECK(JsonString("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");            // a surrogate
  CHECK(JsonString("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");  // above U+10FFFF
  CHECK(JsonString("\xe4\xb8") == R"("\ufffd\ufffd")");                      // cut in half
  CHECK(JsonString("\xef\xbf\xbd") == "\"\xef\xbf\xbd\"");                   // a real U+FFFD stays
}

TEST_CASE("lists of strings") {
  std::string out;
  AppendJsonStrings(std::vector<std::string>{}, &out);
  AppendJsonStrings(std::vector<std::string>{"a", "<b>"}, &out);
  CHECK(out == R"([]["a","\u003cb\u003e"])");
}

TEST_CASE("strings are escaped as zap escapes them") {
  const std::pair<std::string, const char*> cases[] = {
      {"plain <&> \x7f", "\"plain <&> \x7f\""},    {"a\"b\\c/", R"("a\"b\\c/")"},
      {"\n\r\t\b", R"("\n\r\t\u0008")"},           {std::string("\0", 1), R"("\u0000")"},
      {"\xff\xe2\x82", R"("\ufffd\ufffd\ufffd")"}, {"\xe2\x82\xac", "\"\xe2\x82\xac\""},
  };
  for (const auto& [text, json] : cases) {
    std::string out;
    AppendLogJsonString(text, &out);
    CHECK(out == json);
  }
}

}  // namespace
}  // namespace cairn
