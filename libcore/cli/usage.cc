// cli/usage.cc: see usage.h.
#include "cli/usage.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/quote.h"

namespace cairn::cli {

namespace {

struct FlagRow {
  std::string left, right;
};

std::vector<FlagRow> Rows(const std::vector<const Flag*>& flags) {
  std::vector<FlagRow> rows;
  for (const Flag* flag : flags) {
    std::string left = flag->letter() == 0 ? "      --" : fmt::format("  -{}, --", flag->letter());
    left += flag->name();
    const std::string_view value = ValueName(*flag);
    if (!value.empty()) left += fmt::format(" {}", value);
    const std::string note = DefaultNote(*flag);
    rows.push_back({std::move(left), note.empty() ? flag->help() : flag->help() + " " + note});
  }
  return rows;
}

std::string Lines(const std::vector<FlagRow>& rows) {
  size_t width = 0;
  for (const FlagRow& row : rows) width = std::max(width, row.left.size());
  std::string text;
  for (const FlagRow& row : rows) {
    text += fmt::format("{:<{}}   {}\n", row.left, width, row.right);
  }
  return text;
}

std::string OwnFlags(const Program& program, const Command& command) {
  std::vector<FlagRow> rows = Rows(command.flags());
  const std::string name = command.parent() == nullptr ? program.shown_name() : command.name();
  rows.push_back({"  -h, --help", fmt::format("help for {}", name)});
  std::sort(rows.begin(), rows.end(),
            [](const FlagRow& a, const FlagRow& b) { return a.left.substr(8) < b.left.substr(8); });
  return Lines(rows);
}

std::string Text(const Program& program, const Command& command, bool with_examples) {
  const std::vector<const Command*> children = command.commands();
  std::string out = "Usage:\n";
  if (command.run()) out += fmt::format("  {}\n", UseLine(program, command));
  const std::string path = command.Path(program.shown_name());
  if (!children.empty()) out += fmt::format("  {} [command]\n", path);

  if (with_examples && !command.examples().empty()) {
    out += "\nExamples:\n";
    for (const Example& example : command.examples()) {
      out += fmt::format("  # {}\n  {}\n", WithName(program, example.text),
                         WithName(program, example.command));
    }
  }
  if (!children.empty()) {
    size_t width = 11;
    for (const Command* child : children) width = std::max(width, child->name().size());
    out += "\nAvailable Commands:\n";
    for (const Command* child : children) {
      if (!child->hidden()) {
        out +=
            fmt::format("  {:<{}} {}\n", child->name(), width, WithName(program, child->summary()));
      }
    }
  }
  out += "\nFlags:\n" + OwnFlags(program, command);
  const std::vector<const Flag*> inherited = command.inherited_flags();
  if (!inherited.empty()) out += "\nGlobal Flags:\n" + Lines(Rows(inherited));
  if (!children.empty()) {
    out +=
        fmt::format("\nUse \"{} [command] --help\" for more information about a command.\n", path);
  }
  return out;
}

}  // namespace

std::string HelpText(const Program& program, const Command& command) {
  const std::string& about = command.long_text().empty() ? command.summary() : command.long_text();
  return WithName(program, about) + "\n\n" + Text(program, command, true);
}

std::string UsageText(const Program& program, const Command& command) {
  return Text(program, command, false);
}

std::string FlagLines(const std::vector<const Flag*>& flags) { return Lines(Rows(flags)); }

std::string UseLine(const Program& program, const Command& command) {
  std::string line = command.parent() == nullptr
                         ? program.shown_name()
                         : command.parent()->Path(program.shown_name()) + " " + command.use();
  if (line.find("[flags]") == std::string::npos) line += " [flags]";
  return line;
}

std::string_view ValueName(const Flag& flag) {
  switch (flag.type()) {
    case FlagType::kBool:
      return "";
    case FlagType::kString:
      return "string";
    case FlagType::kInt64:
      return "int";
    case FlagType::kUint64:
      return "uint";
    case FlagType::kDuration:
      return "duration";
  }
  return "";
}

std::string DefaultNote(const Flag& flag) {
  const std::string& value = flag.default_text();
  if (value.empty() || value == "0" || value == "0s" || value == "false") return "";
  if (flag.type() == FlagType::kString) {
    return fmt::format("(default {})", QuoteGo(value));
  }
  return fmt::format("(default {})", value);
}

std::string WithName(const Program& program, std::string_view text) {
  static constexpr std::string_view kPlaceholder = "{prog}";
  std::string out;
  for (;;) {
    const size_t at = text.find(kPlaceholder);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += program.shown_name();
    text.remove_prefix(at + kPlaceholder.size());
  }
}

}  // namespace cairn::cli
