// tools/ctl/commands/lock.cc: the command lock.
#include <fmt/format.h>

#include "os/interrupt.h"
#include "os/subprocess.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/get.h"
#include "tools/ctl/lock_queue.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Format;
using cli::Outcome;

constexpr int64_t kDefaultTtl = 10;
// What etcd's client takes when the TTL is not positive.
constexpr int64_t kSessionTtl = 60;

// The lock is the command's for as long as it runs, whatever signals come.
Outcome RunLocked(cli::Invocation& in, const std::vector<std::string>& words,
                  const client::Session& session, const client::QueuePlace& place) {
  const HoldInterrupts hold;
  CAIRN_ASSIGN_OR_RETURN(const ProcessEnd end,
                         RunProgram(words, {"ETCD_LOCK_KEY=" + place.key(),
                                            fmt::format("ETCD_LOCK_REV={}", place.revision())}));
  if (session.lost()) {
    in.Note("Warning: the lock was lost while the command ran: its lease could not be renewed");
  }
  if (end.ok()) return absl::OkStatus();
  return {static_cast<ExitCode>(end.exit_code), end.Text()};
}

// Prints the key, and has the lock until a signal comes.
Outcome Hold(cli::Invocation& in, client::Client& client, client::Session& session,
             const client::QueuePlace& place) {
  etcdserverpb::RangeRequest request;
  request.set_key(place.key());
  etcdserverpb::RangeResponse response;
  const Status read = client.Call(client::kRange, request, response, DeadlineIfGiven(in));
  if (absl::IsCancelled(read)) return {ExitCode::kError, "context canceled"};
  CAIRN_RETURN_IF_ERROR(read);
  if (response.kvs().empty()) return {ExitCode::kError, "lock lost on init"};
  CAIRN_RETURN_IF_ERROR(in.Print(PrintGet(response, StyleOf(in))));
  return HoldUntilSignal(session, "session expired");
}

Outcome RunLock(cli::Invocation& in) {
  const std::string& name = in.args()[0];
  const std::vector<std::string> words(in.args().begin() + 1, in.args().end());
  if (words.empty() && in.format() == Format::kTable) {
    return {ExitCode::kBadFeature, "table not supported as output format"};
  }
  Connection connection = ConnectAndWait(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  const int64_t ttl = in.Int64("ttl") > 0 ? in.Int64("ttl") : kSessionTtl;
  return HoldPlace(in, client, name, "", ttl,
                   [&](client::Session& session, client::QueuePlace& place) -> Outcome {
                     if (!words.empty()) return RunLocked(in, words, session, place);
                     return Hold(in, client, session, place);
                   });
}

}  // namespace

void AddLock(cli::Program& program) {
  cli::Command& lock =
      program.root().Add("lock <lockname> [exec-command arg1 arg2 ...]", "Acquires a named lock");
  lock.Long(
          "Waits for a lock. With a command, runs it while it has the lock, and ends with its "
          "exit\n"
          "code; ETCD_LOCK_KEY and ETCD_LOCK_REV in its environment are the lock's key and the\n"
          "store's revision when the lock was had. Without a command, prints the key, and has the\n"
          "lock until it is interrupted (SIGINT, SIGTERM).\n"
          "\n"
          "The lock is given back at the end. If this program dies before, or loses the cluster, "
          "the\n"
          "lock is free again after --ttl seconds.")
      .Args(1, SIZE_MAX, "lock takes a lock name argument and an optional command to execute",
            ExitCode::kBadArgs)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf, Format::kTable})
      .Example("{prog} lock nightly -- /usr/local/bin/backup --all", "One backup at a time.")
      .Example("{prog} lock maintenance", "Has the lock until Ctrl-C.")
      .Environment("ETCD_LOCK_KEY, ETCD_LOCK_REV", "set for the command that has the lock")
      .Exit(ExitCode::kBadFeature, "the answer has no such output format")
      .Exit(ExitCode::kBadArgs, "the arguments make no sense; nothing was sent")
      .Run(RunLock);
  lock.Int64("ttl", kDefaultTtl, "timeout for session");
}

}  // namespace cairn::ctl
