// cli/arguments.h: reads a command line as pflag and cobra do: any flag of the command in any
// place, `-wjson`, `-w=json`, bare bools, `--`, command names by unique prefix, --version before a
// command's name, and their texts for errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cli/exit_code.h"
#include "cli/program.h"

namespace cairn::cli {

// In the order in which they were given; the last of one flag counts.
using GivenFlags = std::vector<std::pair<const Flag*, std::string>>;

struct Arguments {
  const Command* command = nullptr;
  bool help = false;  // -h or --help: nothing else was checked
  std::vector<std::string> args;
  // How many of `args` stood before "--"; nothing when there was none.
  std::optional<size_t> dash;
  GivenFlags flags;  // checked against their types
};

// A command line that can't be run.
struct UsageError {
  std::string message;
  std::string hint = {};  // the line below it (hints.h), if there is one
  ExitCode code = ExitCode::kError;
};

// `words` are argv without the program's name.
std::variant<Arguments, UsageError> ReadArguments(const Program& program,
                                                  const std::vector<std::string>& words);

// Why `value` is none for the flag, in pflag's words; empty when it is one.
std::string CheckFlagValue(const Flag& flag, const std::string& value);

// The flag of that letter, or with letter 0 of that name, that `command` or one above it has.
const Flag* FindFlag(const Command& command, std::string_view name, char letter = 0);

bool IsGiven(const GivenFlags& flags, const Flag& flag);
// The value that counts: the last one given, else the default.
const std::string& ValueOf(const GivenFlags& flags, const Flag& flag);

// Whether pflag reads the word as a flag, or as letters of flags.
inline bool LooksLikeFlag(std::string_view word) { return word.size() > 1 && word[0] == '-'; }

}  // namespace cairn::cli
