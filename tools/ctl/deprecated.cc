// tools/ctl/deprecated.cc: see deprecated.h.
#include "tools/ctl/deprecated.h"

#include <fmt/format.h>

#include "tools/utl/commands/commands.h"

namespace cairn::ctl {

namespace {

void Deprecate(cli::Command& command) {
  AddLockTimeoutFlag(command);
  command.Run([run = command.run()](cli::Invocation& in) {
    in.Note(fmt::format("Deprecated: Use `etcdutl snapshot {}` instead.\n", in.command().name()));
    return run(in);
  });
}

}  // namespace

void AddDeprecatedSnapshotCommands(cli::Command& group) {
  Deprecate(utl::AddSnapshotStatus(group));
  Deprecate(utl::AddSnapshotRestore(group));
}

void AddLockTimeoutFlag(cli::Command& command) {
  command.Duration("timeout", "10s",
                   "time to wait to obtain a file lock on db file, 0 to block indefinitely");
}

}  // namespace cairn::ctl
