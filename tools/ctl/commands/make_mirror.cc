// tools/ctl/commands/make_mirror.cc: the command make-mirror.
#include <fmt/format.h>

#include <algorithm>

#include "base/background_thread.h"
#include "base/event.h"
#include "client/mirror.h"
#include "gotext/quote.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/same_cluster.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Outcome;

constexpr uint64_t kDefaultMaxTxnOps = 128;
constexpr int64_t kTellEveryNanos = 30'000'000'000;

Connection ConnectDestination(cli::Invocation& in) {
  const auto fail = [](Outcome outcome) { return Connection{nullptr, std::move(outcome)}; };
  client::ClientOptions options;
  auto endpoints = client::ParseEndpoints(in.args()[0]);
  if (!endpoints.ok()) return fail(BadArgs(Message(endpoints.status())));
  options.endpoints = *std::move(endpoints);
  options.tls.ca_file = in.String("dest-cacert");
  options.tls.cert_file = in.String("dest-cert");
  options.tls.key_file = in.String("dest-key");
  options.tls.insecure_transport = in.Bool("dest-insecure-transport");
  ReadTransport(in, options);
  const Status user = ReadCredentials(in.String("dest-user"), in.String("dest-password"),
                                      "Destination Password: ", options);
  if (!user.ok()) return fail(user);
  Connection connection = LogIn(in, MakeConnection(std::move(options)));
  if (!connection.outcome.status.ok()) return connection;
  // A mirror that is started with a wrong address would wait for it without a word.
  const auto answered = connection.client->Connect(DialDeadline(in));
  if (absl::IsCancelled(answered.status())) return fail(DieQuietly());
  if (!answered.ok()) {
    return fail({ExitCode::kBadConnection,
                 fmt::format("the destination does not answer: {}", Message(answered.status()))});
  }
  return connection;
}

client::MirrorOptions OptionsOf(cli::Invocation& in) {
  client::MirrorOptions options;
  options.prefix = in.String("prefix");
  options.new_prefix = in.String("dest-prefix").empty() && !in.Bool("no-dest-prefix")
                           ? options.prefix
                           : in.String("dest-prefix");
  options.max_txn_ops = std::max<uint64_t>(in.Uint64("max-txn-ops"), 1);
  options.write_deadline = [&in] { return DialDeadline(in); };
  options.note = [&in](std::string_view text) { in.Note(text); };
  return options;
}

Outcome RunMakeMirror(cli::Invocation& in) {
  if (in.Bool("no-dest-prefix") && !in.String("dest-prefix").empty()) {
    return BadArgs(
        "`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one");
  }
  Connection destination = ConnectDestination(in);
  if (!destination.outcome.status.ok()) return destination.outcome;
  Connection source = ConnectAndWait(in);
  if (!source.outcome.status.ok()) return source.outcome;
  client::Mirror mirror(*source.client, *destination.client, OptionsOf(in));
  if (mirror.FeedsItself()) {
    const auto shared =
        SharedClusterId(*source.client, *destination.client, client::Deadline::Never());
    if (absl::IsCancelled(shared.status())) return DieQuietly();
    CAIRN_RETURN_IF_ERROR(shared.status());
    if (*shared != 0) {
      return BadArgs(fmt::format(
          "source and destination are one cluster ({:x}), and what is written there would be "
          "mirrored again, without end: nothing was written. Name another destination{}",
          *shared,
          in.String("prefix").empty()
              ? ""
              : fmt::format(", or a --dest-prefix outside of {}", QuoteGo(in.String("prefix")))));
    }
  }
  Event stop;
  auto telling = BackgroundThread::Start([&] {
    while (!stop.Wait(kTellEveryNanos)) (void)in.Print(fmt::format("{}\n", mirror.total()));
  });
  CAIRN_RETURN_IF_ERROR(telling.status());
  const Status ended = mirror.Run(in.Int64("rev"));
  stop.Set();
  telling->reset();
  return absl::IsCancelled(ended) ? DieQuietly() : ended;
}

}  // namespace

void AddMakeMirror(cli::Program& program) {
  cli::Command& mirror = program.root().Add("make-mirror [options] <destination>",
                                            "Makes a mirror at the destination etcd cluster");
  mirror
      .Long(
          "Copies all keys, or those with a prefix, to another cluster, and then every change as "
          "it\n"
          "happens, until it is interrupted. What was written in one transaction arrives in one, "
          "if\n"
          "it has at most --max-txn-ops changes. Prints each 30 seconds how many changes were "
          "passed\n"
          "on. Leases are not mirrored, and keys that only the destination has stay there.\n"
          "\n"
          "With --rev nothing is copied first: the changes from that revision on are passed on.\n"
          "\n"
          "A destination that is the source itself is refused when its keys would be mirrored "
          "again.")
      .Args(1, 1, "make-mirror takes one destination argument", ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kEndpoint)
      .Example("{prog} make-mirror 10.0.0.9:2379 --prefix=/config/", "What is below /config/.")
      .Example("{prog} make-mirror 10.0.0.9:2379 --prefix=/a/ --dest-prefix=/b/",
               "/a/x becomes /b/x.")
      .Exit(ExitCode::kBadConnection, "the destination does not answer, or refused the user")
      .Exit(ExitCode::kBadArgs, "the arguments make no sense; nothing was sent")
      .Run(RunMakeMirror);
  mirror.String("prefix", "", "key-value prefix to mirror");
  mirror.Int64("rev", 0, "specify the kv revision to start to mirror");
  mirror.Uint64("max-txn-ops", kDefaultMaxTxnOps,
                "maximum number of operations permitted in a transaction during syncing updates");
  mirror.String("dest-prefix", "",
                "destination prefix to mirror a prefix to a different prefix in the destination "
                "cluster");
  mirror.Bool("no-dest-prefix", false, "mirror key-values to the root of the destination cluster");
  mirror
      .String("dest-cert", "",
              "identify secure client using this TLS certificate file for the destination cluster")
      .File();
  mirror.String("dest-key", "", "identify secure client using this TLS key file").File();
  mirror
      .String("dest-cacert", "",
              "verify certificates of TLS enabled secure servers using this CA bundle")
      .File();
  mirror.Bool("dest-insecure-transport", true, "disable transport security for client connections");
  mirror.String("dest-user", "",
                "destination username[:password] for authentication (prompt if password is not "
                "supplied)");
  mirror.String("dest-password", "",
                "destination password for authentication (if this option is used, --dest-user "
                "option shouldn't include password)");
}

}  // namespace cairn::ctl
