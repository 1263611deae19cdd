// tools/ctl/confirm.h: a question before what can't be taken back.
#pragma once

#include <string_view>

#include "cli/program.h"

namespace cairn::ctl {

// --dry-run and --yes.
void AddConfirmFlags(cli::Command& command);

// Asks on a terminal and is OK with "y" or "yes"; no answer is "not confirmed". Nobody is asked
// with
// --yes, when stdin or stdout is no terminal, or when the program is called etcdctl: a script goes
// on as with etcdctl, also at the pseudo-terminal of ssh -tt, kubectl exec -it or expect.
cli::Outcome Confirm(cli::Invocation& in, std::string_view question);
bool WouldAsk(cli::Invocation& in);

}  // namespace cairn::ctl
