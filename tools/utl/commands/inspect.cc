// tools/utl/commands/inspect.cc: the group `cairnutl inspect`.
#include "tools/utl/commands/commands.h"

namespace cairn::utl {

void AddInspect(cli::Program& program) {
  cli::Command& group =
      program.root().Add("inspect <subcommand>", "Looks into snapshots, db files and logs");
  group.Long(
      "Shows what lies in a snapshot, a db file or a data directory, and where its bytes are. The\n"
      "files are only read.");
  AddInspectAuth(group);
  AddInspectBuckets(group);
  AddInspectKeys(group);
  AddInspectLeases(group);
  AddInspectMembers(group);
  AddInspectPages(group);
  AddInspectSnap(group);
  AddInspectSpace(group);
  AddInspectWal(group);
}

}  // namespace cairn::utl
