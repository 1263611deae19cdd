// cli/arguments.cc: see arguments.h. Finds the command, has CLI11 parse its flags, and checks the
// arguments as cobra does. Subcommands of CLI11 would not do: docs/architecture.md says why.
#include "cli/arguments.h"

#include <algorithm>

#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "cli/flag_parser.h"
#include "cli/hints.h"
#include "gotext/number.h"
#include "gotext/quote.h"
#include "gotext/units.h"

namespace cairn::cli {

namespace {

// By its whole name, or by a prefix that only one visible command has. Where a word may be an
// argument as well, a prefix is none.
const Command* FindCommand(const Command& parent, std::string_view word) {
  const Command* match = nullptr;
  size_t matches = 0;
  for (const Command* child : parent.commands()) {
    if (child->name() == word) return child;
    if (!parent.run() && !child->hidden() && !word.empty() && child->name().starts_with(word)) {
      match = child;
      ++matches;
    }
  }
  return matches == 1 ? match : nullptr;
}

// What --version runs: the program's command of that name, if it has one.
const Command* FindVersion(const Command& root) {
  for (const Command* child : root.commands()) {
    if (child->name() == "version") return child;
  }
  return nullptr;
}

UsageError UnknownCommand(const Program& program, const Command& parent, const std::string& word) {
  return {fmt::format("unknown command {} for {}", QuoteGo(word),
                      QuoteGo(parent.Path(program.shown_name()))),
          CommandHint(program, parent, word)};
}

// A command line taken apart.
struct CommandWords {
  const Command* command;
  std::vector<std::string> rest;  // without the commands' names
};

// Flags may stand before a command's name, also those of the command.
std::variant<CommandWords, UsageError> FindCommandWords(const Program& program,
                                                        const std::vector<std::string>& words) {
  const Command* command = &program.root();
  const Command* version = nullptr;  // with --version
  std::vector<std::string> rest;
  size_t i = 0;
  for (; i < words.size() && !command->commands().empty(); ++i) {
    const std::string& word = words[i];
    const bool takes_arguments = static_cast<bool>(command->run());
    if (word == "--") {
      if (takes_arguments || i + 1 == words.size()) break;
      return UnknownCommand(program, *command, words[i + 1]);
    }
    // Before any command's name it is a question of its own; after one it stays what it would be
    // to etcd's tools, an unknown flag: `put k --version` must not look as if it had put something.
    if (version == nullptr && command->parent() == nullptr && word == "--version") {
      version = FindVersion(*command);
      if (version != nullptr) continue;
    }
    if (!LooksLikeFlag(word)) {
      const Command* child = FindCommand(*command, word);
      if (child != nullptr && version != nullptr) {
        i = words.size();
        break;
      }
      if (child == nullptr && takes_arguments) break;
      if (child == nullptr) return UnknownCommand(program, *command, word);
      command = child;
      continue;
    }
    rest.push_back(word);
    if (TakesNextWord(*command, word) && i + 1 < words.size()) rest.push_back(words[++i]);
  }
  rest.insert(rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  return CommandWords{version != nullptr ? version : command, std::move(rest)};
}

// How many arguments, and which: cobra's ExactArgs, RangeArgs, … and OnlyValidArgs.
std::string CheckArgs(const Program& program, const Command& command,
                      const std::vector<std::string>& args) {
  const size_t min = command.min_args(), max = command.max_args(), n = args.size();
  if (n > max && command.etcd_ignores_more() && program.compat()) return "";
  if (n < min || n > max) {
    if (!command.args_message().empty()) return command.args_message();
    if (min == max) return fmt::format("accepts {} arg(s), received {}", min, n);
    if (max == SIZE_MAX)
      return fmt::format("requires at least {} arg(s), only received {}", min, n);
    if (min == 0) return fmt::format("accepts at most {} arg(s), received {}", max, n);
    return fmt::format("accepts between {} and {} arg(s), received {}", min, max, n);
  }
  const auto& choices = command.arg_choices();
  if (choices.empty()) return "";
  for (const std::string& arg : args) {
    if (std::find(choices.begin(), choices.end(), arg) == choices.end()) {
      return fmt::format("invalid argument {} for {}", QuoteGo(arg),
                         QuoteGo(command.Path(program.shown_name())));
    }
  }
  return "";
}

}  // namespace

std::string CheckFlagValue(const Flag& flag, const std::string& value) {
  Status status = absl::OkStatus();
  switch (flag.type()) {
    case FlagType::kString:
      break;
    case FlagType::kBool:
      status = ParseGoBool(value).status();
      break;
    case FlagType::kInt64:
      status = ParseGoInt64(value).status();
      break;
    case FlagType::kUint64:
      status = ParseGoUint64(value).status();
      break;
    case FlagType::kDuration:
      status = ParseDuration(value).status();
      break;
  }
  std::string fault(Message(status));
  const auto& choices = flag.choices();
  if (flag.checked() && std::find(choices.begin(), choices.end(), value) == choices.end()) {
    fault = fmt::format("must be one of {}", absl::StrJoin(choices, ", "));
  }
  if (fault.empty()) return fault;
  const std::string shown = flag.letter() == 0
                                ? fmt::format("--{}", flag.name())
                                : fmt::format("-{}, --{}", flag.letter(), flag.name());
  return fmt::format("invalid argument {} for {} flag: {}", QuoteGo(value), QuoteGo(shown), fault);
}

const Flag* FindFlag(const Command& command, std::string_view name, char letter) {
  for (const Command* up = &command; up != nullptr; up = up->flag_parent()) {
    for (const Flag* flag : up->flags()) {
      if (letter != 0 ? flag->letter() == letter : flag->name() == name) return flag;
    }
  }
  return nullptr;
}

bool IsGiven(const GivenFlags& flags, const Flag& flag) {
  return std::any_of(flags.begin(), flags.end(), [&](const auto& f) { return f.first == &flag; });
}

const std::string& ValueOf(const GivenFlags& flags, const Flag& flag) {
  const auto last =
      std::find_if(flags.rbegin(), flags.rend(), [&](const auto& f) { return f.first == &flag; });
  return last == flags.rend() ? flag.default_text() : last->second;
}

std::variant<Arguments, UsageError> ReadArguments(const Program& program,
                                                  const std::vector<std::string>& words) {
  const auto found = FindCommandWords(program, words);
  if (const auto* error = std::get_if<UsageError>(&found)) return *error;
  const auto& [command, rest] = std::get<CommandWords>(found);
  ParsedFlags parsed = ParseFlags(program, *command, rest);
  if (parsed.error.has_value()) return *parsed.error;
  Arguments& arguments = parsed.arguments;
  if (arguments.help) return arguments;
  if (!command->run()) {
    // A bare program name asks for help; half a command is a mistake.
    if (command->parent() == nullptr) {
      arguments.help = true;
      return arguments;
    }
    return UsageError{
        fmt::format("{} needs a subcommand", QuoteGo(command->Path(program.shown_name()))),
        SubcommandHint(program, *command)};
  }
  UsageError error{CheckArgs(program, *command, arguments.args)};
  if (!error.message.empty()) {
    const size_t count = arguments.args.size();
    if (count < command->min_args() || count > command->max_args()) {
      // Where the command has words of its own, etcd's tools say that one line.
      const bool own = !command->args_message().empty();
      error.code = own ? command->args_code() : ExitCode::kError;
      if (!own) error.hint = UseHint(program, *command);
    } else {
      error.hint = ChoiceHint(arguments.args[0], command->arg_choices());
    }
    return error;
  }
  if (!parsed.missing.empty()) return UsageError{parsed.missing, UseHint(program, *command)};
  return arguments;
}

}  // namespace cairn::cli
