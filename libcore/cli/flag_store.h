// cli/flag_store.h: the values of flags, kept in CLI11's options. What arguments.h has read and
// checked goes in here, and an Invocation reads it back.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "cli/program.h"

namespace cairn::cli {

// Hands the command and its flags to CLI11. A flag given twice keeps its last value.
Status StoreFlags(Program& program, const Command& command,
                  const std::vector<std::pair<const Flag*, std::string>>& flags);

bool IsStored(const Flag& flag);
// The given text or the default.
const std::string& StoredText(const Flag& flag);

}  // namespace cairn::cli
