// cli/flag_parser.cc: see flag_parser.h. The only file that includes CLI11, which throws; its
// exceptions become etcd's texts in ParseFlags.
#include "cli/flag_parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "cli/hints.h"
#include "gotext/number.h"
#include "gotext/quote.h"

namespace cairn::cli {

namespace {

// Precedes the value of a bool (--force=VALUE) on its way through CLI11, which would read --force=
// and --force={} as --force.
constexpr char kExplicit = '\0';

// What a name, or a letter if there is no name, stands for.
struct Spelling {
  std::string name;
  bool takes_value;
};
using Finder = std::optional<Spelling>(const Command&, std::string_view name, char letter);

std::optional<Spelling> SpellingOf(const Flag* flag) {
  if (flag == nullptr) return std::nullopt;
  return Spelling{flag->name(), flag->type() != FlagType::kBool};
}

std::optional<Spelling> FindAt(const Command& command, std::string_view name, char letter) {
  if (name == "help" || letter == 'h') return Spelling{"help", false};
  return SpellingOf(FindFlag(command, name, letter));
}

const Flag* FindFlagBelow(const Command& command, std::string_view name, char letter) {
  for (const Command* child : command.commands()) {
    for (const Flag* flag : child->flags()) {
      if (letter != 0 ? flag->letter() == letter : flag->name() == name) return flag;
    }
    if (const Flag* flag = FindFlagBelow(*child, name, letter)) return flag;
  }
  return nullptr;
}

// Without --help: `-hw json get` has the command "json", as with cobra.
std::optional<Spelling> FindAtOrBelow(const Command& command, std::string_view name, char letter) {
  const Flag* flag = FindFlag(command, name, letter);
  return SpellingOf(flag != nullptr ? flag : FindFlagBelow(command, name, letter));
}

void AppendWithValue(const Spelling& flag, std::string_view value, std::vector<std::string>& out) {
  if (!flag.takes_value) {
    out.push_back(fmt::format("--{}={}{}", flag.name, kExplicit, value));
  } else if (value.empty()) {
    out.insert(out.end(), {"--" + flag.name, ""});  // CLI11 reads --name= as --name
  } else {
    out.push_back(fmt::format("--{}={}", flag.name, value));
  }
}

// Appends the flag word as CLI11 reads it, -fwjson as --force --write-out=json: CLI11 has no =
// after a letter, and reads -f-x as -f --x. What is no flag stays as it is. Returns whether the
// next word is a value.
bool AppendFlags(const Command& command, Finder find, const std::string& word,
                 std::vector<std::string>& out) {
  const std::string_view view = word;
  const size_t before = out.size();
  if (view.starts_with("--")) {
    const size_t equals = view.find('=');
    const auto flag = find(command, view.substr(0, equals).substr(2), 0);
    if (flag.has_value() && equals != view.npos) {
      AppendWithValue(*flag, view.substr(equals + 1), out);
      return false;
    }
    out.push_back(word);
    return flag.has_value() && flag->takes_value;
  }
  for (size_t at = 1; at < view.size(); ++at) {
    const auto flag = find(command, {}, view[at]);
    if (!flag.has_value()) {
      out.resize(before);
      out.push_back(word);
      return false;
    }
    std::string_view value = view.substr(at + 1);
    const bool joined = value.size() > 1 && value[0] == '=';
    if (joined) value.remove_prefix(1);
    if (joined || (flag->takes_value && !value.empty())) {
      AppendWithValue(*flag, value, out);
      return false;
    }
    out.push_back("--" + flag->name);
    if (flag->takes_value) return true;
  }
  return false;
}

// All words as CLI11 reads them: those that are values, or follow "--", as they are.
std::vector<std::string> Respell(const Command& command, const std::vector<std::string>& words) {
  std::vector<std::string> out;
  auto next = words.begin();
  while (next != words.end() && *next != "--") {
    const std::string& word = *next++;
    if (!LooksLikeFlag(word)) {
      out.push_back(word);
    } else if (AppendFlags(command, FindAt, word, out) && next != words.end()) {
      out.push_back(*next++);
    }
  }
  out.insert(out.end(), next, words.end());
  return out;
}

// 'x' as Go's %q shows a character.
std::string QuoteLetter(char c) {
  const std::string quoted = QuoteGo(std::string_view(&c, 1));
  return fmt::format("'{}'", quoted.substr(1, quoted.size() - 2));
}

bool IsNegativeNumber(std::string_view word) {
  return LooksLikeFlag(word) && word.find_first_not_of("0123456789", 1) == word.npos;
}

// For a word that CLI11 left over although it begins with a hyphen.
UsageError UnknownFlag(const Program& program, const Command& command, const std::string& word) {
  const std::string hint = FlagHint(program, command, word);
  if (word[1] != '-') {
    size_t at = 1;
    while (at + 1 < word.size() && FindAt(command, {}, word[at]).has_value()) ++at;
    return {fmt::format("unknown shorthand flag: {} in -{}", QuoteLetter(word[at]),
                        std::string_view(word).substr(at)),
            hint};
  }
  const std::string_view name = std::string_view(word).substr(0, word.find('=')).substr(2);
  if (name.empty() || name[0] == '-') {
    return {fmt::format("bad flag syntax: {}", word), UsageHint(program, command)};
  }
  return {fmt::format("unknown flag: --{}", name), hint};
}

// `word` is the last one, a flag or letters, the last of which wants a value.
std::string NeedsArgument(const std::string& word) {
  if (word.starts_with("--")) return fmt::format("flag needs an argument: {}", word);
  return fmt::format("flag needs an argument: {} in -{}", QuoteLetter(word.back()), word.back());
}

// What CLI11's callbacks fill: they are called as each value is read.
struct Reading {
  Arguments& arguments;
  // The last one; no flag stands for --help.
  const Flag* flag = nullptr;
  std::string value;
};

// Whether the flag can have the value.
bool Store(Reading& reading, const Flag* flag, std::string value) {
  const bool is_bool = flag == nullptr || flag->type() == FlagType::kBool;
  if (is_bool && value.starts_with(kExplicit)) value.erase(0, 1);
  reading.flag = flag;
  reading.value = value;
  if (flag == nullptr) {
    const StatusOr<bool> help = ParseGoBool(value);
    reading.arguments.help = help.value_or(false);
    return help.ok();
  }
  if (!CheckFlagValue(*flag, value).empty()) return false;
  if (flag->repeats()) {
    for (auto& [earlier, values] : reading.arguments.flags) {
      if (earlier != flag) continue;
      values += flag->separator() + value;
      return true;
    }
  }
  reading.arguments.flags.emplace_back(flag, std::move(value));
  return true;
}

UsageError BadValue(const Program& program, const Reading& reading) {
  const Command& command = *reading.arguments.command;
  if (reading.flag == nullptr) {
    return {fmt::format("invalid argument {} for \"-h, --help\" flag: {}", QuoteGo(reading.value),
                        Message(ParseGoBool(reading.value).status())),
            UsageHint(program, command)};
  }
  return {CheckFlagValue(*reading.flag, reading.value),
          ValueHint(program, command, *reading.flag, reading.value)};
}

// Declares the flags of the command and of those above it.
void AddOptions(const Command& command, CLI::App& app, Reading& reading) {
  const auto add = [&](const Flag* flag, std::string_view name) {
    const auto read = [&reading, flag](const CLI::results_t& results) {
      return Store(reading, flag, results.back());
    };
    return app.add_option(fmt::format("--{}", name), read)->trigger_on_parse();
  };
  add(nullptr, "help")->expected(0);
  for (const Command* up = &command; up != nullptr; up = up->flag_parent()) {
    for (const Flag* flag : up->flags()) {
      CLI::Option* option = add(flag, flag->name())->required(flag->required());
      if (flag->type() == FlagType::kBool) option->expected(0);
    }
  }
}

std::string MissingFlags(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_required() && option->count() == 0) names.push_back(option->get_lnames()[0]);
  }
  std::sort(names.begin(), names.end());
  return fmt::format("required flag(s) \"{}\" not set", absl::StrJoin(names, "\", \""));
}

}  // namespace

bool TakesNextWord(const Command& command, const std::string& word) {
  std::vector<std::string> spelled;
  return AppendFlags(command, FindAtOrBelow, word, spelled);
}

ParsedFlags ParseFlags(const Program& program, const Command& command,
                       const std::vector<std::string>& words) {
  ParsedFlags parsed;
  Arguments& arguments = parsed.arguments;
  arguments.command = &command;
  Reading reading{arguments};
  CLI::App app(command.summary(), command.name());
  try {
    app.set_help_flag();  // usage.h writes the help
    app.allow_extras();
    AddOptions(command, app, reading);
    std::vector<std::string> spelled = Respell(command, words);
    std::reverse(spelled.begin(), spelled.end());  // CLI11 takes its arguments last first
    app.parse(std::move(spelled));
  } catch (const CLI::ConversionError&) {
    parsed.error = BadValue(program, reading);
  } catch (const CLI::ArgumentMismatch&) {
    parsed.error = UsageError{NeedsArgument(words.back()), UsageHint(program, command)};
  } catch (const CLI::RequiredError&) {
    parsed.missing = MissingFlags(app);
  } catch (const CLI::Error& error) {
    parsed.error = UsageError{error.what(), UsageHint(program, command)};
  }
  // CLI11 goes on after an unknown flag, so one comes before whatever it threw.
  for (const std::string& word : app.remaining()) {
    if (word == "--" && !arguments.dash.has_value()) {
      arguments.dash = arguments.args.size();
    } else if (arguments.dash.has_value() || !LooksLikeFlag(word) ||
               (command.number_args() && IsNegativeNumber(word))) {
      arguments.args.push_back(word);
    } else {
      parsed.error = UnknownFlag(program, command, word);
      break;
    }
  }
  return parsed;
}

}  // namespace cairn::cli
