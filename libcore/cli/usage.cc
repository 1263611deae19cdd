// cli/usage.cc: see usage.h.
#include "cli/usage.h"

#include <algorithm>

#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "gotext/quote.h"
#include "render/format.h"

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

// The lines of one paragraph after another, each as long as fits. A line that begins with a blank
// stays as it is: it is part of a list or a table.
std::vector<std::string> WrappedLines(std::string_view text, size_t columns) {
  std::vector<std::string> lines;
  bool open = false;  // whether the last line may be gone on with
  const auto add_word = [&](std::string_view word) {
    if (!open) {
      lines.emplace_back(word);
      open = true;
    } else if (lines.back().size() + 1 + word.size() <= columns) {
      lines.back() += fmt::format(" {}", word);
    } else {
      lines.emplace_back(word);
    }
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == ' ') {
      lines.emplace_back(line);
      open = false;
      continue;
    }
    while (!line.empty()) {
      const size_t space = std::min(line.find(' '), line.size());
      if (space > 0) add_word(line.substr(0, space));
      line.remove_prefix(std::min(space + 1, line.size()));
    }
  }
  return lines;
}

std::string BrokenUse(const std::string& use, size_t columns) {
  return fmt::format("  {}\n", Broken(use, 6, columns));
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

// Not wider than what is read with ease; 80 where no terminal says.
size_t Width(int columns) {
  return columns <= 0 ? 80 : static_cast<size_t>(std::min(columns, 100));
}

// "-w" is every command's, but what it may be is this one's own.
std::vector<Row> FormatRow(const Command& command) {
  if (command.formats().empty()) return {};
  for (const Flag* flag : command.inherited_flags()) {
    if (flag->name() != "write-out") continue;
    return {{"  -w, --write-out string",
             "output format: " + absl::StrJoin(FormatNames(command), ", ")}};
  }
  return {};
}

std::string OwnFlags(const Program& program, const Command& command, size_t columns) {
  std::vector<Row> rows = Rows(command.flags());
  for (Row& row : FormatRow(command)) rows.push_back(std::move(row));
  const std::string name = command.parent() == nullptr ? program.shown_name() : command.name();
  rows.push_back({"  -h, --help", fmt::format("help for {}", name)});
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.left.substr(8) < b.left.substr(8); });
  return Lines(rows, columns);
}

// The first of its sentences where the other says how to ask for help: the list's end says so.
std::string_view Summary(const Command& command) {
  const std::string_view summary = command.summary();
  return summary.substr(0, command.commands().empty() ? summary.npos : summary.find(". Use `"));
}

// "  name   what it does" for these of the subcommands.
std::string CommandLines(const Program& program, const std::vector<const Command*>& commands,
                         size_t columns) {
  size_t width = 11;
  for (const Command* command : commands) width = std::max(width, command->name().size());
  std::string out;
  for (const Command* command : commands) {
    out += fmt::format("  {:<{}} {}\n", command->name(), width,
                       Broken(WithName(program, Summary(*command)), width + 3, columns));
  }
  return out;
}

// The subcommands in their groups.
std::string CommandList(const Program& program, const Command& command, size_t columns) {
  std::vector<const Command*> left = command.commands();
  std::erase_if(left, [](const Command* child) { return child->hidden(); });
  std::string out;
  for (const CommandGroup& group : command.groups()) {
    std::vector<const Command*> these;
    for (const std::string& name : group.names) {
      const auto at = std::find_if(left.begin(), left.end(),
                                   [&](const Command* child) { return child->name() == name; });
      if (at == left.end()) continue;
      these.push_back(*at);
      left.erase(at);
    }
    if (these.empty()) continue;
    out += fmt::format("\n{}:\n{}", group.title, CommandLines(program, these, columns));
  }
  if (left.empty()) return out;
  return out + fmt::format("\n{}:\n{}", out.empty() ? "Available Commands" : "Other Commands",
                           CommandLines(program, left, columns));
}

std::string Examples(const Program& program, const Command& command, size_t columns) {
  if (command.examples().empty()) return "";
  std::string out = "\nExamples:\n";
  for (const Example& example : command.examples()) {
    for (const std::string& line :
         WrappedLines(WithName(program, example.text), columns < 24 ? columns : columns - 4)) {
      out += fmt::format("  # {}\n", line);
    }
    out += BrokenCommand(WithName(program, example.command), 2, columns);
  }
  return out;
}

bool HasOptions(const Program& program) {
  const auto commands = program.root().commands();
  return std::any_of(commands.begin(), commands.end(),
                     [](const Command* child) { return child->name() == "options"; });
}

// Where more is told: the last lines, which stay on the screen.
std::string Pointers(const Program& program, const Command& command, size_t columns) {
  std::string out;
  const auto add = [&](const std::string& text) {
    if (out.empty()) out = "\n";
    for (const std::string& line : WrappedLines(text, columns)) out += line + "\n";
  };
  if (!command.commands().empty()) {
    add(fmt::format("Use \"{} [command] --help\" for more about a command.",
                    command.Path(program.shown_name())));
  }
  if (HasOptions(program) && command.name() != "options") {
    add(fmt::format("Use \"{} options\" for the flags that every command has.",
                    program.shown_name()));
  }
  return out;
}

}  // namespace

std::string HelpText(const Program& program, const Command& command, int terminal_columns) {
  const size_t columns = Width(terminal_columns);
  const std::string about =
      WithName(program, command.long_text().empty() ? command.summary() : command.long_text());
  // The first paragraph says what it is for; how to call it comes before the rest.
  size_t paragraph = about.find("\n\n");
  // One that ends so goes on with the list after it.
  while (paragraph != std::string::npos && paragraph > 0 && about[paragraph - 1] == ':') {
    paragraph = about.find("\n\n", paragraph + 2);
  }
  std::string out;
  for (const std::string& line : WrappedLines(about.substr(0, paragraph), columns)) {
    out += line + "\n";
  }
  out += "\nUsage:\n";
  if (command.run()) out += BrokenUse(UseLine(program, command), columns);
  if (!command.commands().empty()) {
    out += fmt::format("  {} [command]\n", command.Path(program.shown_name()));
    out += CommandList(program, command, columns);
  }
  const bool root = command.parent() == nullptr;
  if (!root || !HasOptions(program)) out += "\nFlags:\n" + OwnFlags(program, command, columns);
  const std::vector<const Flag*> inherited = command.inherited_flags();
  if (!inherited.empty() && !HasOptions(program)) {
    out += "\nGlobal Flags:\n" + Lines(Rows(inherited), columns);
  }
  if (paragraph != std::string::npos) {
    out += "\n";
    for (const std::string& line : WrappedLines(about.substr(paragraph + 2), columns)) {
      out += line + "\n";
    }
  }
  return out + Examples(program, command, columns) + Pointers(program, command, columns);
}

std::string FlagLines(const std::vector<const Flag*>& flags, int columns) {
  return Lines(Rows(flags), Width(columns));
}

std::vector<std::string> FormatNames(const Command& command) {
  std::vector<std::string> names;
  for (const Format format : command.formats()) names.emplace_back(render::FormatName(format));
  return names;
}

std::string BrokenCommand(std::string_view command, size_t indent, size_t columns) {
  if (const size_t end = command.find('\n'); end != std::string_view::npos) {
    // Broken by hand.
    return fmt::format("{:{}}{}\n", "", indent, command.substr(0, end)) +
           BrokenCommand(command.substr(end + 1), indent, columns);
  }
  std::string out(indent, ' ');
  size_t length = indent;
  char quote = 0;
  std::string word;
  const auto take = [&] {
    // Room for the " \" after it.
    if (length > indent && length + 1 + word.size() + 2 > columns) {
      out += fmt::format(" \\\n{:{}}", "", indent + 4);
      length = indent + 4;
    } else if (length > indent) {
      out += ' ';
      ++length;
    }
    out += word;
    length += word.size();
    word.clear();
  };
  for (const char c : command) {
    if (quote == 0 && c == ' ') {
      take();
      continue;
    }
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    }
    word += c;
  }
  take();
  return out + "\n";
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
