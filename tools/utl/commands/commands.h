// tools/utl/commands/commands.h: the commands of cairnutl, one function and one file each.
#pragma once

#include "cli/program.h"

namespace cairn::utl {

void AddSnapshot(cli::Program& program);  // the group
cli::Command& AddSnapshotExtract(cli::Command& group);
cli::Command& AddSnapshotStatus(cli::Command& group);
cli::Command& AddSnapshotRestore(cli::Command& group);
void AddBbolt(cli::Program& program);  // the group
cli::Command& AddBboltCheck(cli::Command& group);
cli::Command& AddBboltSurgery(cli::Command& group);
void AddHashKv(cli::Program& program);
void AddBackup(cli::Program& program);
void AddCheck(cli::Program& program);  // the group
void AddDefrag(cli::Program& program);
void AddDiff(cli::Program& program);
void AddInspect(cli::Program& program);  // the group
cli::Command& AddInspectAuth(cli::Command& group);
cli::Command& AddInspectBuckets(cli::Command& group);
cli::Command& AddInspectKeys(cli::Command& group);
cli::Command& AddInspectLeases(cli::Command& group);
cli::Command& AddInspectMembers(cli::Command& group);
cli::Command& AddInspectPages(cli::Command& group);
cli::Command& AddInspectSnap(cli::Command& group);
cli::Command& AddInspectSpace(cli::Command& group);
cli::Command& AddInspectWal(cli::Command& group);
void AddMigrate(cli::Program& program);
void AddSalvage(cli::Program& program);
cli::Command& AddSalvageWal(cli::Command& group);
void AddRecover(cli::Program& program);  // the group
void AddVerify(cli::Program& program);

// What `snapshot restore --cluster` does.
cli::Outcome RunRestoreCluster(cli::Invocation& in);
// One line on stderr: what --kubernetes did, and why.
void NoteKubernetesBump(cli::Invocation& in, int64_t revision);

// What `defrag` does, for a command that has --data-dir and --timeout.
cli::Outcome RunDefrag(cli::Invocation& in);

}  // namespace cairn::utl
