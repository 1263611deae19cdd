// render/folded_table.cc: see folded_table.h.
#include "render/folded_table.h"

#include <algorithm>

#include "gotext/quote.h"
#include "render/table_frame.h"

namespace cairn::render {

namespace {

using Lines = std::vector<std::string>;

// What a column takes beside its widest line: two blanks and a border.
constexpr size_t kBeside = 3;

// The first `width` columns of `text`, at least one character.
size_t BytesOf(std::string_view text, size_t width) {
  size_t bytes = 0, used = 0;
  while (bytes < text.size()) {
    const size_t length = DecodeUtf8(text.substr(bytes)).length;
    used += DisplayWidth(text.substr(bytes, length));
    if (used > width && bytes > 0) break;
    bytes += length;
  }
  return bytes;
}

// `text` in lines of at most `width` columns, broken at blanks where there are any.
Lines Wrap(std::string_view text, size_t width) {
  Lines lines;
  while (DisplayWidth(text) > width) {
    const size_t most = BytesOf(text, width);
    size_t end = text.rfind(' ', most);
    if (end == std::string_view::npos || end == 0) end = most;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  lines.emplace_back(text);
  return lines;
}

size_t LongestWord(std::string_view text) {
  size_t longest = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    longest = std::max(longest, DisplayWidth(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return longest;
}

// A column: its title and its cells, each in lines, and the widest of these.
struct Column {
  Lines title;
  std::vector<Lines> cells;
  size_t width = 0;
};

Column MakeColumn(const std::string& title, size_t number,
                  const std::vector<std::vector<std::string>>& rows, size_t most) {
  Column column;
  size_t cell_width = LongestWord(title);
  for (const auto& row : rows) {
    const std::string cell = number < row.size() ? CleanCell(row[number]) : "";
    cell_width = std::max(cell_width, DisplayWidth(cell));
  }
  const size_t limit = std::min(std::max<size_t>(cell_width, 1), most);
  column.title = Wrap(title, limit);
  for (const auto& row : rows) {
    column.cells.push_back(Wrap(number < row.size() ? CleanCell(row[number]) : "", limit));
  }
  const auto widen = [&](const Lines& lines) {
    for (const std::string& line : lines) column.width = std::max(column.width, DisplayWidth(line));
  };
  widen(column.title);
  for (const Lines& cell : column.cells) widen(cell);
  return column;
}

// One line of the frame for each line of the highest cell.
template <typename CellOf, typename LeftOf>
void AppendRow(std::string* out, const std::vector<const Column*>& part, const Frame& frame,
               CellOf cell_of, LeftOf left_of) {
  size_t height = 1;
  for (const Column* column : part) height = std::max(height, cell_of(*column).size());
  for (size_t line = 0; line < height; ++line) {
    *out += frame.vertical;
    for (const Column* column : part) {
      const Lines& cell = cell_of(*column);
      AppendCell(out, line < cell.size() ? cell[line] : "", column->width, frame, left_of);
    }
    *out += '\n';
  }
}

void AppendPart(std::string* out, const std::vector<const Column*>& part, size_t rows,
                const Frame& frame) {
  std::vector<size_t> widths;
  for (const Column* column : part) widths.push_back(column->width);
  AppendBorder(out, widths, frame, frame.top);
  AppendRow(
      out, part, frame, [](const Column& c) -> const Lines& { return c.title; },
      [](size_t gap) { return gap / 2; });
  AppendBorder(out, widths, frame, frame.between);
  for (size_t row = 0; row < rows; ++row) {
    AppendRow(
        out, part, frame, [&](const Column& c) -> const Lines& { return c.cells[row]; },
        [](size_t gap) { return gap; });
  }
  AppendBorder(out, widths, frame, frame.bottom);
}

}  // namespace

std::string FoldedTable(const std::vector<std::string>& header,
                        const std::vector<std::vector<std::string>>& rows, Borders borders,
                        size_t columns) {
  std::string whole = Table(header, rows, borders);
  if (columns == 0 || header.empty() || rows.empty() ||
      DisplayWidth(std::string_view(whole).substr(0, whole.find('\n'))) <= columns) {
    return whole;
  }
  const auto limit = [&](size_t taken) { return columns > taken ? columns - taken : 1; };
  const Column first = MakeColumn(CellTitle(header[0]), 0, rows,
                                  limit(1 + kBeside + (header.size() > 1 ? kBeside + 1 : 0)));
  const size_t begun = 1 + kBeside + first.width;
  std::vector<Column> others;
  for (size_t i = 1; i < header.size(); ++i) {
    others.push_back(MakeColumn(CellTitle(header[i]), i, rows, limit(begun + kBeside)));
  }
  std::string out;
  for (size_t i = 0; i < others.size() || i == 0;) {
    std::vector<const Column*> part = {&first};
    size_t used = begun;
    do {
      if (i >= others.size()) break;
      used += others[i].width + kBeside;
      part.push_back(&others[i++]);
    } while (i < others.size() && used + others[i].width + kBeside <= columns);
    AppendPart(&out, part, rows.size(), FrameOf(borders));
    if (others.empty()) break;
  }
  return out;
}

}  // namespace cairn::render
