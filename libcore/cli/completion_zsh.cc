// cli/completion_zsh.cc: the completion script for zsh: one function a command, over _arguments.
#include <algorithm>

#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "cli/completion.h"
#include "cli/usage.h"

namespace cairn::cli {

namespace {

// Inside an _arguments specification these have a meaning of their own.
std::string Escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string Action(const std::string& program, ValueKind kind,
                   const std::vector<std::string>& choices) {
  if (!choices.empty()) return fmt::format("({})", absl::StrJoin(choices, " "));
  if (const std::string_view live = LiveKind(kind); !live.empty()) {
    return fmt::format("{{_{}_live {}}}", program, live);
  }
  switch (kind) {
    case ValueKind::kDirectory:
      return "_files -/";
    case ValueKind::kDbFile:
      return "_files -g \"*.db\"";
    case ValueKind::kFile:
      return "_files";
    default:
      break;
  }
  return " ";
}

std::string FlagSpecs(const std::string& program, const Command& command) {
  std::string out;
  for (const Flag* flag : FlagsAt(command)) {
    const bool takes_value = flag->type() != FlagType::kBool;
    const std::string help = fmt::format("[{}]", Escape(flag->help()));
    const std::string value =
        takes_value ? fmt::format(":{}:{}", flag->name(),
                                  Action(program, flag->kind(), ChoicesAt(command, *flag)))
                    : "";
    const std::string equals = takes_value ? "=" : "";
    if (flag->letter() != 0) {
      const std::string both = fmt::format("(-{0} --{1})", flag->letter(), flag->name());
      out +=
          fmt::format("    {} \\\n", ShellQuote(fmt::format("{}-{}{}{}{}", both, flag->letter(),
                                                            takes_value ? "+" : "", help, value)));
      out += fmt::format("    {} \\\n", ShellQuote(fmt::format("{}--{}{}{}{}", both, flag->name(),
                                                               equals, help, value)));
    } else {
      out += fmt::format("    {} \\\n",
                         ShellQuote(fmt::format("--{}{}{}{}", flag->name(), equals, help, value)));
    }
  }
  if (command.parent() == nullptr) out += "    '(- *)--version[version]' \\\n";
  out += "    '(- *)'{-h,--help}'[help]'";
  return out;
}

}  // namespace

std::string ZshCompletion(const Program& program) {
  const std::string& name = program.shown_name();
  std::string out = fmt::format(
      "#compdef {0}\n# zsh completion for {0}; generated, see `{0} completion --help`.\n", name);
  if (HasLiveNames(program)) {
    out += fmt::format(R"(
# Names that only the cluster knows.
_{0}_live() {{
  local -a lines found shown
  local line
  lines=("${{(@f)$({0} __complete $1 "$PREFIX" -- ${{(Q)${{(z)LBUFFER}}}} 2>/dev/null)}}")
  for line in $lines; do
    found+=("${{line%%$'\t'*}}")
    # Beside a choice stands what it is.
    shown+=("${{line/$'\t'/  -- }}")
  done
  (( $#found )) && compadd -S '' -d shown -- $found
}}
)",
                       name);
  }
  VisitCommands(program, [&](const Command& command, const std::string& path) {
    std::string function = fmt::format("_{}{}{}", name, path.empty() ? "" : "_", path);
    std::replace(function.begin(), function.end(), '/', '_');
    std::string items, arms;
    for (const Command* child : command.commands()) {
      if (child->hidden()) continue;
      items += fmt::format("    {}\n",
                           ShellQuote(fmt::format("{}:{}", child->name(),
                                                  Escape(WithName(program, child->summary())))));
      arms += fmt::format("      {}) {}_{} ;;\n", child->name(), function, child->name());
    }
    const auto positions = PositionsOf(command);
    std::string action = " ";
    if (!positions.empty()) {
      action = Action(name, positions[0].second.kind, positions[0].second.choices);
    }
    if (items.empty()) {
      out += fmt::format("\n{}() {{\n  _arguments -s \\\n{}", function, FlagSpecs(name, command));
      // _arguments knows the third only with the second before it.
      size_t next = 0;
      for (const auto& [at, position] : positions) {
        for (; at != kAnyNumber && next < at; ++next) {
          out += fmt::format(" \\\n    '{}:argument: '", next + 1);
        }
        const std::string number = at == kAnyNumber ? "*" : std::to_string(at + 1);
        out += fmt::format(" \\\n    {}",
                           ShellQuote(fmt::format("{}:argument:{}", number,
                                                  Action(name, position.kind, position.choices))));
        next = at + 1;
      }
      out += "\n}\n";
      return;
    }
    out += fmt::format(R"(
{0}() {{
  local line state
  local -a commands
  commands=(
{1}  )
  _arguments -s -C \
{2} \
    '1:command:->command' \
    '*::argument:->argument'
  case $state in
  command) _describe command commands{4} ;;
  argument)
    case $line[1] in
{3}    esac
    ;;
  esac
}}
)",
                       function, items, FlagSpecs(name, command), arms,
                       // A command that takes arguments besides.
                       command.run() && action != " " ? "; " + action : "");
  });
  // Found in $fpath the file is the function's body, sourced it only registers.
  out += fmt::format(
      "\nif [[ $funcstack[1] == _{0} ]]; then\n  _{0} \"$@\"\nelse\n  compdef _{0} {0}\nfi\n",
      name);
  return out;
}

}  // namespace cairn::cli
