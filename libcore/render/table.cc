// render/table.cc: see table.h.
#include "render/table.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "gotext/quote.h"
#include "render/table_frame.h"

namespace cairn::render {

namespace {

constexpr Frame kAsciiFrame = {"-", "|", {"+", "+", "+"}, {"+", "+", "+"}, {"+", "+", "+"}};
constexpr Frame kBoxFrame = {"─", "│", {"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"}};

constexpr char kEndOfCell = '\0';  // no cell has control characters

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

const Frame& FrameOf(Borders borders) { return borders == Borders::kBox ? kBoxFrame : kAsciiFrame; }

void AppendBorder(std::string* out, const std::vector<size_t>& widths, const Frame& frame,
                  const FrameLine& line) {
  *out += line.left;
  for (size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) *out += line.middle;
    for (size_t n = 0; n < widths[i] + 2; ++n) *out += frame.horizontal;
  }
  *out += line.right;
  *out += '\n';
}

std::string CellTitle(std::string_view name) {
  std::string title = CleanCell(name);
  for (char& c : title) {
    if (c == '_') c = ' ';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return title;
}

std::string CleanCell(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  // Controls beyond ASCII, marks that turn the direction of text, bytes that are none.
  clean = Printable(clean);
  const size_t first = clean.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return clean.substr(first, clean.find_last_not_of(' ') + 1 - first);
}

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

TableBuilder::TableBuilder(const std::vector<std::string>& header, Borders borders)
    : borders_(borders) {
  for (const std::string& name : header) {
    titles_.push_back(CellTitle(name));
    widths_.push_back(DisplayWidth(titles_.back()));
  }
}

void TableBuilder::Add(const std::vector<std::string>& row) {
  constexpr size_t kBlockBytes = size_t{256} << 10;
  constexpr size_t kRoom = 4096;  // most rows are shorter: a block seldom grows
  if (blocks_.empty() || blocks_.back().size() + kRoom > kBlockBytes) {
    blocks_.emplace_back().reserve(kBlockBytes);
  }
  std::string& block = blocks_.back();
  for (size_t i = 0; i < widths_.size(); ++i) {
    if (i < row.size()) {
      const std::string cell = CleanCell(row[i]);
      widths_[i] = std::max(widths_[i], DisplayWidth(cell));
      block += cell;
    }
    block += kEndOfCell;
  }
}

Status TableBuilder::Draw(const std::function<Status(std::string_view)>& append) const {
  const Frame& frame = FrameOf(borders_);
  std::string line;
  AppendBorder(&line, widths_, frame, frame.top);
  line += frame.vertical;
  for (size_t i = 0; i < widths_.size(); ++i) {
    AppendCell(&line, titles_[i], widths_[i], frame, [](size_t gap) { return gap / 2; });
  }
  line += '\n';
  // A table without rows is closed at once in box characters, and has two borders in ASCII.
  if (!blocks_.empty() || borders_ == Borders::kAscii) {
    AppendBorder(&line, widths_, frame, frame.between);
  }
  CAIRN_RETURN_IF_ERROR(append(line));
  for (std::string_view cells : blocks_) {
    while (!cells.empty()) {
      line = frame.vertical;
      for (const size_t width : widths_) {
        const size_t end = cells.find(kEndOfCell);
        AppendCell(&line, cells.substr(0, end), width, frame, [](size_t gap) { return gap; });
        cells.remove_prefix(end + 1);
      }
      line += '\n';
      CAIRN_RETURN_IF_ERROR(append(line));
    }
  }
  line.clear();
  AppendBorder(&line, widths_, frame, frame.bottom);
  return append(line);
}

std::string Table(const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& rows, Borders borders) {
  TableBuilder table(header, borders);
  for (const auto& row : rows) table.Add(row);
  std::string text;
  const Status drawn = table.Draw([&](std::string_view line) {
    text += line;
    return absl::OkStatus();
  });
  CAIRN_CHECK(drawn.ok());
  return text;
}

}  // namespace cairn::render
