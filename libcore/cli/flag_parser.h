// cli/flag_parser.h: the flags of one command, parsed by CLI11.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/program.h"

namespace cairn::cli {

struct ParsedFlags {
  Arguments arguments;
  // The first mistake in the words; what `arguments` holds is then of no use.
  std::optional<UsageError> error;
  // "required flag(s) … not set", or "". Help and the number of arguments come first, so it is no
  // error yet.
  std::string missing;
};

// `words` are those of the command line without the names of commands. The errors have pflag's and
// cobra's texts.
ParsedFlags ParseFlags(const Program& program, const Command& command,
                       const std::vector<std::string>& words);

// Whether the word after the flag `word` is its value, where the command is not known yet: flags of
// commands below `command` may stand before their names.
bool TakesNextWord(const Command& command, const std::string& word);

}  // namespace cairn::cli
