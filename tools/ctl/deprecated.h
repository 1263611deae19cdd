// tools/ctl/deprecated.h: what etcdctl of 3.4 and 3.5 did to files, by cairnutl's code.
#pragma once

#include "cli/program.h"

namespace cairn::ctl {

// `snapshot status` and `snapshot restore`, each after the notice that etcdctl 3.5 gives.
void AddDeprecatedSnapshotCommands(cli::Command& group);

// --timeout: how long cairnutl's code waits for the lock of a file.
void AddLockTimeoutFlag(cli::Command& command);

}  // namespace cairn::ctl
