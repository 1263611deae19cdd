// tests/unit/render/table_test.cc: tables and fields, as etcd's printers draw them.
#include "render/table.h"

#include <doctest/doctest.h>

#include "render/fields.h"

namespace cairn::render {
namespace {

const std::vector<std::string> kHeader = {"hash", "revision", "total keys", "total_size",
                                          "version"};
const std::vector<std::vector<std::string>> kRows = {{"a4a84c14", "45", "6", "25 kB", "3.7.0"}};

TEST_CASE("a table has ASCII borders, upper-cased centred headers and cells at the right") {
  CHECK(Table(kHeader, kRows, Borders::kAscii) ==
        "+----------+----------+------------+------------+---------+\n"
        "|   HASH   | REVISION | TOTAL KEYS | TOTAL SIZE | VERSION |\n"
        "+----------+----------+------------+------------+---------+\n"
        "| a4a84c14 |       45 |          6 |      25 kB |   3.7.0 |\n"
        "+----------+----------+------------+------------+---------+\n");
}

TEST_CASE("the same table in box characters is etcd 3.7's") {
  CHECK(Table(kHeader, kRows, Borders::kBox) ==
        "┌──────────┬──────────┬────────────┬────────────┬─────────┐\n"
        "│   HASH   │ REVISION │ TOTAL KEYS │ TOTAL SIZE │ VERSION │\n"
        "├──────────┼──────────┼────────────┼────────────┼─────────┤\n"
        "│ a4a84c14 │       45 │          6 │      25 kB │   3.7.0 │\n"
        "└──────────┴──────────┴────────────┴────────────┴─────────┘\n");
}

TEST_CASE("an odd gap leaves the header one column to the left") {
  CHECK(Table({"ab"}, {{"12345"}}, Borders::kAscii) ==
        "+-------+\n|  AB   |\n+-------+\n| 12345 |\n+-------+\n");
}

TEST_CASE("missing cells are empty, extra ones are dropped, control characters can't break a row") {
  CHECK(Table({"a", "b"}, {{"1"}, {"1\n2", "3", "4"}}, Borders::kAscii) ==
        "+-----+---+\n|  A  | B |\n+-----+---+\n|   1 |   |\n| 1 2 | 3 |\n+-----+---+\n");
}

TEST_CASE("blanks around a cell's text go") {
  CHECK(Table({"a"}, {{" x  y "}, {"  "}, {"Alarm(s): NOSPACE "}}, Borders::kAscii) ==
        "+-------------------+\n|         A         |\n+-------------------+\n"
        "|              x  y |\n|                   |\n| Alarm(s): NOSPACE |\n"
        "+-------------------+\n");
}

TEST_CASE("a table without rows looks as each release draws it") {
  CHECK(Table({"a", "b"}, {}, Borders::kAscii) == "+---+---+\n| A | B |\n+---+---+\n+---+---+\n");
  CHECK(Table({"a", "b"}, {}, Borders::kBox) == "┌───┬───┐\n│ A │ B │\n└───┴───┘\n");
}

TEST_CASE("a table of many rows is drawn line by line, each as wide as the widest") {
  TableBuilder table({"number", "text"}, Borders::kAscii);
  constexpr size_t kMany = 30'000;  // 1 MB of text
  for (size_t i = 0; i < kMany; ++i) {
    table.Add({std::to_string(i), std::string(i == 20'000 ? 50 : 30, 'x')});
  }
  std::vector<std::string> lines;
  CHECK(table
            .Draw([&](std::string_view text) {
              for (size_t end; (end = text.find('\n')) != std::string_view::npos;) {
                lines.emplace_back(text.substr(0, end));
                text.remove_prefix(end + 1);
              }
              CHECK(text.empty());
              return absl::OkStatus();
            })
            .ok());
  REQUIRE(lines.size() == kMany + 4);
  size_t wrong = 0;
  for (size_t i = 0; i < kMany; ++i) {
    const std::string number = std::to_string(i);
    const std::string& line = lines[i + 3];
    wrong += line.size() != 63 || line.substr(8 - number.size(), number.size() + 1) != number + " ";
  }
  CHECK(wrong == 0);
  CHECK(lines[3] == "|      0 |                     " + std::string(30, 'x') + " |");
  CHECK(lines[20'003] == "|  20000 | " + std::string(50, 'x') + " |");
}

TEST_CASE("what a terminal would act upon is shown by its escapes") {
  const std::string table = Table({"name"},
                                  {{"\xc2\x9b"
                                    "2J"},
                                   {"\xe2\x80\xae"
                                    "abc"},
                                   {"\x9b"}},
                                  Borders::kAscii);
  CHECK(table.find("|  \\u009b2J |") != std::string::npos);
  CHECK(table.find("| \\u202eabc |") != std::string::npos);
  CHECK(table.find("|      \\x9b |") != std::string::npos);
}

TEST_CASE("an error while a table is drawn ends it") {
  TableBuilder table({"a"}, Borders::kBox);
  table.Add({"1"});
  table.Add({"2"});
  int calls = 0;
  CHECK(table.Draw([&](std::string_view) {
    return ++calls == 2 ? absl::UnavailableError("full") : absl::OkStatus();
  }) == absl::UnavailableError("full"));
  CHECK(calls == 2);
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(DisplayWidth("abc") == 3);
  CHECK(DisplayWidth("é") == 1);
  CHECK(DisplayWidth("e\u0301") == 1);
  CHECK(DisplayWidth("中文") == 4);
  CHECK(DisplayWidth("\xff\xfe") == 2);
  CHECK(DisplayWidth("\xe4\xb8") == 2);  // cut in half: each byte is broken
}

TEST_CASE("fields are a quoted name and a bare value") {
  CHECK(Fields().Add("Hash", 2762492948u).Add("Version", "").Add("Ok", true).text() ==
        "\"Hash\" : 2762492948\n\"Version\" : \n\"Ok\" : true\n");
  CHECK(Fields().Add("A", 1).Line("").Line("\"B\" :").text() == "\"A\" : 1\n\n\"B\" :\n");
}

}  // namespace
}  // namespace cairn::render
