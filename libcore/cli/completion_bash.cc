// cli/completion_bash.cc: the completion script for bash. It needs no helper library, since servers
// often lack bash-completion.
#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "cli/completion.h"

namespace cairn::cli {

namespace {

// What completes a value of this kind.
std::string FileAction(ValueKind kind) {
  if (const std::string_view live = LiveKind(kind); !live.empty()) {
    return fmt::format("live={}", live);
  }
  switch (kind) {
    case ValueKind::kDirectory:
      return "files=dirs";
    case ValueKind::kDbFile:
      return "files=db";
    case ValueKind::kFile:
      return "files=all";
    default:
      break;
  }
  return "";
}

// What completes one word: a list, files, or names that the cluster knows.
std::string WordAction(ValueKind kind, const std::vector<std::string>& choices) {
  if (!choices.empty()) return fmt::format("words='{}'", absl::StrJoin(choices, " "));
  return FileAction(kind);
}

// The arm of the case over "PATH:FLAG" that completes one flag's value.
std::string ValueArm(const std::string& path, const Flag& flag,
                     const std::vector<std::string>& choices) {
  if (flag.type() == FlagType::kBool) return "";
  const std::string action = WordAction(flag.kind(), choices);
  std::string pattern = fmt::format("{}:--{}", path, flag.name());
  if (flag.letter() != 0) pattern += fmt::format(" | {}:-{}", path, flag.letter());
  return fmt::format("    {})\n      {}\n      ;;\n", pattern, action.empty() ? ":" : action);
}

}  // namespace

std::string BashCompletion(const Program& program) {
  const std::string& name = program.shown_name();
  std::string paths, values, root_values, flags, words;
  VisitCommands(program, [&](const Command& command, const std::string& path) {
    if (!path.empty()) paths += (paths.empty() ? "" : " | ") + path;
    for (const Flag* flag : command.flags()) {
      // A flag of the root holds everywhere, but not before what a command says of it.
      (path.empty() ? root_values : values) +=
          ValueArm(path.empty() ? "*" : path, *flag, flag->choices());
    }
    for (const Flag* flag : command.inherited_flags()) {
      const std::vector<std::string> choices = ChoicesAt(command, *flag);
      if (choices != flag->choices()) values += ValueArm(path, *flag, choices);
    }

    std::vector<std::string> names;
    for (const Flag* flag : FlagsAt(command)) names.push_back("--" + flag->name());
    names.push_back("--help");
    if (path.empty()) names.push_back("--version");
    flags += fmt::format("    '{}') words='{}' ;;\n", path, absl::StrJoin(names, " "));

    std::vector<std::string> children;
    for (const Command* child : command.commands()) {
      if (!child->hidden()) children.push_back(child->name());
    }
    const auto positions = PositionsOf(command);
    if (!children.empty()) {
      std::string action;
      if (!positions.empty()) action = FileAction(positions[0].second.kind);
      words += fmt::format("    '{}:0') words='{}'{}{} ;;\n", path, absl::StrJoin(children, " "),
                           action.empty() ? "" : " ", action);
    }
    for (const auto& [at, position] : positions) {
      if (!children.empty() && at == 0) continue;
      const std::string number = at == kAnyNumber ? "*" : std::to_string(at);
      words += fmt::format("    '{}:'{}) {} ;;\n", path, number,
                           WordAction(position.kind, position.choices));
    }
  });
  values += root_values;
  // {0} name, {1} flags with values, {2} paths, {3} values, {4} flags, {5} words, {6} live names
  // What the cluster is asked for. Words are cut at ":", so what stands before the last one is
  // typed already.
  const std::string live = !HasLiveNames(program) ? ""
                                                  : fmt::format(R"live(
  if [[ -n $live ]]; then
    local line=${{COMP_LINE:0:COMP_POINT}} full candidate rest cut=''
    local -a typed
    read -ra typed <<<"$line"
    full=${{line##*[[:space:]]}}
    [[ $full == --*=* ]] && full=${{full#*=}}
    [[ $COMP_WORDBREAKS == *:* ]] && cut=${{full%"${{full##*:}}"}}
    local -a found=() about=()
    while IFS=$'\t' read -r candidate rest; do
      printf -v candidate %q "${{candidate#"$cut"}}"
      found+=("$candidate")
      about+=("${{rest:+  ($rest)}}")
    done < <({0} __complete "$live" "$full" -- "${{typed[@]:1}}" 2>/dev/null)
    # Beside a choice stands what it is; what goes into the line is the word alone: the only one, or
    # one of those that menu-complete (37) and insert-completions (42) put there in turn.
    if ((${{#found[@]}} < 2)) || [[ ${{COMP_TYPE:-9}} == 37 || ${{COMP_TYPE:-9}} == 42 ]]; then
      about=()
    fi
    for ((i = 0; i < ${{#found[@]}}; i++)); do
      COMPREPLY+=("${{found[i]}}${{about[i]:-}}")
    done
    [[ ${{COMPREPLY[0]}} == */ ]] && compopt -o nospace 2>/dev/null
    return 0
  fi
)live",
                                                                name);
  return fmt::format(R"(# bash completion for {0}; generated, see `{0} completion --help`.
_{0}() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} flag='' path='' word words='' files='' live='' next i
  local -i count=0 plain=0  # arguments so far; whether "--" ended the flags

  # The words before the cursor: the path of commands, and the flag whose value is being typed.
  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    flag=''
    if ((plain)); then
      count+=1
      continue
    fi
    # A word that holds a colon comes in pieces.
    if [[ $word == ':' || ${{COMP_WORDS[i - 1]}} == ':' ]] && ((i > 1)); then
      continue
    fi
    case $path:$word in
    {1})
      flag=$word
      [[ ${{COMP_WORDS[i + 1]}} == '=' ]] && ((i++))
      ((i++))
      ((i < COMP_CWORD)) && flag=''
      ;;
    *:--) plain=1 ;;
    *:-*) ;;
    *)
      next=${{path:+$path/}}$word
      ((count)) && next=''
      case $next in
      {2}) path=$next ;;
      *) count+=1 ;;
      esac
      ;;
    esac
  done
  [[ $cur == '=' ]] && cur=''

  if [[ -n $flag ]]; then
    case $path:$flag in
{3}    esac
  elif [[ $cur == -* ]] && ((!plain)); then
    case $path in
{4}    esac
  else
    [[ $cur == ':' || ${{COMP_WORDS[COMP_CWORD - 1]}} == ':' ]] && ((count)) && count=count-1
    case $path:$count in
{5}    esac
  fi

  COMPREPLY=(){6}
  local IFS=$'\n'
  case $files in
  dirs) COMPREPLY=($(compgen -d -- "$cur")) ;;
  db) COMPREPLY=($(compgen -d -- "$cur"; compgen -f -X '!*.db' -- "$cur")) ;;
  all) COMPREPLY=($(compgen -f -- "$cur")) ;;
  *) IFS=$' \t\n' COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
  if [[ -n $files && -n $words ]]; then
    IFS=$' \t\n' COMPREPLY+=($(compgen -W "$words" -- "$cur"))
  fi
  [[ -n $files ]] && compopt -o filenames 2>/dev/null
  return 0
}}
complete -F _{0} {0}
)",
                     name, absl::StrJoin(ValueFlagPatterns(program), " | "), paths, values, flags,
                     words, live);
}

}  // namespace cairn::cli
