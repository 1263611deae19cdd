// render/folded_table.h: a table that is too wide for its terminal, in parts one under another.
//
//   ┌───────────┬─────────┐
//   │ ENDPOINT  │ VERSION │     Each part begins with the table's first column; titles go on in
//   ├───────────┼─────────┤     further lines where their cells are narrower, and so do cells that
//   │ 10.0.0.1… │   3.7.3 │     alone are wider than the terminal.
//   └───────────┴─────────┘
#pragma once

#include <string>
#include <vector>

#include "render/table.h"

namespace cairn::render {

// As Table(), when that fits into `columns`, or `columns` is 0: nobody knows. Else folded; a line
// is wider than that only where the first column with a single letter beside it is.
std::string FoldedTable(const std::vector<std::string>& header,
                        const std::vector<std::vector<std::string>>& rows, Borders borders,
                        size_t columns);

}  // namespace cairn::render
