// cli/hints.h: the line below an error in a command line: the nearest name or value, else where to
// read on. An error and its hint are two lines, which no screen scrolls away.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"

namespace cairn::cli {

// The names nearest to `word`, best first, at most three: those that differ by one or two letters
// (left out, added, changed, or two of them swapped), that begin with it, or that have it as one of
// their parts ("dir" in "data-dir"). Case, and "_" for "-", don't count.
std::vector<std::string> Nearest(std::string_view word, const std::vector<std::string>& names);

// "Run 'etcdutl hashkv --help' for usage."
std::string UsageHint(const Program& program, const Command& command);
// "Did you mean --prefix? 'etcdctl get --help' lists the flags." for the unknown flag `word`, which
// is as it was typed: "--prefx=x", "-prefix".
std::string FlagHint(const Program& program, const Command& command, std::string_view word);
// For a word that is none of the commands below `parent`.
std::string CommandHint(const Program& program, const Command& parent, std::string_view word);
// The commands that `parent` wants one of.
std::string SubcommandHint(const Program& program, const Command& parent);
// How the command is written, where that fits a line.
std::string UseHint(const Program& program, const Command& command);
// For a value that the flag can't have: a choice near to it, or how such values are written.
std::string ValueHint(const Program& program, const Command& command, const Flag& flag,
                      std::string_view value);
// The same for words out of a list; "" when none is near and the list is too long to show.
std::string ChoiceHint(std::string_view word, const std::vector<std::string>& choices);

}  // namespace cairn::cli
