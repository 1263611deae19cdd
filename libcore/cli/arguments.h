// cli/arguments.h: reads a command line as pflag and cobra do, in front of CLI11, which would not:
// any flag of the resolved command in any place, `-wjson`, `-w=json`, bare bools, `--`, command
// names by unique prefix, --version before a command's name, and their words for errors.
#pragma once

#include <optional>
#include <string>
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

}  // namespace cairn::cli
