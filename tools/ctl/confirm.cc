// tools/ctl/confirm.cc: see confirm.h.
#include "tools/ctl/confirm.h"

#include <fmt/format.h>

#include "os/standard_streams.h"
#include "os/terminal.h"

namespace cairn::ctl {

void AddConfirmFlags(cli::Command& command) {
  command.Bool("dry-run", false, "say what would happen, and change nothing");
  command.Bool("yes", false, "don't ask on a terminal");
}

bool WouldAsk(cli::Invocation& in) {
  return !in.program().compat() && !in.Bool("yes") && InputIsTerminal() &&
         IsTerminal(StandardStream::kOutput);
}

cli::Outcome Confirm(cli::Invocation& in, std::string_view question) {
  if (!WouldAsk(in)) return absl::OkStatus();
  // A question that goes into a file would be waited for by nobody.
  const StandardStream shown =
      IsTerminal(StandardStream::kError) ? StandardStream::kError : StandardStream::kOutput;
  CAIRN_RETURN_IF_ERROR(WriteStandard(shown, fmt::format("{} [y/N] ", question)));
  std::string answer;
  CAIRN_ASSIGN_OR_RETURN(const InputLine read, ReadInputLine(answer));
  if (read != InputLine::kWhole) {
    CAIRN_RETURN_IF_ERROR(WriteStandard(shown, "\n"));
    return {cli::ExitCode::kError,
            "not confirmed, the input ended: nothing was changed (--yes asks nothing)"};
  }
  if (answer == "y" || answer == "Y" || answer == "yes") return absl::OkStatus();
  return {cli::ExitCode::kError, "not confirmed: nothing was changed"};
}

}  // namespace cairn::ctl
