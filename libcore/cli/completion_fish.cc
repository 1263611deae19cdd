// cli/completion_fish.cc: the completion script for fish: one `complete` line a word.
#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "cli/completion.h"
#include "cli/usage.h"

namespace cairn::cli {

namespace {

std::string Quote(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string ValueAction(const std::string& program, ValueKind kind,
                        const std::vector<std::string>& choices) {
  if (const std::string_view live = LiveKind(kind); !live.empty()) {
    return fmt::format(" -a '(__{}_live {})'", program, live);
  }
  if (!choices.empty()) return fmt::format(" -a {}", Quote(absl::StrJoin(choices, " ")));
  switch (kind) {
    case ValueKind::kDirectory:
      return " -a '(__fish_complete_directories)'";
    case ValueKind::kDbFile:
      return " -a '(__fish_complete_suffix .db)'";
    case ValueKind::kFile:
      return " -F";
    default:
      break;
  }
  return "";
}

std::string QuotedPatterns(const Program& program) {
  std::string text;
  for (const std::string& pattern : ValueFlagPatterns(program)) {
    if (!text.empty()) text += ' ';
    text += Quote(pattern);
  }
  return text;
}

}  // namespace

std::string FishCompletion(const Program& program) {
  const std::string& name = program.shown_name();
  std::string paths, lines;
  lines += fmt::format("complete -c {0} -n '__{0}_at \"\" 0' -l version -d version\n", name);
  VisitCommands(program, [&](const Command& command, const std::string& path) {
    if (!path.empty()) paths += " " + path;
    const auto condition = [&](std::string_view number) {
      return fmt::format(
          "complete -c {} -n {}", name,
          Quote(fmt::format("__{}_at \"{}\"{}{}", name, path, number.empty() ? "" : " ", number)));
    };
    const std::string at = condition("");
    for (const Command* child : command.commands()) {
      if (child->hidden()) continue;
      lines += fmt::format("{} -a {} -d {}\n", condition("0"), child->name(),
                           Quote(WithName(program, child->summary())));
    }
    for (const auto& [count, position] : PositionsOf(command)) {
      lines += condition(count == kAnyNumber ? "" : std::to_string(count)) +
               ValueAction(name, position.kind, position.choices) + "\n";
    }
    for (const Flag* flag : command.flags()) {
      // A flag of the root holds everywhere.
      lines += path.empty() ? fmt::format("complete -c {}", name) : at;
      lines += fmt::format(" -l {}", flag->name());
      if (flag->letter() != 0) lines += fmt::format(" -s {}", flag->letter());
      if (flag->type() != FlagType::kBool) {
        // With -x fish refuses -F.
        lines += flag->kind() == ValueKind::kFile ? " -r" : " -x";
        // What -w may be is said for each command below.
        if (flag->name() != "write-out") lines += ValueAction(name, flag->kind(), flag->choices());
      }
      lines += fmt::format(" -d {}\n", Quote(flag->help()));
    }
    for (const Flag* flag : FlagsAt(command)) {
      if (flag->name() != "write-out") continue;
      lines += fmt::format("{} -l {} -s {} -x -a {}\n", at, flag->name(), flag->letter(),
                           Quote(absl::StrJoin(ChoicesAt(command, *flag), " ")));
    }
  });
  const std::string live = !HasLiveNames(program) ? ""
                                                  : fmt::format(R"(
# Names that only the cluster knows.
function __{0}_live
    set -l typed (commandline -ct | string replace -r '^--[^=]*=' '')
    {0} __complete $argv[1] "$typed" -- (commandline -opc) 2>/dev/null
end
)",
                                                                name);
  return fmt::format(R"(# fish completion for {0}; generated, see `{0} completion --help`.

# Whether the commands typed so far are $argv[1] ("snapshot/restore"), with as many arguments behind
# them as $argv[2] says, if it is given.
function __{0}_at
    set -l path ''
    set -l count 0
    set -l plain 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        if test $plain = 1
            set count (math $count + 1)
            continue
        end
        switch $path:$word
            case {1}
                set skip 1
            case '*:--'
                set plain 1
            case '*:-*'
            case '*'
                set -l next $path/$word
                if test -z "$path"
                    set next $word
                end
                if test $count = 0; and contains -- $next{2}
                    set path $next
                else
                    set count (math $count + 1)
                end
        end
    end
    test "$path" = "$argv[1]"; and begin
        test (count $argv) = 1; or test $count = "$argv[2]"
    end
end
{4}
complete -c {0} -f
complete -c {0} -l help -s h -d 'help'
{3})",
                     name, QuotedPatterns(program), paths, lines, live);
}

}  // namespace cairn::cli
