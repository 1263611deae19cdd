// tools/ctl/wait_for_server.h: for commands that wait for a server without a limit: watch, lock,
// lease list, ….
#pragma once

#include "tools/ctl/connection.h"

namespace cairn::ctl {

// As Connect, for a command whose calls wait for a server without a limit: if none has answered
// within --dial-timeout, says so on stderr, once.
Connection ConnectAndWait(cli::Invocation& in);

// --command-timeout from now if it is given, else never.
client::Deadline DeadlineIfGiven(cli::Invocation& in);

// Stops the program by the signal that came, without a message, as etcdctl, which the signal kills.
inline Status DieQuietly() { return absl::CancelledError(""); }

}  // namespace cairn::ctl
