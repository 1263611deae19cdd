// cli/usage.h: the text of --help, laid out as cobra lays it out. On a terminal of `columns`, what
// flags and commands do is broken between words; with 0 (no terminal) lines are as long as they
// are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"

namespace cairn::cli {

// What it is for, usage, examples, commands and flags.
std::string HelpText(const Program& program, const Command& command, int columns = 0);
// Usage, commands and flags alone, as printed behind an error.
std::string UsageText(const Program& program, const Command& command, int columns = 0);

// The flags as --help lists them.
std::string FlagLines(const std::vector<const Flag*>& flags, int columns = 0);

// "etcdutl snapshot restore <filename> [flags]".
std::string UseLine(const Program& program, const Command& command);
// "string", "int", "uint", "duration", nothing for a bool.
std::string_view ValueName(const Flag& flag);
// `(default "simple")`; nothing for a zero value.
std::string DefaultNote(const Flag& flag);
// `text` with {prog} replaced by the shown name.
std::string WithName(const Program& program, std::string_view text);

}  // namespace cairn::cli
