// tools/utl/commands/snapshot.cc: the group `cairnutl snapshot`.
#include "tools/utl/commands/commands.h"

namespace cairn::utl {

void AddSnapshot(cli::Program& program) {
  cli::Command& group = program.root().Add("snapshot <subcommand>", "Manages etcd node snapshots");
  group.Long(
      "Looks into snapshots that `etcdctl snapshot save` made, restores members from them, and\n"
      "takes keys out of them.");
  AddSnapshotExtract(group);
  AddSnapshotStatus(group);
  AddSnapshotRestore(group);
}

}  // namespace cairn::utl
