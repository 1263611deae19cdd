// tools/ctl/commands/compaction.cc: the command compaction.
#include <fmt/format.h>

#include "gotext/number.h"
#include "tools/ctl/alarms_left.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/confirm.h"
#include "tools/ctl/connection.h"

namespace cairn::ctl {

namespace {

using cli::Outcome;

Outcome RunCompaction(cli::Invocation& in) {
  const std::string& text = in.args()[0];
  CAIRN_ASSIGN_OR_RETURN(const int64_t revision, ParseGoInt64(text, 10));
  if (revision <= 0) {
    return {cli::ExitCode::kError, fmt::format("revision must be positive, got {}", revision)};
  }
  const bool physical = in.Bool("physical");
  if (in.Bool("dry-run")) {
    return in.Print(fmt::format(
        "would compact revision {}: what keys were before it can't be read or watched any more\n",
        revision));
  }
  if (physical) {
    Outcome confirmed = Confirm(
        in,
        fmt::format("Compact revision {} and wait until the old revisions are removed?", revision));
    if (!confirmed.status.ok()) return confirmed;
  }
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  etcdserverpb::CompactionRequest request;
  request.set_revision(revision);
  request.set_physical(physical);
  etcdserverpb::CompactionResponse response;
  CAIRN_RETURN_IF_ERROR(
      connection.client->Call(client::kCompact, request, response, CommandDeadline(in)));
  CAIRN_RETURN_IF_ERROR(in.Print(fmt::format("compacted revision {}\n", revision)));
  NoteAlarmsLeft(in, *connection.client);
  return absl::OkStatus();
}

}  // namespace

void AddCompaction(cli::Program& program) {
  cli::Command& command =
      program.root().Add("compaction [options] <revision>", "Compacts the event history in etcd");
  command
      .Long(
          "Forgets what keys were before a revision. The space becomes free inside the database;\n"
          "`{prog} defrag` gives it back to the file system.")
      .Args(1, 1, "compaction command needs 1 argument", cli::ExitCode::kBadArgs)
      .NumberArgs()
      .Example("{prog} compaction 10000", "Everything before revision 10000.")
      .Run(RunCompaction);
  command.Bool("physical", false,
               "'true' to wait for compaction to physically remove all old revisions");
  AddConfirmFlags(command);
}

}  // namespace cairn::ctl
