// tools/ctl/commands/move_leader.cc: the command move-leader.
#include <fmt/format.h>

#include <atomic>

#include "base/parallel.h"
#include "os/interrupt.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/maintenance.h"
#include "tools/ctl/member_name.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using client::Client;
using client::Deadline;
using etcdserverpb::StatusResponse;

constexpr size_t kNobody = SIZE_MAX;
// How long an endpoint is waited for until it is looked whether another one is the leader.
constexpr int64_t kTurnNanos = 250'000'000;

struct Leader {
  size_t endpoint = kNobody;
  uint64_t id = 0;
};

// The endpoint that is the leader. Endpoints that are down matter only when there is none.
StatusOr<Leader> FindLeader(Client& client, Deadline deadline) {
  const size_t count = client.endpoints().size();
  std::vector<StatusResponse> responses(count);
  std::vector<Status> statuses(count);
  std::atomic<size_t> leader = kNobody;
  CAIRN_RETURN_IF_ERROR(RunInParallel(count, [&](size_t at) {
    do {
      statuses[at] = client.CallAt(at, client::kStatus, etcdserverpb::StatusRequest(),
                                   responses[at], deadline.Earlier(Deadline::After(kTurnNanos)));
      if (statuses[at].ok()) {
        const StatusResponse& response = responses[at];
        if (response.header().member_id() == response.leader()) leader = at;
        break;
      }
    } while (leader == kNobody && deadline.LeftNanos() > 0 && CheckInterrupt().ok() &&
             (absl::IsDeadlineExceeded(statuses[at]) || absl::IsUnavailable(statuses[at])));
    return absl::OkStatus();
  }));
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  if (leader != kNobody) return Leader{leader, responses[leader].leader()};
  for (const Status& status : statuses) CAIRN_RETURN_IF_ERROR(status);
  return Leader();
}

Outcome RunMoveLeader(cli::Invocation& in) {
  const Status checked = CheckMemberWord(in.program(), in.args()[0]);
  if (!checked.ok()) return BadArgs(Message(checked));
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  Client& client = *connection.client;
  const MemberWord target = ReadMemberWord(in, client, in.args()[0]);
  if (!target.outcome.status.ok()) return target.outcome;
  const Deadline deadline = CommandDeadline(in);
  CAIRN_ASSIGN_OR_RETURN(const Leader leader, FindLeader(client, deadline));
  if (leader.endpoint == kNobody) {
    std::string list;
    for (const client::Endpoint& endpoint : client.endpoints()) {
      list += (list.empty() ? "" : " ") + endpoint.text;
    }
    return BadArgs(fmt::format("no leader endpoint given at [{}]", list));
  }
  etcdserverpb::MoveLeaderRequest request;
  request.set_targetid(target.id);
  etcdserverpb::MoveLeaderResponse response;
  CAIRN_RETURN_IF_ERROR(
      client.CallAt(leader.endpoint, client::kMoveLeader, request, response, deadline));
  return in.Print(PrintMoveLeader(leader.id, target.id, response, StyleOf(in)));
}

}  // namespace

void AddMoveLeader(cli::Program& program) {
  program.root()
      .Add("move-leader <transferee-member-id>",
           "Transfers leadership to another etcd cluster member.")
      .Long(
          "Hands leadership to a member. --endpoints must hold the leader's, or all: the leader "
          "is\n"
          "looked for among them.")
      .Args(1, 1, "move-leader command needs 1 argument", ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kMember)
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} move-leader 8211f1d0f64f3269", "Before its present leader is stopped.")
      .Exit(ExitCode::kBadArgs, "that is not a member, or no endpoint is the leader")
      .Run(RunMoveLeader);
}

}  // namespace cairn::ctl
