// tools/ctl/alarms_left.h: a reminder that freed space alone doesn't let a cluster write again.
#pragma once

#include "cli/program.h"
#include "client/client.h"

namespace cairn::ctl {

// On stderr, when an alarm is still on: which, and that `alarm disarm` ends it. Silent when the
// alarms can't be asked for.
void NoteAlarmsLeft(cli::Invocation& in, client::Client& client);

}  // namespace cairn::ctl
