// cli/completion_bash.cc: the completion script for bash. It needs no helper library, since servers
// often lack bash-completion.
#include <fmt/format.h>

#include "cli/completion.h"
#include "cli/text.h"

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

// The arm of the case over "PATH:FLAG" that completes one flag's value.
std::string ValueArm(const std::string& path, const Flag& flag) {
  if (flag.type() == FlagType::kBool) return "";
  const std::string action = FileAction(flag.kind());
  std::string words;
  if (!flag.choices().empty()) words = fmt::format("words='{}'", Join(flag.choices(), " "));
  std::string pattern = fmt::format("{}:--{}", path, flag.name());
  if (flag.letter() != 0) pattern += fmt::format(" | {}:-{}", path, flag.letter());
  return fmt::format("    {})\n      {}\n      ;;\n", pattern,
                     !words.empty()   ? words
                     : action.empty() ? ":"
                                      : action);
}

}  // namespace

std::string BashCompletion(const Program& program) {
  const std::string& name = program.shown_name();
  std::string paths, values, flags, words;
  VisitCommands(program, [&](const Command& command, const std::string& path) {
    if (!path.empty()) paths += (paths.empty() ? "" : " | ") + path;
    // A flag of the root holds everywhere.
    for (const Flag* flag : command.flags()) values += ValueArm(path.empty() ? "*" : path, *flag);

    std::vector<std::string> names;
    for (const Flag* flag : FlagsAt(command)) names.push_back("--" + flag->name());
    names.push_back("--help");
    flags += fmt::format("    '{}') words='{}' ;;\n", path, Join(names, " "));

    std::vector<std::string> children = command.arg_choices();
    for (const Command* child : command.commands()) {
      if (!child->hidden()) children.push_back(child->name());
    }
    const std::string action = FileAction(command.arg_kind());
    if (!children.empty()) {
      words += fmt::format("    '{}') words='{}'{}{} ;;\n", path, Join(children, " "),
                           action.empty() ? "" : " ", action);
    } else if (!action.empty()) {
      words += fmt::format("    '{}') {} ;;\n", path, action);
    }
  });
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
    while IFS=$'\t' read -r candidate rest; do
      COMPREPLY+=("$(printf %q "${{candidate#"$cut"}}")")
    done < <({0} __complete "$live" "$full" -- "${{typed[@]:1}}" 2>/dev/null)
    [[ ${{COMPREPLY[0]}} == */ ]] && compopt -o nospace 2>/dev/null
    return 0
  fi
)live",
                                                                name);
  return fmt::format(R"(# bash completion for {0}; generated, see `{0} completion --help`.
_{0}() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} flag='' path='' word words='' files='' live='' next i

  # The words before the cursor: the path of commands, and the flag whose value is being typed.
  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    flag=''
    case $path:$word in
    {1})
      flag=$word
      [[ ${{COMP_WORDS[i + 1]}} == '=' ]] && ((i++))
      ((i++))
      ((i < COMP_CWORD)) && flag=''
      ;;
    *:-*) ;;
    *)
      next=${{path:+$path/}}$word
      case $next in
      {2}) path=$next ;;
      esac
      ;;
    esac
  done
  [[ $cur == '=' ]] && cur=''

  if [[ -n $flag ]]; then
    case $path:$flag in
{3}    esac
  elif [[ $cur == -* ]]; then
    case $path in
{4}    esac
  else
    case $path in
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
                     name, Join(ValueFlagPatterns(program), " | "), paths, values, flags, words,
                     live);
}

}  // namespace cairn::cli
