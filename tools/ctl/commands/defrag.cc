// tools/ctl/commands/defrag.cc: the command defrag: one endpoint after the other.
#include <fmt/format.h>

#include "gotext/units.h"
#include "os/interrupt.h"
#include "tools/ctl/alarms_left.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/deprecated.h"
#include "tools/ctl/each_endpoint.h"
#include "tools/utl/commands/commands.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Outcome;

Outcome RunDefrag(cli::Invocation& in) {
  if (!in.String("data-dir").empty()) {
    in.Note("Use `etcdutl defrag` instead. The --data-dir is going to be decomissioned in v3.6.\n");
    return utl::RunDefrag(in);
  }
  EachEndpoint connection = ConnectToEach(in, MemberListFrom::kLeader);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  const Status login = client.Login(DialDeadline(in));
  if (!login.ok()) return {ExitCode::kBadConnection, Message(login)};
  bool failed = false;
  // A member answers nobody while it defragments: never two at once.
  for (size_t at = 0; at < client.endpoints().size(); ++at) {
    const std::string& endpoint = client.endpoints()[at].text;
    const int64_t begun = SystemClock().MonotonicNanos();
    etcdserverpb::DefragmentResponse response;
    const Status done = client.CallAt(at, client::kDefragment, etcdserverpb::DefragmentRequest(),
                                      response, CommandDeadline(in));
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    const std::string took = FormatDuration(SystemClock().MonotonicNanos() - begun);
    if (done.ok()) {
      CAIRN_RETURN_IF_ERROR(in.Print(
          fmt::format("Finished defragmenting etcd member[{}]. took {}\n", endpoint, took)));
    } else {
      in.NoteError(fmt::format("Failed to defragment etcd member[{}]. took {}. ({})", endpoint,
                               took, Message(done)));
      failed = true;
    }
  }
  if (failed) return cli::Silent(ExitCode::kError);
  NoteAlarmsLeft(in, client);
  return absl::OkStatus();
}

}  // namespace

void AddDefrag(cli::Program& program) {
  cli::Command& command = program.root().Add(
      "defrag", "Defragments the storage of the etcd members with given endpoints");
  command
      .Args(0, 0, "defrag takes no arguments: endpoints are given by --endpoints",
            ExitCode::kBadArgs)
      .EtcdIgnoresMore()
      .Long(
          "Gives the free pages of members' databases back to the file system, one member after\n"
          "the other; a member answers no request meanwhile. Large databases need a longer\n"
          "--command-timeout.")
      .Example("{prog} defrag --cluster --command-timeout=60s", "All members, one by one.")
      .Exit(ExitCode::kError, "a member failed; the others were tried")
      .Exit(ExitCode::kBadConnection, "the user was refused")
      .Run(RunDefrag);
  AddClusterFlag(command);
  command
      .String("data-dir", "",
              "deprecated: defragments the data directory of a member that is not running")
      .Directory();
  AddLockTimeoutFlag(command);
}

}  // namespace cairn::ctl
