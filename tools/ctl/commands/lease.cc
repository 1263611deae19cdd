// tools/ctl/commands/lease.cc: the commands lease grant, revoke, timetolive, list and keep-alive.
#include <fmt/format.h>

#include "base/clock.h"
#include "base/event.h"
#include "client/keep_alive.h"
#include "gotext/number.h"
#include "os/interrupt.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/lease.h"
#include "tools/ctl/kv_requests.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using etcdserverpb::LeaseKeepAliveResponse;

constexpr int64_t kSecond = 1'000'000'000;
// After a failed renewal.
constexpr int64_t kPauseNanos = kSecond / 2;
constexpr const char* kNotFound = "etcdserver: requested lease not found";

Outcome Failed(std::string_view what, const Status& status) {
  if (absl::IsCancelled(status)) return status;
  return {ExitCode::kError, fmt::format("{} ({})", what, Message(status))};
}

// What etcdctl ends with a connection's exit code, whatever it was.
Outcome BadConnection(const Status& status) {
  if (absl::IsCancelled(status)) return DieQuietly();
  return {ExitCode::kBadConnection, Message(status)};
}

// The server says that the lease is gone. etcdctl ends well then, or with --once as without a
// server; we tell by the exit code what was found.
Outcome Gone(cli::Invocation& in, ExitCode of_etcdctl) {
  if (in.program().compat()) {
    if (of_etcdctl == ExitCode::kSuccess) return absl::OkStatus();
    return {of_etcdctl, kNotFound};
  }
  return of_etcdctl == ExitCode::kSuccess ? cli::Silent(ExitCode::kError, kNotFound)
                                          : Outcome(ExitCode::kError, kNotFound);
}

Outcome RunGrant(cli::Invocation& in) {
  const auto ttl = ParseGoInt64(in.args()[0], 10);
  if (!ttl.ok()) return BadArgs(fmt::format("bad TTL ({})", Message(ttl.status())));
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  etcdserverpb::LeaseGrantRequest request;
  request.set_ttl(*ttl);
  etcdserverpb::LeaseGrantResponse response;
  const Status granted =
      connection.client->Call(client::kLeaseGrant, request, response, CommandDeadline(in));
  if (!granted.ok()) return Failed("failed to grant lease", granted);
  return in.Print(PrintLeaseGrant(response, StyleOf(in)));
}

Outcome RunRevoke(cli::Invocation& in) {
  const auto id = ParseLeaseId(in.args()[0], "bad lease ID arg");
  if (!id.ok()) return BadArgs(Message(id.status()));
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  etcdserverpb::LeaseRevokeRequest request;
  request.set_id(*id);
  etcdserverpb::LeaseRevokeResponse response;
  const Status revoked =
      connection.client->Call(client::kLeaseRevoke, request, response, CommandDeadline(in));
  if (!revoked.ok()) return Failed("failed to revoke lease", revoked);
  return in.Print(PrintLeaseRevoke(*id, response, StyleOf(in)));
}

Outcome RunTimeToLive(cli::Invocation& in) {
  const auto id = ParseLeaseId(in.args()[0], "bad lease ID arg");
  if (!id.ok()) return BadArgs(Message(id.status()));
  Connection connection = ConnectAndWait(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  etcdserverpb::LeaseTimeToLiveRequest request;
  request.set_id(*id);
  request.set_keys(in.Bool("keys"));
  etcdserverpb::LeaseTimeToLiveResponse response;
  const Status asked =
      connection.client->Call(client::kLeaseTimeToLive, request, response, DeadlineIfGiven(in));
  if (!asked.ok()) return BadConnection(asked);
  CAIRN_RETURN_IF_ERROR(in.Print(PrintLeaseTimeToLive(response, in.Bool("keys"), StyleOf(in))));
  if (response.ttl() < 0) return Gone(in, ExitCode::kSuccess);
  return absl::OkStatus();
}

Outcome RunList(cli::Invocation& in) {
  Connection connection = ConnectAndWait(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  etcdserverpb::LeaseLeasesResponse response;
  const Status asked =
      connection.client->Call(client::kLeaseLeases, {}, response, DeadlineIfGiven(in));
  if (!asked.ok()) return BadConnection(asked);
  return in.Print(PrintLeaseList(response, StyleOf(in)));
}

// How long the lease may live when it was not renewed until now.
Outcome NotRenewed(int64_t id, int64_t ttl, const Status& status) {
  if (ttl == 0) return BadConnection(status);
  return {ExitCode::kBadConnection,
          fmt::format("lease {:016x} could not be renewed for its {} s, so that it may have "
                      "expired: {}",
                      id, ttl, Message(status))};
}

// Three times a TTL, until the lease is gone or has been out of reach for a TTL.
Outcome KeepAlive(cli::Invocation& in, client::Client& client, int64_t id) {
  // Nobody knows yet how long it lives, so that there is no time in which to try again.
  client::Deadline alive = CommandDeadline(in);
  int64_t ttl = 0;
  for (;;) {
    const auto beat = client::KeepAliveOnce(client, id, alive);
    CAIRN_RETURN_IF_ERROR(CheckInterrupt().ok() ? absl::OkStatus() : DieQuietly());
    int64_t pause_nanos = kPauseNanos;
    if (beat.ok()) {
      if (beat->ttl() <= 0) break;
      CAIRN_RETURN_IF_ERROR(in.Print(PrintLeaseKeepAlive(*beat, StyleOf(in))));
      ttl = beat->ttl();
      alive = client::Deadline::After(ttl * kSecond);
      pause_nanos = ttl * kSecond / 3;
    } else if (alive.LeftNanos() == 0 || !absl::IsUnavailable(beat.status())) {
      if (absl::IsDeadlineExceeded(beat.status()) || absl::IsUnavailable(beat.status())) {
        return NotRenewed(id, ttl, beat.status());
      }
      return BadConnection(beat.status());
    }
    Event pause;
    const OnInterrupt wake([&] { pause.Set(); });
    if (pause.Wait(pause_nanos)) return DieQuietly();
  }
  CAIRN_RETURN_IF_ERROR(in.Print(PrintLeaseGone(id, StyleOf(in))));
  return Gone(in, ExitCode::kSuccess);
}

Outcome RunKeepAlive(cli::Invocation& in) {
  const auto id = ParseLeaseId(in.args()[0], "bad lease ID arg");
  if (!id.ok()) return BadArgs(Message(id.status()));
  const bool once = in.Bool("once");
  Connection connection = once ? ConnectAndWait(in) : Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  if (!once) return KeepAlive(in, *connection.client, *id);
  const auto beat = client::KeepAliveOnce(*connection.client, *id, DeadlineIfGiven(in));
  if (!beat.ok()) return BadConnection(beat.status());
  if (beat->ttl() <= 0) return Gone(in, ExitCode::kBadConnection);
  return in.Print(PrintLeaseKeepAlive(*beat, StyleOf(in)));
}

cli::Command& Base(cli::Command& command) {
  return command.Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Exit(ExitCode::kBadFeature, "the answer has no such output format")
      .Exit(ExitCode::kBadArgs, "the arguments make no sense; nothing was sent");
}

}  // namespace

void AddLease(cli::Program& program) {
  cli::Command& lease = program.root().Add(
      "lease <subcommand>", "Lease related commands. Use `{prog} lease --help` to see subcommands");
  lease.Long("Lease related commands");

  Base(lease.Add("grant <ttl>", "Creates leases"))
      .Long(
          "Creates a lease that lives TTL seconds, and longer when it is kept alive. Keys that "
          "are\n"
          "put with it go when it ends. The server raises a TTL that is too small for its "
          "election\n"
          "timeout.")
      .Args(1, 1, "lease grant command needs TTL argument", ExitCode::kBadArgs)
      .Example("{prog} lease grant 60", "A lease of a minute.")
      .Run(RunGrant);

  Base(lease.Add("revoke <leaseID>", "Revokes leases"))
      .Long("Ends a lease, and deletes the keys that were put with it.")
      .Args(1, 1, "lease revoke command needs 1 argument", ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kLease)
      .Example("{prog} lease revoke 694d81417acd4754", "The id is as `lease list` prints it.")
      .Run(RunRevoke);

  cli::Command& ttl = lease.Add("timetolive <leaseID> [options]", "Get lease information");
  Base(ttl)
      .Long(
          "Tells how long a lease was granted for, how many seconds are left, and with --keys "
          "which\n"
          "keys go with it. Waits until a server answers, unless --command-timeout is given.")
      .Args(1, 1, "lease timetolive command needs lease ID as argument", ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kLease)
      .Example("{prog} lease timetolive 694d81417acd4754 --keys", "With its keys.")
      .Exit(ExitCode::kError, "the lease is gone (0 under the name etcdctl)")
      .Exit(ExitCode::kBadConnection, "no server answered, or the server refused")
      .Run(RunTimeToLive);
  ttl.Bool("keys", false, "get keys attached to this lease");

  Base(lease.Add("list", "List all active leases"))
      .Args(0, 0, "lease list takes no arguments", ExitCode::kBadArgs)
      .EtcdIgnoresMore()
      .Long(
          "Lists the ids of all leases. Waits until a server answers, unless --command-timeout is\n"
          "given.")
      .Example("{prog} lease list", "All of them.")
      .Exit(ExitCode::kBadConnection, "no server answered, or the server refused")
      .Run(RunList);

  cli::Command& keep_alive =
      lease.Add("keep-alive [options] <leaseID>", "Keeps leases alive (renew)");
  Base(keep_alive)
      .Long(
          "Renews a lease three times in its TTL, and prints a line each time, until the lease is\n"
          "gone or could not be renewed for as long as it lives. The first renewal must succeed\n"
          "within --command-timeout; with --once it is waited for, unless that is given.")
      .Args(1, 1, "lease keep-alive command needs lease ID as argument", ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kLease)
      .Example("{prog} lease keep-alive 694d81417acd4754", "Until it is interrupted.")
      .Example("{prog} lease keep-alive --once 694d81417acd4754", "One renewal.")
      .Exit(ExitCode::kError,
            "the lease expired or was revoked (under the name etcdctl 0, and with --once 2)")
      .Exit(ExitCode::kBadConnection,
            "no server answered: it is not known whether the lease still exists")
      .Run(RunKeepAlive);
  keep_alive.Bool("once", false,
                  "resets the keep-alive time to its original value and exits immediately");
}

}  // namespace cairn::ctl
