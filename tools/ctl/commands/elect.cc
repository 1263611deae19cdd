// tools/ctl/commands/elect.cc: the command elect.
#include <fmt/format.h>

#include "client/key_prefix.h"
#include "client/watcher.h"
#include "os/interrupt.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/get.h"
#include "tools/ctl/lock_queue.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using client::Watcher;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;

constexpr int64_t kSessionTtl = 60;

Outcome Campaign(cli::Invocation& in, client::Client& client, const std::string& name,
                 const std::string& proposal) {
  return HoldPlace(in, client, name, proposal, kSessionTtl,
                   [&](client::Session& session, client::QueuePlace& place) -> Outcome {
                     RangeRequest request;
                     request.set_key(place.key());
                     RangeResponse response;
                     const Status read =
                         client.Call(client::kRange, request, response, DeadlineIfGiven(in));
                     if (absl::IsCancelled(read)) return {ExitCode::kError, "context canceled"};
                     CAIRN_RETURN_IF_ERROR(read);
                     CAIRN_RETURN_IF_ERROR(in.Print(PrintGet(response, StyleOf(in))));
                     return HoldUntilSignal(session, "elect: session expired");
                   });
}

// What a leader is told by: the header and the pair of its proposal.
Status Tell(cli::Invocation& in, const etcdserverpb::ResponseHeader& header,
            const mvccpb::KeyValue& kv) {
  RangeResponse leader;
  *leader.mutable_header() = header;
  *leader.add_kvs() = kv;
  return in.Print(PrintGet(leader, StyleOf(in)));
}

Status Gone(const Watcher::Answer& answer) {
  return Status(absl::StatusCode::kUnknown,
                fmt::format("elect: observer lost ({})", answer.reason));
}

// Waits for the first put below `prefix` from `revision` on, and tells it. OK without a leader: it
// has to be looked for again.
Status AwaitLeader(cli::Invocation& in, client::Client& client, const std::string& prefix,
                   int64_t revision, RangeResponse& leader) {
  Watcher watcher(client);
  etcdserverpb::WatchCreateRequest request;
  client::SetPrefixRange(prefix, request);
  request.set_start_revision(revision);
  watcher.Add(std::move(request));
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(const Watcher::Answer answer, watcher.Next());
    if (answer.response.compact_revision() != 0) return absl::OkStatus();
    if (answer.response.canceled()) return Gone(answer);
    for (const mvccpb::Event& event : answer.response.events()) {
      if (event.type() != mvccpb::Event::PUT) continue;
      *leader.mutable_header() = answer.response.header();
      leader.mutable_header()->set_revision(event.kv().mod_revision());
      *leader.add_kvs() = event.kv();
      return Tell(in, leader.header(), event.kv());
    }
  }
}

// Tells each further proposal of the leader, until its key is deleted.
Status FollowLeader(cli::Invocation& in, client::Client& client, const RangeResponse& leader) {
  Watcher watcher(client);
  etcdserverpb::WatchCreateRequest request;
  request.set_key(leader.kvs(0).key());
  request.set_start_revision(leader.header().revision() + 1);
  watcher.Add(std::move(request));
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(const Watcher::Answer answer, watcher.Next());
    if (answer.response.compact_revision() != 0) return absl::OkStatus();
    if (answer.response.canceled()) return Gone(answer);
    for (const mvccpb::Event& event : answer.response.events()) {
      if (event.type() == mvccpb::Event::DELETE) return absl::OkStatus();
      CAIRN_RETURN_IF_ERROR(Tell(in, answer.response.header(), event.kv()));
    }
  }
}

// Leader after leader.
Status Observe(cli::Invocation& in, client::Client& client, const std::string& name) {
  const std::string prefix = name + "/";
  for (;;) {
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    const RangeRequest request = client::FirstInQueue(prefix);
    RangeResponse leader;
    CAIRN_RETURN_IF_ERROR(client.Call(client::kRange, request, leader, DeadlineIfGiven(in)));
    if (leader.kvs().empty()) {
      CAIRN_RETURN_IF_ERROR(AwaitLeader(in, client, prefix, leader.header().revision(), leader));
    } else {
      CAIRN_RETURN_IF_ERROR(Tell(in, leader.header(), leader.kvs(0)));
    }
    if (!leader.kvs().empty()) CAIRN_RETURN_IF_ERROR(FollowLeader(in, client, leader));
  }
}

Outcome RunElect(cli::Invocation& in) {
  const bool listen = in.Bool("listen");
  if (in.args().size() == 1 && !listen) return BadArgs("no proposal argument but -l not set");
  if (in.args().size() == 2 && listen) return BadArgs("proposal given but -l is set");
  Connection connection = ConnectAndWait(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  const std::string& name = in.args()[0];
  if (!listen) return Campaign(in, *connection.client, name, in.args()[1]);
  const Status observed = Observe(in, *connection.client, name);
  if (absl::IsCancelled(observed)) return absl::OkStatus();
  return observed;
}

}  // namespace

void AddElect(cli::Program& program) {
  cli::Command& elect = program.root().Add("elect <election-name> [proposal]",
                                           "Observes and participates in leader election");
  elect
      .Long(
          "With a proposal, waits to be elected, prints the key and the proposal, and leads until\n"
          "it is interrupted (SIGINT, SIGTERM); then the next one leads. If this program dies\n"
          "before, or loses the cluster, the next one leads after 60 seconds.\n"
          "\n"
          "With --listen, prints each leader and its proposals.")
      .Args(1, 2, "elect takes one election name argument and an optional proposal argument",
            ExitCode::kBadArgs)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} elect scheduler $(hostname)", "Leads until Ctrl-C.")
      .Example("{prog} elect scheduler --listen", "Who leads.")
      .Exit(ExitCode::kBadFeature, "the answer has no such output format")
      .Exit(ExitCode::kBadArgs, "the arguments make no sense; nothing was sent")
      .Run(RunElect);
  elect.Bool("listen", false, "observation mode").Short('l');
}

}  // namespace cairn::ctl
