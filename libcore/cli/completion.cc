// cli/completion.cc: see completion.h.
#include "cli/completion.h"

#include <set>

#include "cli/usage.h"

namespace cairn::cli {

namespace {

void Visit(const Command& command, const std::string& path,
           const std::function<void(const Command&, const std::string&)>& visit) {
  visit(command, path);
  for (const Command* child : command.commands()) {
    if (child->hidden()) continue;
    Visit(*child, path.empty() ? child->name() : path + "/" + child->name(), visit);
  }
}

}  // namespace

std::optional<Shell> ParseShell(std::string_view name) {
  if (name == "bash") return Shell::kBash;
  if (name == "zsh") return Shell::kZsh;
  if (name == "fish") return Shell::kFish;
  if (name == "powershell") return Shell::kPowershell;
  return std::nullopt;
}

std::string CompletionScript(const Program& program, Shell shell) {
  switch (shell) {
    case Shell::kBash:
      return BashCompletion(program);
    case Shell::kZsh:
      return ZshCompletion(program);
    case Shell::kFish:
      return FishCompletion(program);
    case Shell::kPowershell:
      return PowershellCompletion(program);
  }
  return "";
}

void VisitCommands(const Program& program,
                   const std::function<void(const Command&, const std::string&)>& visit) {
  Visit(program.root(), "", visit);
}

std::vector<std::string> ValueFlagPatterns(const Program& program) {
  const auto words_of = [](const Flag& flag) {
    std::vector<std::string> words = {"--" + flag.name()};
    if (flag.letter() != 0) words.push_back(std::string("-") + flag.letter());
    return words;
  };
  std::set<std::string> bools;
  VisitCommands(program, [&](const Command& command, const std::string&) {
    for (const Flag* flag : command.flags()) {
      if (flag->type() != FlagType::kBool) continue;
      for (const std::string& word : words_of(*flag)) bools.insert(word);
    }
  });
  std::set<std::string> patterns;
  VisitCommands(program, [&](const Command& command, const std::string& path) {
    for (const Flag* flag : command.flags()) {
      if (flag->type() == FlagType::kBool) continue;
      for (const std::string& word : words_of(*flag)) {
        patterns.insert((bools.contains(word) ? path : "*") + ":" + word);
      }
    }
  });
  return {patterns.begin(), patterns.end()};
}

std::vector<const Flag*> FlagsAt(const Command& command) {
  std::vector<const Flag*> flags = command.flags();
  for (const Flag* flag : command.inherited_flags()) flags.push_back(flag);
  return flags;
}

std::vector<std::string> ChoicesAt(const Command& command, const Flag& flag) {
  const bool formats = flag.name() == "write-out" && !command.formats().empty();
  return formats ? FormatNames(command) : flag.choices();
}

std::vector<std::pair<size_t, Position>> PositionsOf(const Command& command) {
  std::vector<std::pair<size_t, Position>> found;
  const size_t count = command.positions();
  for (size_t at = 0; at < count; ++at) {
    Position position = command.position(at);
    if (position.kind == ValueKind::kAny && position.choices.empty()) continue;
    // The last one that is told apart stands for those after it.
    found.emplace_back(at + 1 == count ? kAnyNumber : at, std::move(position));
  }
  return found;
}

std::string ShellQuote(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string_view LiveKind(ValueKind kind) {
  switch (kind) {
    case ValueKind::kKey:
      return "key";
    case ValueKind::kLease:
      return "lease";
    case ValueKind::kMember:
      return "member";
    case ValueKind::kEndpoint:
      return "endpoint";
    case ValueKind::kUser:
      return "user";
    case ValueKind::kRole:
      return "role";
    default:
      return "";
  }
}

bool HasLiveNames(const Program& program) {
  bool found = false;
  VisitCommands(program, [&](const Command& command, const std::string&) {
    for (const auto& [at, position] : PositionsOf(command)) {
      found = found || !LiveKind(position.kind).empty();
    }
    for (const Flag* flag : command.flags()) found = found || !LiveKind(flag->kind()).empty();
  });
  return found;
}

}  // namespace cairn::cli
