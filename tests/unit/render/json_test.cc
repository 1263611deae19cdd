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
