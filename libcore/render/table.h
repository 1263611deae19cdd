// render/table.h: the tables of -w table, as tablewriter drew them for etcd 3.4-3.6, or in box
// characters as etcd 3.7 draws them.
//
//   +----------+----------+      ┌──────────┬──────────┐
//   |   HASH   | REVISION |      │   HASH   │ REVISION │
//   +----------+----------+      ├──────────┼──────────┤
//   | a4a84c14 |       45 |      │ a4a84c14 │       45 │
//   +----------+----------+      └──────────┴──────────┘
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cairn::render {

enum class Borders { kAscii, kBox };
constexpr Borders BordersFor(bool box) { return box ? Borders::kBox : Borders::kAscii; }

// Headers are upper-cased ("_" becomes a blank) and centred, cells stand at the right. Each row has
// one cell a header; missing ones are empty. Control characters in cells are shown as blanks, so
// that a value can't break the frame; blanks around a cell's text go. The text ends with a newline.
std::string Table(const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& rows, Borders borders);

// Columns that a terminal gives to UTF-8 `text`: 2 for East Asian wide characters, 0 for combining
// ones. A broken byte counts 1.
size_t DisplayWidth(std::string_view text);

}  // namespace cairn::render
