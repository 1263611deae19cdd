// cli/usage.cc: see usage.h.
#include "cli/usage.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/quote.h"

namespace cairn::cli {

namespace {

struct Row {
  std::string left, right;
};

// A right column narrower than this is left to the terminal to break.
constexpr size_t kNarrowest = 20;

// `text`, broken between words where it would go beyond `columns` when it starts at `indent`.
std::string Broken(std::string_view text, size_t indent, size_t columns) {
  if (columns < indent + kNarrowest) return std::string(text);
  std::string out;
  while (text.size() > columns - indent) {
    size_t end = text.rfind(' ', columns - indent);
    if (end == 0 || end == std::string_view::npos) end = text.find(' ', 1);
    if (end == std::string_view::npos) break;
    out += text.substr(0, end);
    out += fmt::format("\n{:{}}", "", indent);
    text.remove_prefix(end + 1);
  }
  return out += text;
}

std::vector<Row> Rows(const std::vector<const Flag*>& flags) {
  std::vector<Row> rows;
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

std::string Lines(const std::vector<Row>& rows, size_t columns) {
  size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.left.size());
  std::string text;
  for (const Row& row : rows) {
    text += fmt::format("{:<{}}   {}\n", row.left, width, Broken(row.right, width + 3, columns));
  }
  return text;
}

std::string OwnFlags(const Program& program, const Command& command, size_t columns) {
  std::vector<Row> rows = Rows(command.flags());
  const std::string name = command.parent() == nullptr ? program.shown_name() : command.name();
  rows.push_back({"  -h, --help", fmt::format("help for {}", name)});
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.left.substr(8) < b.left.substr(8); });
  return Lines(rows, columns);
}

std::string Text(const Program& program, const Command& command, bool with_examples,
                 size_t columns) {
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
        const std::string summary = WithName(program, child->summary());
        out +=
            fmt::format("  {:<{}} {}\n", child->name(), width, Broken(summary, width + 3, columns));
      }
    }
  }
  out += "\nFlags:\n" + OwnFlags(program, command, columns);
  const std::vector<const Flag*> inherited = command.inherited_flags();
  if (!inherited.empty()) out += "\nGlobal Flags:\n" + Lines(Rows(inherited), columns);
  if (!children.empty()) {
    out +=
        fmt::format("\nUse \"{} [command] --help\" for more information about a command.\n", path);
  }
  return out;
}

size_t Width(int columns) { return static_cast<size_t>(std::max(columns, 0)); }

}  // namespace

std::string HelpText(const Program& program, const Command& command, int columns) {
  const std::string& about = command.long_text().empty() ? command.summary() : command.long_text();
  return WithName(program, about) + "\n\n" + Text(program, command, true, Width(columns));
}

std::string UsageText(const Program& program, const Command& command, int columns) {
  return Text(program, command, false, Width(columns));
}

std::string FlagLines(const std::vector<const Flag*>& flags, int columns) {
  return Lines(Rows(flags), Width(columns));
}

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
