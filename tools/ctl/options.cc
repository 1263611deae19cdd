// tools/ctl/options.cc: the command options: the flags that every command has.
#include "base/standard_streams.h"
#include "cli/usage.h"
#include "tools/ctl/commands.h"

namespace cairn::ctl {

void AddOptions(cli::Program& program) {
  program.root()
      .Add("options", "Show the global command-line flags")
      .Long("Prints the flags that can be given to every command.")
      .Example("{prog} options", "All of them.")
      .Run([](cli::Invocation& in) -> cli::Outcome {
        return in.Print(
            "The following options can be passed to any command:\n\n" +
            cli::FlagLines(in.program().root().flags(), TerminalColumns(StandardStream::kOutput)));
      });
}

}  // namespace cairn::ctl
