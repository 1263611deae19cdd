// tools/common/commands.h: commands that every program of Cairn has.
#pragma once

#include "cli/program.h"

namespace cairn::tools {

void AddVersion(cli::Program& program);
void AddOptions(cli::Program& program);
void AddCompletion(cli::Program& program);  // completion SHELL, and the hidden __man DIR

}  // namespace cairn::tools
