// render/table.h: the tables of -w table, as tablewriter drew them for etcd 3.4-3.6, or in box
// characters as etcd 3.7 draws them.
//
//   +----------+----------+      ┌──────────┬──────────┐
//   |   HASH   | REVISION |      │   HASH   │ REVISION │
//   +----------+----------+      ├──────────┼──────────┤
//   | a4a84c14 |       45 |      │ a4a84c14 │       45 │
//   +----------+----------+      └──────────┴──────────┘
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::render {

enum class Borders { kAscii, kBox };
constexpr Borders BordersFor(bool box) { return box ? Borders::kBox : Borders::kAscii; }

// Gathers rows, which may be millions: it holds little more than their text, and draws piece by
// piece. Headers are upper-cased ("_" becomes a blank) and centred, cells stand at the right. Each
// row has one cell a header; missing ones are empty, extra ones are dropped. Control characters in
// cells are shown as blanks, so that a value can't break the frame; blanks around a cell's text go.
// Not thread-safe.
class TableBuilder {
 public:
  TableBuilder(const std::vector<std::string>& header, Borders borders);

  void Add(const std::vector<std::string>& row);

  // Gives whole lines, each with its newline; ends with the first error of `append`.
  Status Draw(const std::function<Status(std::string_view)>& append) const;

 private:
  const Borders borders_;
  std::vector<std::string> titles_;
  std::vector<size_t> widths_;
  // Cells, each ended by a NUL, in blocks of whole rows.
  std::vector<std::string> blocks_;
};

// All of it as one text.
std::string Table(const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& rows, Borders borders);

// Columns that a terminal gives to UTF-8 `text`: 2 for East Asian wide characters, 0 for combining
// ones. A broken byte counts 1.
size_t DisplayWidth(std::string_view text);

}  // namespace cairn::render
