// cli/completion_powershell.cc: the completion script for PowerShell: a table from the path of
// commands to the words that may follow.
#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "cli/completion.h"
#include "cli/usage.h"

namespace cairn::cli {

namespace {

std::string Quote(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace

std::string PowershellCompletion(const Program& program) {
  const std::string& name = program.shown_name();
  std::string table, positions, value_flags;
  for (const std::string& word : ValueFlagPatterns(program)) {
    value_flags += (value_flags.empty() ? "" : ", ") + Quote(word);
  }
  VisitCommands(program, [&](const Command& command, const std::string& path) {
    std::string words;
    const auto add = [&](std::string_view word, std::string_view help) {
      words += fmt::format("            @({}, {})\n", Quote(word), Quote(help));
    };
    for (const Command* child : command.commands()) {
      if (!child->hidden()) add(child->name(), WithName(program, child->summary()));
    }
    for (const Flag* flag : FlagsAt(command)) add("--" + flag->name(), flag->help());
    add("--help", "help");
    for (const auto& [at, position] : PositionsOf(command)) {
      const std::string_view live = LiveKind(position.kind);
      if (live.empty() && position.choices.empty()) continue;  // files, which it offers by itself
      positions += fmt::format(
          "        {} = {}\n",
          Quote(fmt::format("{}:{}", path, at == kAnyNumber ? "*" : std::to_string(at))),
          live.empty() ? "'=" + absl::StrJoin(position.choices, " ") + "'" : Quote(live));
    }
    table += fmt::format("        {} = @(\n{}        )\n", Quote(path), words);
  });
  return fmt::format(R"(# PowerShell completion for {0}; generated, see `{0} completion --help`.
Register-ArgumentCompleter -Native -CommandName '{0}' -ScriptBlock {{
    param($wordToComplete, $commandAst, $cursorPosition)
    $table = @{{
{1}    }}
    # What an argument names: the cluster is asked for it, or behind "=" stands all there is.
    $positions = @{{
{3}    }}
    $path = ''
    $count = 0
    $words = @()
    $skip = $false
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {{
        $word = $element.ToString()
        if ($element.Extent.EndOffset -ge $cursorPosition) {{ break }}
        $words += $word
        if ($skip) {{ $skip = $false; continue }}
        $flag = "$path" + ':' + $word
        if (@({2}) | Where-Object {{ $flag -like $_ }}) {{ $skip = $true; continue }}
        $next = if ($path) {{ "$path/$word" }} else {{ $word }}
        if ($count -eq 0 -and $table.ContainsKey($next)) {{ $path = $next }}
        elseif (-not $word.StartsWith('-')) {{ $count++ }}
    }}
    $kind = $positions["${{path}}:$count"]
    if (-not $kind) {{ $kind = $positions["${{path}}:*"] }}
    if ($kind -and -not $wordToComplete.StartsWith('-')) {{
        $found = if ($kind.StartsWith('=')) {{ $kind.Substring(1).Split(' ') }}
        else {{ & {0} __complete $kind $wordToComplete '--' @words 2>$null }}
        $found | Where-Object {{ $_ -like "$wordToComplete*" }} | ForEach-Object {{
            $parts = "$_".Split("`t")
            [System.Management.Automation.CompletionResult]::new(
                $parts[0], $parts[0], 'ParameterValue', $parts[-1])
        }}
    }}
    $table[$path] | Where-Object {{ $_[0] -like "$wordToComplete*" }} | ForEach-Object {{
        [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
    }}
}}
)",
                     name, table, value_flags, positions);
}

}  // namespace cairn::cli
