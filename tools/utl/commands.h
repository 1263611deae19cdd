// tools/utl/commands.h: the commands of cairnutl, one function and one file each.
#pragma once

#include "cli/program.h"

namespace cairn::utl {

void AddSnapshot(cli::Program& program);  // the group
void AddSnapshotStatus(cli::Command& group);
void AddSnapshotRestore(cli::Command& group);
void AddHashKv(cli::Program& program);
void AddDefrag(cli::Program& program);
void AddMigrate(cli::Program& program);
void AddVerify(cli::Program& program);

}  // namespace cairn::utl
