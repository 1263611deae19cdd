// tests/unit/render/human_test.cc: sizes and quoted texts as Go's programs print them.
#include "render/human.h"

#include <doctest/doctest.h>

#include <limits>

#include "render/format.h"

namespace cairn::render {
namespace {

TEST_CASE("sizes are powers of 1000 with one decimal below ten") {
  CHECK(HumanBytes(0) == "0 B");
  CHECK(HumanBytes(9) == "9 B");
  CHECK(HumanBytes(10) == "10 B");
  CHECK(HumanBytes(999) == "999 B");
  CHECK(HumanBytes(1000) == "1.0 kB");
  CHECK(HumanBytes(9949) == "9.9 kB");
  CHECK(HumanBytes(9950) == "10 kB");
  CHECK(HumanBytes(24576) == "25 kB");
  CHECK(HumanBytes(475136) == "475 kB");
  CHECK(HumanBytes(999'999) == "1000 kB");  // as go-humanize has it
  CHECK(HumanBytes(2'147'483'648) == "2.1 GB");
  CHECK(HumanBytes(std::numeric_limits<uint64_t>::max()) == "18 EB");
}

TEST_CASE("quoted text has Go's escapes") {
  CHECK(GoQuote("nosuch") == "\"nosuch\"");
  CHECK(GoQuote("a\"b\\c\n\t\x01\x7f") == R"("a\"b\\c\n\t\x01\x7f")");
  CHECK(GoQuote("é\xff\u0085") == "\"é\\xff\\u0085\"");
}

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
