// tests/unit/render/format_test.cc: the names of the output formats.
#include "render/format.h"

#include <doctest/doctest.h>

namespace cairn::render {
namespace {

TEST_CASE("a format's name and the format belong together") {
  for (Format format :
       {Format::kSimple, Format::kJson, Format::kFields, Format::kTable, Format::kProtobuf}) {
    CHECK(ParseFormat(FormatName(format)) == format);
  }
  CHECK_FALSE(ParseFormat("yaml").has_value());
  CHECK_FALSE(ParseFormat("JSON").has_value());
}

}  // namespace
}  // namespace cairn::render
