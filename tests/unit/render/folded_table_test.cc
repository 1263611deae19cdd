// tests/unit/render/folded_table_test.cc: tables that are wider than their terminal.
#include "render/folded_table.h"

#include <doctest/doctest.h>

namespace cairn::render {
namespace {

using Row = std::vector<std::string>;

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

const Row kTitles = {"endpoint",           "ID",    "version", "percentage not in use",
                     "raft applied index", "errors"};
const std::vector<Row> kRows = {{"10.0.0.1:2379", "8e9e05c52164694d", "3.7.3", "17%", "81", ""},
                                {"10.0.0.2:2379", "91bc3c398fb3c146", "3.7.3", "2%", "80", "a b"}};

TEST_CASE("a table that fits, or whose terminal nobody knows, is drawn as ever") {
  const std::string whole = Table(kTitles, kRows, Borders::kAscii);
  CHECK(FoldedTable(kTitles, kRows, Borders::kAscii, 0) == whole);
  CHECK(FoldedTable(kTitles, kRows, Borders::kAscii, whole.find('\n')) == whole);
  CHECK(FoldedTable(kTitles, kRows, Borders::kAscii, whole.find('\n') - 1) != whole);
}

TEST_CASE("one that is a little too wide has titles of several lines") {
  CHECK(FoldedTable({"a", "not in use"}, {{"1", "2%"}, {"22", "17%"}}, Borders::kAscii, 12) ==
        "+----+-----+\n"
        "| A  | NOT |\n"
        "|    | IN  |\n"
        "|    | USE |\n"
        "+----+-----+\n"
        "|  1 |  2% |\n"
        "| 22 | 17% |\n"
        "+----+-----+\n");
}

TEST_CASE("the rest comes in further parts, each with the first column") {
  CHECK(FoldedTable({"a", "b", "c"}, {{"1", "22222", "33333"}}, Borders::kBox, 14) ==
        "┌───┬───────┐\n│ A │   B   │\n├───┼───────┤\n│ 1 │ 22222 │\n└───┴───────┘\n"
        "┌───┬───────┐\n│ A │   C   │\n├───┼───────┤\n│ 1 │ 33333 │\n└───┴───────┘\n");
}

TEST_CASE("no line is wider than the terminal, and nothing is lost") {
  std::vector<Row> rows = kRows;
  rows.push_back({"10.0.0.3:2379", "", "", "", "",
                  "context deadline exceeded (10.0.0.3:2379: connection refused)"});
  for (size_t columns = 24; columns < 150; ++columns) {
    std::string all;
    for (const std::string& line : LinesOf(FoldedTable(kTitles, rows, Borders::kBox, columns))) {
      CAPTURE(columns);
      CHECK(DisplayWidth(line) <= columns);
      all += line + ' ';
    }
    for (const char* word : {"8e9e05c52164694d", "PERCENTAGE", "connection", "refused)", "17%"}) {
      // Only a word that is wider than what is left is broken.
      if (columns > 40) CHECK(all.find(word) != std::string::npos);
    }
  }
}

TEST_CASE("a terminal without room for anything gets a letter a line") {
  const std::string text = FoldedTable({"a", "b"}, {{"long", "value"}}, Borders::kAscii, 3);
  CHECK(text.find("| v |\n") != std::string::npos);
  CHECK(FoldedTable({"only"}, {{"a long cell"}}, Borders::kAscii, 12).find("| a long |") !=
        std::string::npos);
}

}  // namespace
}  // namespace cairn::render
