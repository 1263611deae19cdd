// render/table_frame.h: the pieces that a table's lines are put together from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/table.h"

namespace cairn::render {

// A line's left end, its crossings, its right end.
struct FrameLine {
  std::string_view left, middle, right;
};
struct Frame {
  std::string_view horizontal, vertical;
  FrameLine top, between, bottom;
};

const Frame& FrameOf(Borders borders);

void AppendBorder(std::string* out, const std::vector<size_t>& widths, const Frame& frame,
                  const FrameLine& line);

// `left_of(gap)` is how many of `gap` free columns go to the left of a cell.
template <typename LeftOf>
void AppendCell(std::string* out, std::string_view cell, size_t width, const Frame& frame,
                LeftOf left_of) {
  const size_t gap = width - DisplayWidth(cell);
  const size_t left = left_of(gap);
  *out += ' ';
  out->append(left, ' ');
  *out += cell;
  out->append(gap - left, ' ');
  *out += ' ';
  *out += frame.vertical;
}

// A cell's text without control characters and without blanks around it.
std::string CleanCell(std::string_view text);
// A column's title as it is shown.
std::string CellTitle(std::string_view name);

}  // namespace cairn::render
