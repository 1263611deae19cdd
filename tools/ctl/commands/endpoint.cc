// tools/ctl/commands/endpoint.cc: the commands endpoint health, status and hashkv: all endpoints at
// once.
#include <fmt/format.h>

#include <optional>

#include "base/parallel.h"
#include "gotext/units.h"
#include "os/interrupt.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/each_endpoint.h"
#include "tools/ctl/format/endpoint.h"
#include "tools/ctl/space_advice.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using client::Client;
using etcdserverpb::HashKVRequest;
using etcdserverpb::HashKVResponse;
using etcdserverpb::StatusResponse;

// "" when there is none and an error when they can't be had.
StatusOr<std::string> ActiveAlarms(Client& client, size_t at, client::Deadline deadline) {
  etcdserverpb::AlarmRequest request;
  etcdserverpb::AlarmResponse response;
  CAIRN_RETURN_IF_ERROR(client.CallAt(at, client::kAlarm, request, response, deadline));
  if (response.alarms().empty()) return std::string();
  std::string text = "Active Alarm(s): ";
  for (const etcdserverpb::AlarmMember& alarm : response.alarms()) {
    const bool known =
        alarm.alarm() == etcdserverpb::NOSPACE || alarm.alarm() == etcdserverpb::CORRUPT;
    text += (known ? etcdserverpb::AlarmType_Name(alarm.alarm()) : "UNKNOWN") + " ";
  }
  return text;
}

// The whole reason of an endpoint's trouble, after what `health.error` says of it.
struct Health {
  EndpointHealth health;
  std::string reason;
};

// A read that needs a quorum, of a key that needs no permission to be refused, and the alarms.
Health AskHealth(Client& client, size_t at, client::Deadline deadline) {
  Health result;
  result.health.endpoint = client.endpoints()[at].text;
  const int64_t begun = SystemClock().MonotonicNanos();
  etcdserverpb::RangeRequest request;
  request.set_key("health");
  etcdserverpb::RangeResponse response;
  const Status read = client.CallAt(at, client::kRange, request, response, deadline);
  result.health.took = FormatDuration(SystemClock().MonotonicNanos() - begun);
  if (!read.ok() && Message(read) != "etcdserver: permission denied") {
    result.reason = Message(read);
    result.health.error =
        absl::IsDeadlineExceeded(read) && !result.reason.starts_with("etcdserver: ")
            ? "context deadline exceeded"
            : result.reason;
    return result;
  }
  const StatusOr<std::string> alarms = ActiveAlarms(client, at, deadline);
  result.health.error = alarms.ok() ? *alarms : "Unable to fetch the alarm list";
  if (!alarms.ok()) {
    result.reason = fmt::format("{} ({})", result.health.error, Message(alarms.status()));
  }
  result.health.health = result.health.error.empty();
  return result;
}

bool IsUntold(const Health& result) {
  return !result.reason.empty() && result.reason != result.health.error;
}

// What is well is a result, what isn't a message.
Status PrintHealthLine(cli::Invocation& in, Health& result) {
  if (IsUntold(result)) result.health.error = result.reason;
  const bool healthy = result.health.error.empty();
  const std::vector<EndpointHealth> one{std::move(result.health)};
  if (healthy) return in.Print(PrintEndpointHealth(one, StyleOf(in)));
  std::string line = UnhealthyLines(one, StyleOf(in));
  line.pop_back();
  in.NoteError(line);
  return absl::OkStatus();
}

Outcome RunHealth(cli::Invocation& in) {
  EachEndpoint connection = ConnectToEach(in, MemberListFrom::kAnyMember);
  if (!connection.outcome.status.ok()) return connection.outcome;
  Client& client = *connection.client;
  const size_t count = client.endpoints().size();
  std::vector<Health> results(count);
  std::vector<EndpointHealth> all;
  bool healthy = true, no_space = false;
  const Status login = client.Login(DialDeadline(in));
  const auto ask = [&](size_t at) {
    if (login.ok()) {
      results[at] = AskHealth(client, at, CommandDeadline(in));
    } else {
      results[at].health.endpoint = client.endpoints()[at].text;
      results[at].health.error = Message(login);
    }
    return absl::OkStatus();
  };
  const auto tell = [&](size_t at) -> Status {
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    healthy = healthy && results[at].health.error.empty();
    no_space = no_space || results[at].health.error.find("NOSPACE") != std::string::npos;
    if (in.format() == Format::kSimple) return PrintHealthLine(in, results[at]);
    if (IsUntold(results[at])) {
      in.NoteError(fmt::format("{}: {}", results[at].health.endpoint, results[at].reason));
    }
    all.push_back(std::move(results[at].health));
    return absl::OkStatus();
  };
  CAIRN_RETURN_IF_ERROR(RunInParallel(count, ask, tell));
  if (in.format() != Format::kSimple) {
    CAIRN_RETURN_IF_ERROR(in.Print(PrintEndpointHealth(all, StyleOf(in))));
  }
  if (healthy) return absl::OkStatus();
  if (no_space && !in.program().compat()) in.Note(SpaceAdvice(in.program()));
  return {ExitCode::kError, "unhealthy cluster"};
}

// Asks all endpoints for a Response by `ask(at, response, deadline)` and prints the answers; `what`
// failed where there is none: the last reason is in `failed`. Under etcd's name such an endpoint
// has no row. What is a line an endpoint is printed as soon as it and those before it are there.
template <typename Response, typename Answer, typename AskOne>
Status AskEach(cli::Invocation& in, const Client& client, std::string_view what,
               std::string (*print)(const std::vector<Answer>&, const Style&), Status& failed,
               AskOne ask) {
  const size_t count = client.endpoints().size();
  std::vector<Response> responses(count);
  std::vector<Status> statuses(count);
  std::vector<Answer> answers;
  const auto ask_one = [&](size_t at) {
    statuses[at] = ask(at, responses[at], CommandDeadline(in));
    return absl::OkStatus();
  };
  const auto tell = [&](size_t at) -> Status {
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    const std::string& endpoint = client.endpoints()[at].text;
    if (!statuses[at].ok()) {
      failed = statuses[at];
      in.NoteError(
          fmt::format("Failed to get the {} of endpoint {} ({})", what, endpoint, Message(failed)));
      if (in.program().compat()) return absl::OkStatus();
    }
    Answer answer{endpoint, std::move(responses[at]), std::string(Message(statuses[at]))};
    if (in.format() == Format::kSimple) return in.Print(print({std::move(answer)}, StyleOf(in)));
    answers.push_back(std::move(answer));
    return absl::OkStatus();
  };
  CAIRN_RETURN_IF_ERROR(RunInParallel(count, ask_one, tell));
  if (in.format() == Format::kSimple) return absl::OkStatus();
  return in.Print(print(answers, StyleOf(in)));
}

// Endpoints that were asked for, with a token where one is needed: exit code 2 without it.
EachEndpoint ConnectWithToken(cli::Invocation& in) {
  EachEndpoint connection = ConnectToEach(in, MemberListFrom::kAnyMember);
  if (!connection.outcome.status.ok()) return connection;
  const Status login = connection.client->Login(DialDeadline(in));
  if (!login.ok()) connection.outcome = {ExitCode::kBadConnection, Message(login)};
  return connection;
}

Outcome RunStatus(cli::Invocation& in) {
  EachEndpoint connection = ConnectWithToken(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  Client& client = *connection.client;
  Status failed = absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(AskEach<StatusResponse>(
      in, client, "status", PrintEndpointStatus, failed,
      [&](size_t at, StatusResponse& response, client::Deadline deadline) {
        return client.CallAt(at, client::kStatus, etcdserverpb::StatusRequest(), response,
                             deadline);
      }));
  if (!failed.ok() || connection.without_leader) return cli::Silent(ExitCode::kError);
  return absl::OkStatus();
}

Outcome RunHashKv(cli::Invocation& in) {
  EachEndpoint connection = ConnectWithToken(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  Client& client = *connection.client;
  HashKVRequest request;
  request.set_revision(in.Int64("rev"));
  Status failed = absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(AskEach<HashKVResponse>(
      in, client, "hash", PrintEndpointHashKv, failed,
      [&](size_t at, HashKVResponse& response, client::Deadline deadline) {
        return client.CallAt(at, client::kHashKV, request, response, deadline);
      }));
  CAIRN_RETURN_IF_ERROR(failed);
  if (connection.without_leader) return cli::Silent(ExitCode::kError);
  return absl::OkStatus();
}

// `endpoint health 10.0.0.1:2379` would ask another endpoint than the one that is named.
cli::Command& NoWords(cli::Command& command) {
  return command
      .Args(0, 0,
            fmt::format("endpoint {} takes no arguments: endpoints are given by --endpoints",
                        command.name()),
            ExitCode::kBadArgs)
      .EtcdIgnoresMore();
}

}  // namespace

void AddEndpoint(cli::Program& program) {
  cli::Command& group = program.root().Add(
      "endpoint <subcommand>",
      "Endpoint related commands. Use `{prog} endpoint --help` to see subcommands");
  group.Long("Endpoint related commands");
  AddClusterFlag(group);

  NoWords(
      group.Add("health", "Checks the healthiness of endpoints specified in `--endpoints` flag"))
      .Long(
          "Asks all endpoints at once for a read that needs a quorum, and for alarms. Healthy "
          "ones\n"
          "are printed on stdout, the others on stderr; other formats have all of them on stdout.")
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kTable})
      .Example("{prog} endpoint health", "Those of --endpoints.")
      .Example("{prog} endpoint health --cluster -w table", "All members.")
      .Exit(ExitCode::kError, "an endpoint is not healthy")
      .Run(RunHealth);

  NoWords(group.Add("status", "Prints out the status of endpoints specified in `--endpoints` flag"))
      .Long(
          "Prints a line for each endpoint: endpoint, ID, version, storage version, db size, in\n"
          "use, percentage not in use, quota, is leader, is learner, raft term, raft index, raft\n"
          "applied index, errors, downgrade target version, downgrade enabled. An endpoint that\n"
          "doesn't answer is reported on stderr, and has a row with the reason among the errors\n"
          "(in json \"Status\":null and \"Error\"); etcdctl has no row for it.")
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kTable})
      .Example("{prog} endpoint status --cluster -w table", "All members as a table.")
      .Example("{prog} endpoint status -w json | jq '.[0].Status.header.revision'",
               "The latest revision.")
      .Exit(ExitCode::kError, "an endpoint gave no answer")
      .Exit(ExitCode::kBadConnection, "the user was refused")
      .Run(RunStatus);

  cli::Command& hashkv =
      group.Add("hashkv", "Prints the KV history hash for each endpoint in --endpoints");
  NoWords(hashkv)
      .Long(
          "Prints the hash of all keys' history up to a revision. Members whose hashes differ at\n"
          "one revision and one compaction don't hold the same data.")
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kTable})
      .Example("{prog} endpoint hashkv --cluster --rev=1000", "All members at revision 1000.")
      .Exit(ExitCode::kError, "an endpoint gave no answer")
      .Exit(ExitCode::kBadConnection, "the user was refused")
      .Run(RunHashKv);
  hashkv.Int64("rev", 0, "maximum revision to hash (default: latest revision)");
}

}  // namespace cairn::ctl
