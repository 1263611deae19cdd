// cli/usage.h: the text of --help. What matters comes first and fits a small screen: what the
// command is for, how it is called, its own flags; global flags are `options`'s. Lines are broken
// between words for a terminal of `columns`, at most 100; for 80 where there is none (0).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"

namespace cairn::cli {

std::string HelpText(const Program& program, const Command& command, int columns = 0);

// The flags as --help lists them.
std::string FlagLines(const std::vector<const Flag*>& flags, int columns = 0);

// "etcdutl snapshot restore <filename> [flags]".
std::string UseLine(const Program& program, const Command& command);
// The formats that the command prints, as -w names them.
std::vector<std::string> FormatNames(const Command& command);
// A command line of a shell, broken between its words by backslashes where it is too long.
std::string BrokenCommand(std::string_view command, size_t indent, size_t columns);
// "string", "int", "uint", "duration", nothing for a bool.
std::string_view ValueName(const Flag& flag);
// `(default "simple")`; nothing for a zero value.
std::string DefaultNote(const Flag& flag);
// `text` with {prog} replaced by the shown name.
std::string WithName(const Program& program, std::string_view text);

}  // namespace cairn::cli
