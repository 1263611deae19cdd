// tools/ctl/commands/alarm.cc: the commands alarm list and alarm disarm.
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/maintenance.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using etcdserverpb::AlarmRequest;
using etcdserverpb::AlarmResponse;

Outcome RunList(cli::Invocation& in) {
  AlarmRequest request;
  request.set_action(AlarmRequest::GET);
  return Ask(in, client::kAlarm, request,
             [&](const AlarmResponse& response) { return PrintAlarms(response, StyleOf(in)); });
}

// One call an alarm; together their answers have no header.
Outcome RunDisarm(cli::Invocation& in) {
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  const client::Deadline deadline = CommandDeadline(in);
  AlarmRequest request;
  request.set_action(AlarmRequest::GET);
  AlarmResponse active;
  CAIRN_RETURN_IF_ERROR(client.Call(client::kAlarm, request, active, deadline));
  AlarmResponse all;
  for (const etcdserverpb::AlarmMember& alarm : active.alarms()) {
    request.set_action(AlarmRequest::DEACTIVATE);
    request.set_memberid(alarm.memberid());
    request.set_alarm(alarm.alarm());
    AlarmResponse disarmed;
    // A second time it does nothing.
    CAIRN_RETURN_IF_ERROR(client.Call(client::kAlarm, request, disarmed, deadline));
    all.mutable_alarms()->MergeFrom(disarmed.alarms());
  }
  return in.Print(PrintAlarms(all, StyleOf(in)));
}

}  // namespace

void AddAlarm(cli::Program& program) {
  cli::Command& group = program.root().Add(
      "alarm <subcommand>", "Alarm related commands. Use `{prog} alarm --help` to see subcommands");
  group.Long("Alarm related commands");

  group.Add("disarm", "Disarms all alarms")
      .Long(
          "Ends all alarms and prints them. NOSPACE should end after space was made (`{prog}\n"
          "compaction`, `{prog} defrag`): else it comes back with the next write.")
      .Args(0, 0, "alarm disarm command accepts no arguments", ExitCode::kBadArgs)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} alarm disarm", "Writes are taken again.")
      .Run(RunDisarm);

  group.Add("list", "Lists all alarms")
      .Long(
          "Prints a line for each alarm that is on: NOSPACE, a member's database has reached its\n"
          "quota; CORRUPT, a member's data differs from the others'.")
      .Args(0, 0, "alarm list command accepts no arguments", ExitCode::kBadArgs)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} alarm list", "All of them.")
      .Run(RunList);
}

}  // namespace cairn::ctl
