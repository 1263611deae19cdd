// tests/unit/render/json_test.cc: JSON as Go's encoding/json writes it.
#include "render/json.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace cairn::render {
namespace {

using namespace std::string_view_literals;

TEST_CASE("members keep their order and nothing stands between them but commas") {
  JsonWriter w;
  w.BeginObject().Field("hash", uint32_t{2762492948}).Field("version", "3.7.0").Field("ok", true);
  w.Key("list").BeginArray().Value(1).Value(-2).BeginObject().EndObject().EndArray();
  w.Key("none").BeginArray().EndArray().Key("null").Null().EndObject();
  CHECK(
      w.text() ==
      R"({"hash":2762492948,"version":"3.7.0","ok":true,"list":[1,-2,{}],"none":[],"null":null})");
}

TEST_CASE("the extremes of integers are written whole") {
  JsonWriter w;
  w.BeginArray()
      .Value(std::numeric_limits<int64_t>::min())
      .Value(std::numeric_limits<uint64_t>::max())
      .EndArray();
  CHECK(w.text() == "[-9223372036854775808,18446744073709551615]");
}

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

TEST_CASE("bytes are base64 with padding") {
  for (auto [bytes, text] : {std::pair{""sv, "\"\""sv},
                             {"f"sv, "\"Zg==\""sv},
                             {"fo"sv, "\"Zm8=\""sv},
                             {"foo"sv, "\"Zm9v\""sv},
                             {"\xff\xfe\xfd\0"sv, "\"//79AA==\""sv}}) {
    JsonWriter w;
    w.Base64(bytes);
    CHECK(w.text() == text);
  }
}

}  // namespace
}  // namespace cairn::render
