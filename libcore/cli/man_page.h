// cli/man_page.h: man pages (section 1), generated from the tree of commands.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/program.h"

namespace cairn::cli {

// File name and content of each page: "cairnutl.1", "cairnutl-snapshot-restore.1", … for all
// visible commands. A page has no date and no version, so that it changes only with its command.
std::vector<std::pair<std::string, std::string>> ManPages(const Program& program);

}  // namespace cairn::cli
