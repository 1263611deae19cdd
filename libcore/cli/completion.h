// cli/completion.h: completion scripts for the shells, generated from the tree of commands. They
// know commands, flags, the values of flags that have a fixed set, and which files an argument
// names.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/program.h"

namespace cairn::cli {

enum class Shell { kBash, kZsh, kFish, kPowershell };

// "bash", "zsh", "fish", "powershell".
std::optional<Shell> ParseShell(std::string_view name);

// The script for the program under its shown name.
std::string CompletionScript(const Program& program, Shell shell);

// The scripts, one a shell.
std::string BashCompletion(const Program& program);
std::string ZshCompletion(const Program& program);
std::string FishCompletion(const Program& program);
std::string PowershellCompletion(const Program& program);

// Helpers of the four.

// "key", "lease", … where the cluster is asked (`PROG __complete KIND WORD -- LINE'S WORDS…` prints
// a candidate a line, perhaps with a tab and a word about it); "" for other kinds.
std::string_view LiveKind(ValueKind kind);
// Whether any flag or argument of the program is of such a kind.
bool HasLiveNames(const Program& program);

// Calls `visit` for each visible command, parents first. `path` is the words after the program's
// name, joined by "/": "" for the root, "snapshot/restore".
void VisitCommands(const Program& program,
                   const std::function<void(const Command&, const std::string& path)>& visit);
// "*:--write-out", "*:-w" of all flags of all visible commands that take a value, each once. Where
// another command has a bool of that name, the path stands before it: "make-mirror:--prefix".
std::vector<std::string> ValueFlagPatterns(const Program& program);
// Flags that hold at `command`: its own and the inherited ones.
std::vector<const Flag*> FlagsAt(const Command& command);
// The values that a flag may have at `command`: its choices, for -w the formats that the command
// prints.
std::vector<std::string> ChoicesAt(const Command& command, const Flag& flag);
// The arguments of a command that are of some kind, as (their number from 0, what they name). One
// that has no end comes last with `kAnyNumber`: it holds for every further one.
constexpr size_t kAnyNumber = SIZE_MAX;
std::vector<std::pair<size_t, Position>> PositionsOf(const Command& command);
// `text` in single quotes for a POSIX shell.
std::string ShellQuote(std::string_view text);

}  // namespace cairn::cli
