// tools/ctl/confirm.h: a question before what can't be taken back.
#pragma once

#include <string_view>

#include "cli/program.h"

namespace cairn::ctl {

// --dry-run and --yes.
void AddConfirmFlags(cli::Command& command);

// Asks on a terminal and is OK with "y" or "yes". Nobody is asked with --yes, or when stdin or
// stdout is no terminal: a script goes on as with etcdctl.
cli::Outcome Confirm(cli::Invocation& in, std::string_view question);
bool WouldAsk(cli::Invocation& in);

}  // namespace cairn::ctl
