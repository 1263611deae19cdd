// tools/ctl/commands/make_mirror.cc: the command make-mirror.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>

#include "base/background_thread.h"
#include "base/event.h"
#include "client/key_prefix.h"
#include "client/range_pages.h"
#include "client/watcher.h"
#include "gotext/quote.h"
#include "os/interrupt.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/same_cluster.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Outcome;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;
using etcdserverpb::RequestOp;
using etcdserverpb::TxnRequest;

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

class Mirror {
 public:
  Mirror(cli::Invocation& in, client::Client& source, client::Client& destination)
      : in_(in),
        source_(source),
        destination_(destination),
        prefix_(in.String("prefix")),
        new_prefix_(in.String("dest-prefix").empty() && !in.Bool("no-dest-prefix")
                        ? prefix_
                        : in.String("dest-prefix")),
        max_txn_ops_(std::max<uint64_t>(in.Uint64("max-txn-ops"), 1)) {}

  // Whether what is written there would be mirrored again, were it the source itself: without end,
  // as keys get no shorter.
  bool FeedsItself() const { return new_prefix_.starts_with(prefix_); }
  const std::string& prefix() const { return prefix_; }

  // Changes that were passed on. Any thread.
  int64_t total() const { return total_; }

  // Without `start` everything that is there now, then what changes; else what changes from that
  // revision on.
  Status Run(int64_t start) {
    int64_t revision = start - 1;
    if (revision <= 0) {
      CAIRN_ASSIGN_OR_RETURN(revision, CopyBase());
    }
    return Follow(revision + 1);
  }

 private:
  // A mirrored write has the same effect when it comes twice.
  template <typename Request, typename Response>
  Status Write(const client::Method<Request, Response>& method, const Request& request) {
    Response response;
    Status written = destination_.Call(method.Repeatable(), request, response, DialDeadline(in_));
    if (absl::IsDeadlineExceeded(written) || absl::IsUnavailable(written)) {
      if (!std::exchange(away_, true)) {
        in_.Note(
            fmt::format("the destination does not answer, still trying: {}", Message(written)));
      }
      written =
          destination_.Call(method.Repeatable(), request, response, client::Deadline::Never());
    }
    if (written.ok() && std::exchange(away_, false)) in_.Note("the destination answers again");
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    return Annotate(written, "destination");
  }

  std::string NewKey(const std::string& key) const {
    return new_prefix_ + key.substr(std::min(key.size(), prefix_.size()));
  }

  // The revision at which all was read.
  StatusOr<int64_t> CopyBase() {
    RangeRequest request;
    client::SetPrefixRange(prefix_, request);
    client::RangePages pages(std::move(request));
    CAIRN_ASSIGN_OR_RETURN(const auto bounded, source_.WithMemory(client::kPageMemoryBytes));
    while (!pages.done()) {
      RangeResponse page;
      client::Client& client = pages.request().limit() == 1 ? source_ : *bounded;
      const Status asked =
          client.Call(client::kRange, pages.request(), page, client::Deadline::Never());
      if (client::Client::TooLarge(asked) && pages.Shrink()) continue;
      CAIRN_RETURN_IF_ERROR(asked);
      CAIRN_RETURN_IF_ERROR(pages.Take(page));
      for (const mvccpb::KeyValue& kv : page.kvs()) {
        etcdserverpb::PutRequest put;
        put.set_key(NewKey(kv.key()));
        put.set_value(kv.value());
        CAIRN_RETURN_IF_ERROR(Write(client::kPut, put));
        ++total_;
      }
    }
    return pages.request().revision();
  }

  Status Follow(int64_t revision) {
    client::Watcher watcher(source_);
    etcdserverpb::WatchCreateRequest request;
    client::SetPrefixRange(prefix_, request);
    request.set_start_revision(revision);
    watcher.Add(std::move(request));
    for (;;) {
      CAIRN_ASSIGN_OR_RETURN(const client::Watcher::Answer answer, watcher.Next());
      if (answer.response.canceled()) {
        return Status(absl::StatusCode::kUnknown, answer.reason);
      }
      CAIRN_RETURN_IF_ERROR(PassOn(answer.response));
    }
  }

  // A transaction for each revision, more of them if it holds more than --max-txn-ops changes. A
  // fragment may end within one.
  Status PassOn(const etcdserverpb::WatchResponse& response) {
    for (const mvccpb::Event& event : response.events()) {
      const bool next = event.kv().mod_revision() != revision_;
      if (next || static_cast<uint64_t>(txn_.success_size()) >= max_txn_ops_) {
        CAIRN_RETURN_IF_ERROR(Commit(txn_));
      }
      revision_ = event.kv().mod_revision();
      RequestOp& op = *txn_.add_success();
      if (event.type() == mvccpb::Event::DELETE) {
        op.mutable_request_delete_range()->set_key(NewKey(event.kv().key()));
      } else {
        op.mutable_request_put()->set_key(NewKey(event.kv().key()));
        op.mutable_request_put()->set_value(event.kv().value());
      }
    }
    return response.fragment() ? absl::OkStatus() : Commit(txn_);
  }

  Status Commit(TxnRequest& txn) {
    if (txn.success().empty()) return absl::OkStatus();
    CAIRN_RETURN_IF_ERROR(Write(client::kTxn, txn));
    total_ += txn.success_size();
    txn.Clear();
    return absl::OkStatus();
  }

  cli::Invocation& in_;
  client::Client& source_;
  client::Client& destination_;
  bool away_ = false;  // the destination
  TxnRequest txn_;     // of revision_, not committed yet
  int64_t revision_ = 0;
  const std::string prefix_, new_prefix_;
  const uint64_t max_txn_ops_;
  std::atomic<int64_t> total_ = 0;
};

Outcome RunMakeMirror(cli::Invocation& in) {
  if (in.Bool("no-dest-prefix") && !in.String("dest-prefix").empty()) {
    return BadArgs(
        "`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one");
  }
  Connection destination = ConnectDestination(in);
  if (!destination.outcome.status.ok()) return destination.outcome;
  Connection source = ConnectPatiently(in);
  if (!source.outcome.status.ok()) return source.outcome;
  Mirror mirror(in, *source.client, *destination.client);
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
          mirror.prefix().empty()
              ? ""
              : fmt::format(", or a --dest-prefix outside of {}", QuoteGo(mirror.prefix()))));
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
