// tools/ctl/wait_for_server.h: commands that wait for as long as it takes: watch, lock, lease list,
// ….
#pragma once

#include "tools/ctl/connection.h"

namespace cairn::ctl {

// As Connect, and waits for a server without end. When none has answered within --dial-timeout,
// says so on stderr, once.
Connection ConnectPatiently(cli::Invocation& in);

// --command-timeout from now if it was asked for, else never.
client::Deadline PatientDeadline(cli::Invocation& in);

// Ends the program by the signal that came, without a word: what a command does that etcdctl lets
// the signal kill.
inline Status DieQuietly() { return absl::CancelledError(""); }

}  // namespace cairn::ctl
