// render/table.cc: see table.h.
#include "render/table.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/quote.h"

namespace cairn::render {

namespace {

// The pieces of a frame: a line's left end, its crossings, its right end.
struct Line {
  std::string_view left, middle, right;
};
struct Frame {
  std::string_view horizontal, vertical;
  Line top, between, bottom;
};

constexpr Frame kAsciiFrame = {"-", "|", {"+", "+", "+"}, {"+", "+", "+"}, {"+", "+", "+"}};
constexpr Frame kBoxFrame = {"─", "│", {"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"}};

void AppendBorder(std::string* out, const std::vector<size_t>& widths, const Frame& frame,
                  const Line& line) {
  *out += line.left;
  for (size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) *out += line.middle;
    for (size_t n = 0; n < widths[i] + 2; ++n) *out += frame.horizontal;
  }
  *out += line.right;
  *out += '\n';
}

// `left_of(gap)` is how many of `gap` free columns go to the left of a cell.
template <typename LeftOf>
void AppendRow(std::string* out, const std::vector<std::string>& cells,
               const std::vector<size_t>& widths, const Frame& frame, LeftOf left_of) {
  *out += frame.vertical;
  for (size_t i = 0; i < widths.size(); ++i) {
    const std::string_view cell = i < cells.size() ? std::string_view(cells[i]) : "";
    const size_t gap = widths[i] - DisplayWidth(cell);
    const size_t left = left_of(gap);
    *out += ' ';
    out->append(left, ' ');
    *out += cell;
    out->append(gap - left, ' ');
    *out += ' ';
    *out += frame.vertical;
  }
  *out += '\n';
}

std::string Title(std::string_view text) {
  std::string title(text);
  for (char& c : title) {
    if (c == '_') c = ' ';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return title;
}

std::string Clean(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  const size_t first = clean.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return clean.substr(first, clean.find_last_not_of(' ') + 1 - first);
}

struct Range {
  uint32_t first, last;
};
// Unicode 15: the blocks whose characters take two columns, and those that take none. Coarse: whole
// blocks, which is right for every character that is assigned in them.
constexpr Range kWide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                           {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                           {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},
                           {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
constexpr Range kCombining[] = {{0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                                {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
                                {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}};

bool In(std::span<const Range> ranges, uint32_t value) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [=](Range r) { return r.first <= value && value <= r.last; });
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Utf8Rune rune = DecodeUtf8(text);
    text.remove_prefix(rune.length);
    if (!rune.valid || rune.code < 0x300) {
      ++width;
    } else if (!In(kCombining, rune.code)) {
      width += In(kWide, rune.code) ? 2 : 1;
    }
  }
  return width;
}

std::string Table(const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& rows, Borders borders) {
  const Frame& frame = borders == Borders::kBox ? kBoxFrame : kAsciiFrame;
  std::vector<std::string> titles;
  std::vector<size_t> widths;
  for (const std::string& name : header) {
    titles.push_back(Title(Clean(name)));
    widths.push_back(DisplayWidth(titles.back()));
  }
  std::vector<std::vector<std::string>> clean_rows;
  for (const auto& row : rows) {
    std::vector<std::string>& cells = clean_rows.emplace_back();
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      cells.push_back(Clean(row[i]));
      widths[i] = std::max(widths[i], DisplayWidth(cells.back()));
    }
  }
  std::string out;
  AppendBorder(&out, widths, frame, frame.top);
  AppendRow(&out, titles, widths, frame, [](size_t gap) { return gap / 2; });
  // A table without rows is closed at once in box characters, and has two borders in ASCII.
  if (!clean_rows.empty() || borders == Borders::kAscii) {
    AppendBorder(&out, widths, frame, frame.between);
  }
  for (const auto& row : clean_rows) {
    AppendRow(&out, row, widths, frame, [](size_t gap) { return gap; });
  }
  AppendBorder(&out, widths, frame, frame.bottom);
  return out;
}

}  // namespace cairn::render
