// tools/common/completion.cc: the command `completion SHELL`, and the hidden `__man DIR` that
// writes the man pages.
#include "cli/completion.h"

#include "base/staged_output.h"
#include "cli/man_page.h"
#include "tools/common/commands.h"

namespace cairn::tools {

void AddCompletion(cli::Program& program) {
  program.root()
      .Add("completion [bash|zsh|fish|powershell]", "Generate completion script")
      .Long(
          "Prints a script that teaches a shell to complete the commands, flags and file names of\n"
          "{prog}. The scripts for bash, zsh and fish are installed with the program already.")
      .Example("source <({prog} completion bash)", "For this bash session.")
      .Example("{prog} completion bash > /etc/bash_completion.d/{prog}", "For every bash session.")
      .Example("{prog} completion zsh > \"${fpath[1]}/_{prog}\"", "For every zsh session.")
      .Example("{prog} completion fish > ~/.config/fish/completions/{prog}.fish",
               "For every fish session.")
      .Args(1, 1)
      .ArgChoices({"bash", "zsh", "fish", "powershell"})
      .Run([](cli::Invocation& in) {
        // The choices were checked, so there is a shell.
        return in.Print(CompletionScript(in.program(), *cli::ParseShell(in.args()[0])));
      });

  program.root()
      .Add("__man <directory>", "Writes the man pages into a directory")
      .Args(1, 1)
      .Hidden()
      .Run([](cli::Invocation& in) -> Status {
        CAIRN_RETURN_IF_ERROR(MakeDirs(PosixFs(), in.args()[0], 0755));
        for (const auto& [name, content] : ManPages(in.program())) {
          CAIRN_RETURN_IF_ERROR(
              WriteFileAtomically(PosixFs(), JoinPath(in.args()[0], name), content, 0644));
        }
        return absl::OkStatus();
      });
}

}  // namespace cairn::tools
