// cli/man_page.cc: see man_page.h. The markup is man(7)'s.
#include "cli/man_page.h"

#include <algorithm>

#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "cli/completion.h"
#include "cli/environment.h"
#include "cli/usage.h"

namespace cairn::cli {

namespace {

// Plain text as troff input: backslashes and hyphens literal, no line taken for a request.
std::string Roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

// Paragraphs are parted by empty lines.
std::string Paragraphs(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    out += line.empty() ? ".PP\n" : Roff(line) + "\n";
  }
  return out;
}

// The page has margins of 7 and 0, an example 4 more.
constexpr size_t kLongestTitle = (80 - 14) / 2 - 3;
constexpr size_t kExampleColumns = 80 - 7 - 4 - 1;

std::string WithoutLastLineEnd(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string PageName(const Program& program, const Command& command) {
  std::string name = command.Path(program.name());
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string FlagItem(const Flag& flag) {
  std::string out = ".TP\n";
  if (flag.letter() != 0) out += fmt::format("\\fB\\-{}\\fR, ", flag.letter());
  out += fmt::format("\\fB{}\\fR", Roff("--" + flag.name()));
  const std::string_view value = ValueName(flag);
  if (!value.empty()) out += fmt::format(" \\fI{}\\fR", value);
  std::string help = flag.help();
  if (flag.required()) help += " (required)";
  const std::string note = DefaultNote(flag);
  if (!note.empty()) help += " " + note;
  return out + "\n" + Roff(help) + "\n";
}

std::string Exits(const Command& command) {
  std::string out = ".SH EXIT STATUS\n.TP\n\\fB0\\fR\nThe work was done.\n";
  const auto item = [&](ExitCode code, std::string_view meaning) {
    out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", static_cast<int>(code), Roff(meaning));
  };
  bool has_error = false;
  for (const auto& [code, meaning] : command.exits()) {
    has_error = has_error || code == ExitCode::kError;
    item(code, meaning);
  }
  if (!has_error) item(ExitCode::kError, "Any other error; one line on standard error says which.");
  if (!command.formats().empty()) {
    item(ExitCode::kBadFeature, "The output format isn't one that this command prints.");
  }
  return out;
}

// Every program looks at the locale; what else one reads is said once, on the program's own page.
std::string Environment(const Program& program, const Command& command) {
  std::string out = ".SH ENVIRONMENT\n";
  const auto item = [&](std::string_view name, std::string_view meaning) {
    out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", Roff(name), Roff(WithName(program, meaning)));
  };
  for (const auto& [name, meaning] : command.environment()) item(name, meaning);
  if (command.parent() != nullptr) {
    return out + fmt::format(".PP\n{}, see \\fB{}\\fR(1).\n",
                             program.environment_prefix().empty()
                                 ? "The locale's variables"
                                 : Roff(program.environment_prefix() + "_*, for the options of "
                                                                       "every command"),
                             Roff(program.name()));
  }
  if (!program.environment_prefix().empty()) {
    out += fmt::format(
        ".PP\nAn option of every command can be set by a variable: {}, underscores and the\n"
        "option's name in capitals. What the command line says wins over it, with a notice; an\n"
        "empty variable counts as unset.\n",
        Roff(program.environment_prefix()));
    for (const Flag* flag : command.flags()) {
      item(EnvironmentName(program, *flag), "--" + flag->name());
    }
  }
  item("LC_ALL, LC_CTYPE, LANG",
       "the first that is set decides whether tables on a terminal are drawn with lines (UTF-8) or "
       "in ASCII");
  return out;
}

std::string Page(const Program& program, const Command& command) {
  const std::string name = PageName(program, command);
  // The page's head has it twice, beside "Cairn Manual".
  std::string upper = name.size() <= kLongestTitle ? name : program.name();
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  std::string out = fmt::format(".\\\" {}.1: generated from the command tree by `{} __man`.\n",
                                name, program.name());
  out += fmt::format(".TH {} 1 \"\" \"Cairn\" \"Cairn Manual\"\n", upper);
  std::string summary = command.summary();
  out += fmt::format(".SH NAME\n{} \\- {}\n", Roff(name), Roff(WithName(program, summary)));
  out += ".SH SYNOPSIS\n";
  if (command.run()) out += fmt::format("\\fB{}\\fR\n", Roff(UseLine(program, command)));
  if (command.run() && !command.commands().empty()) out += ".br\n";
  if (!command.commands().empty()) {
    out += fmt::format("\\fB{}\\fR \\fIcommand\\fR [flags]\n", Roff(command.Path(program.name())));
  }
  out += ".SH DESCRIPTION\n";
  out += Paragraphs(
      WithName(program, command.long_text().empty() ? summary + "." : command.long_text()));
  std::string children, see_also;
  if (command.parent() != nullptr) {
    see_also = fmt::format("\\fB{}\\fR(1)", Roff(PageName(program, *command.parent())));
  }
  for (const Command* child : command.commands()) {
    if (child->hidden()) continue;
    const std::string page = Roff(PageName(program, *child));
    children +=
        fmt::format(".TP\n\\fB{}\\fR(1)\n{}\n", page, Roff(WithName(program, child->summary())));
    see_also += fmt::format("{}\\fB{}\\fR(1)", see_also.empty() ? "" : ",\n", page);
  }
  if (!children.empty()) out += ".SH COMMANDS\n" + children;
  out += ".SH OPTIONS\n";
  for (const Flag* flag : command.flags()) out += FlagItem(*flag);
  for (const Flag* flag : command.inherited_flags()) {
    if (flag->name() != "write-out" || command.formats().empty()) continue;
    out += fmt::format(
        ".TP\n\\fB\\-w\\fR, \\fB\\-\\-write\\-out\\fR \\fIstring\\fR\noutput format: {}\n",
        absl::StrJoin(FormatNames(command), ", "));
  }
  out += ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nprint help\n";
  if (command.parent() == nullptr) {
    out += ".TP\n\\fB\\-\\-version\\fR\nprint the version, as the command \\fBversion\\fR does\n";
  } else if (!command.inherited_flags().empty()) {
    out += fmt::format(".PP\nThe options of every command are in \\fB{}\\fR(1).\n",
                       Roff(program.name()));
  }
  out += Exits(command);
  out += Environment(program, command);
  if (!command.examples().empty()) {
    out += ".SH EXAMPLES\n";
    for (const Example& example : command.examples()) {
      out += fmt::format(".PP\n{}\n.PP\n.nf\n.RS 4\n{}\n.RE\n.fi\n",
                         Roff(WithName(program, example.text)),
                         Roff(WithoutLastLineEnd(BrokenCommand(WithName(program, example.command),
                                                               0, kExampleColumns))));
    }
  }
  out += ".SH SEE ALSO\n" + see_also + "\n";
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> ManPages(const Program& program) {
  std::vector<std::pair<std::string, std::string>> pages;
  VisitCommands(program, [&](const Command& command, const std::string&) {
    pages.emplace_back(PageName(program, command) + ".1", Page(program, command));
  });
  return pages;
}

}  // namespace cairn::cli
