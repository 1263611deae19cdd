// cli/arguments.cc: see arguments.h. Two walks over the words: the first finds the command, so that
// the second knows all its flags.
#include "cli/arguments.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "cli/hints.h"
#include "cli/text.h"
#include "gotext/number.h"
#include "gotext/quote.h"
#include "gotext/units.h"

namespace cairn::cli {

namespace {

bool LooksLikeFlag(std::string_view word) { return word.size() > 1 && word[0] == '-'; }

bool IsNegativeNumber(std::string_view word) {
  return LooksLikeFlag(word) && word.find_first_not_of("0123456789", 1) == word.npos;
}

const Flag* FindFlag(const Command& command, std::string_view name, char letter) {
  for (const Command* up = &command; up != nullptr; up = up->flag_parent()) {
    for (const Flag* flag : up->flags()) {
      if (letter != 0 ? flag->letter() == letter : flag->name() == name) return flag;
    }
  }
  return nullptr;
}

// Also below `command`: the flag of a subcommand may stand before the subcommand's name.
const Flag* FindFlagBelow(const Command& command, std::string_view name, char letter) {
  for (const Command* child : command.commands()) {
    for (const Flag* flag : child->flags()) {
      if (letter != 0 ? flag->letter() == letter : flag->name() == name) return flag;
    }
    if (const Flag* flag = FindFlagBelow(*child, name, letter)) return flag;
  }
  return nullptr;
}

// Whether the word after the flag `word` is its value.
bool TakesNextWord(const Command& command, std::string_view word) {
  if (word.starts_with("--")) {
    const std::string_view name = word.substr(2);
    if (name.find('=') != std::string_view::npos) return false;
    const Flag* flag = FindFlag(command, name, 0);
    if (flag == nullptr) flag = FindFlagBelow(command, name, 0);
    return flag != nullptr && flag->type() != FlagType::kBool;
  }
  // -w takes the next word, -wjson doesn't; in -xw each x must be a bool.
  for (size_t i = 1; i < word.size(); ++i) {
    const Flag* flag = FindFlag(command, {}, word[i]);
    if (flag == nullptr) flag = FindFlagBelow(command, {}, word[i]);
    if (flag == nullptr) return false;
    if (flag->type() != FlagType::kBool) return i + 1 == word.size();
  }
  return false;
}

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
  UsageError error;
  error.message = fmt::format("unknown command {} for {}", QuoteGo(word),
                              QuoteGo(parent.Path(program.shown_name())));
  error.hint = CommandHint(program, parent, word);
  return error;
}

// 'x' as Go's %q shows a character.
std::string QuoteLetter(char c) {
  const std::string quoted = QuoteGo(std::string_view(&c, 1));
  return fmt::format("'{}'", quoted.substr(1, quoted.size() - 2));
}

// The second walk: every word that isn't a command's name.
class FlagReader {
 public:
  FlagReader(const Program& program, const Command& command, const std::vector<std::string>& words)
      : program_(program), words_(words) {
    out_.command = &command;
  }

  // The error's text, or nothing. Then hint() is the line below it.
  std::string Read() {
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      std::string fault;
      if (!LooksLikeFlag(word) || (out_.command->number_args() && IsNegativeNumber(word))) {
        out_.args.push_back(word);
      } else if (word == "--") {
        out_.dash = out_.args.size();
        while (next_ < words_.size()) out_.args.push_back(words_[next_++]);
      } else {
        fault = word[1] == '-' ? ReadLong(word) : ReadShort(word);
      }
      if (!fault.empty()) return fault;
    }
    return "";
  }

  Arguments& out() { return out_; }
  std::string hint() const { return hint_.empty() ? UsageHint(program_, *out_.command) : hint_; }

 private:
  std::string ReadLong(const std::string& word) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (name.empty() || name[0] == '-') return fmt::format("bad flag syntax: {}", word);
    const bool help = name == "help";
    const Flag* flag = help ? nullptr : FindFlag(*out_.command, name, 0);
    if (flag == nullptr && !help) {
      hint_ = FlagHint(program_, *out_.command, word);
      return fmt::format("unknown flag: --{}", name);
    }
    if (equals != std::string::npos) return Set(flag, word.substr(equals + 1));
    if (help || flag->type() == FlagType::kBool) return Set(flag, "true");
    if (next_ == words_.size()) return fmt::format("flag needs an argument: --{}", name);
    return Set(flag, words_[next_++]);
  }

  std::string ReadShort(const std::string& word) {
    std::string letters = word.substr(1);
    while (!letters.empty()) {
      const char letter = letters[0];
      const bool help = letter == 'h';
      const Flag* flag = help ? nullptr : FindFlag(*out_.command, {}, letter);
      if (flag == nullptr && !help) {
        hint_ = FlagHint(program_, *out_.command, word);
        return fmt::format("unknown shorthand flag: {} in -{}", QuoteLetter(letter), letters);
      }
      if (letters.size() > 2 && letters[1] == '=') return Set(flag, letters.substr(2));
      if (help || flag->type() == FlagType::kBool) {
        std::string fault = Set(flag, "true");
        if (!fault.empty()) return fault;
        letters.erase(0, 1);
        continue;
      }
      if (letters.size() > 1) return Set(flag, letters.substr(1));
      if (next_ == words_.size()) {
        return fmt::format("flag needs an argument: {} in -{}", QuoteLetter(letter), letters);
      }
      return Set(flag, words_[next_++]);
    }
    return "";
  }

  // No flag stands for --help.
  std::string Set(const Flag* flag, std::string value) {
    if (flag == nullptr) {
      StatusOr<bool> help = ParseGoBool(value);
      if (!help.ok()) {
        return fmt::format("invalid argument {} for \"-h, --help\" flag: {}", QuoteGo(value),
                           Message(help.status()));
      }
      out_.help = *help;
      return "";
    }
    std::string fault = CheckFlagValue(*flag, value);
    if (!fault.empty()) {
      hint_ = ValueHint(program_, *out_.command, *flag, value);
      return fault;
    }
    if (flag->repeats()) {
      for (auto& [earlier, values] : out_.flags) {
        if (earlier != flag) continue;
        values += flag->separator() + value;
        return "";
      }
    }
    out_.flags.emplace_back(flag, std::move(value));
    return "";
  }

  const Program& program_;
  const std::vector<std::string>& words_;
  size_t next_ = 0;
  std::string hint_;
  Arguments out_;
};

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

std::string CheckRequired(const Arguments& arguments) {
  std::vector<std::string> missing;
  for (const Command* up = arguments.command; up != nullptr; up = up->flag_parent()) {
    for (const Flag* flag : up->flags()) {
      const bool given = std::any_of(arguments.flags.begin(), arguments.flags.end(),
                                     [=](const auto& f) { return f.first == flag; });
      if (flag->required() && !given) missing.push_back(flag->name());
    }
  }
  if (missing.empty()) return "";
  std::sort(missing.begin(), missing.end());
  return fmt::format("required flag(s) \"{}\" not set", Join(missing, "\", \""));
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
    fault = fmt::format("must be one of {}", Join(choices, ", "));
  }
  if (fault.empty()) return fault;
  const std::string shown = flag.letter() == 0
                                ? fmt::format("--{}", flag.name())
                                : fmt::format("-{}, --{}", flag.letter(), flag.name());
  return fmt::format("invalid argument {} for {} flag: {}", QuoteGo(value), QuoteGo(shown), fault);
}

std::variant<Arguments, UsageError> ReadArguments(const Program& program,
                                                  const std::vector<std::string>& words) {
  const Command* command = &program.root();
  const Command* version = nullptr;  // with --version
  std::vector<std::string> rest;     // `words` without the commands' names
  size_t i = 0;
  for (; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool group = !command->commands().empty();
    if (!group) break;
    const bool takes_arguments = static_cast<bool>(command->run());
    if (word == "--") {
      if (takes_arguments) break;
      if (i + 1 < words.size()) return UnknownCommand(program, *command, words[i + 1]);
      break;
    }
    // Before any command's name it is a question of its own; behind one it stays what it would be
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
  if (version != nullptr) command = version;

  FlagReader reader(program, *command, rest);
  UsageError error;
  error.message = reader.Read();
  if (!error.message.empty()) {
    error.hint = reader.hint();
    return error;
  }
  Arguments& arguments = reader.out();
  if (arguments.help) return arguments;
  if (!command->run()) {
    // A bare program name asks for help; half a command is a mistake.
    if (command->parent() == nullptr) {
      arguments.help = true;
      return arguments;
    }
    error.message =
        fmt::format("{} needs a subcommand", QuoteGo(command->Path(program.shown_name())));
    error.hint = SubcommandHint(program, *command);
    return error;
  }
  error.message = CheckArgs(program, *command, arguments.args);
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
  error.message = CheckRequired(arguments);
  error.hint = UseHint(program, *command);
  if (!error.message.empty()) return error;
  return arguments;
}

}  // namespace cairn::cli
