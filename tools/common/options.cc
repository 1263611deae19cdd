// tools/common/options.cc: the command options: the flags that every command has.
#include <fmt/format.h>

#include "cli/usage.h"
#include "os/standard_streams.h"
#include "tools/common/commands.h"

namespace cairn::tools {

void AddOptions(cli::Program& program) {
  program.root()
      .Add("options", "Show the global command-line flags")
      .Long("Prints the flags that can be given to every command.")
      .Example("{prog} options", "All of them.")
      .Run([](cli::Invocation& in) -> cli::Outcome {
        const std::string& prefix = in.program().environment_prefix();
        std::string environment;
        if (!prefix.empty()) {
          environment = fmt::format(
              "\nThe environment can set them too: {0}_WRITE_OUT is --write-out, and so on.\n",
              prefix);
        }
        return in.Print(
            "The following options can be passed to any command:\n\n" +
            cli::FlagLines(in.program().root().flags(), TerminalColumns(StandardStream::kOutput)) +
            environment);
      });
}

}  // namespace cairn::tools
