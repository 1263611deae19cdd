// tools/ctl/commands/snapshot_save.cc: `cairnctl snapshot save`: a backup that proves itself before
// it gets its name.
#include <fmt/format.h>

#include "base/output_target.h"
#include "client/snapshot_stream.h"
#include "gotext/units.h"
#include "os/output_stream.h"
#include "os/standard_streams.h"
#include "snap/db_stream.h"
#include "snap/snapshot_saver.h"
#include "tools/common/compat_log.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/connection.h"
#include "tools/ctl/deprecated.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Outcome;

constexpr int64_t kIdleNanos = 10'000'000'000;

struct Received {
  uint64_t bytes = 0;   // without the digest
  std::string version;  // storage version, when the server says it
};

// Gives each piece of the stream to `take`. The total isn't known before the first blob.
template <typename Take>
StatusOr<std::string> Receive(cli::Invocation& in, client::Client& client, size_t endpoint,
                              Take take) {
  // A large snapshot takes its time; only a limit that was asked for holds. Without one, silence
  // has a limit: cron would pile up backups that wait for a disk that hangs.
  const int64_t idle_nanos = in.Changed("command-timeout") ? 0 : kIdleNanos;
  CAIRN_ASSIGN_OR_RETURN(const auto stream, client::SnapshotStream::Open(
                                                client, endpoint, DeadlineIfGiven(in), idle_nanos));
  const tools::CompatLog log(in, LogFormat::kJson);
  log.Info("v3@v3.7.3/maintenance.go:236", "opened snapshot stream; downloading", {}, "client");
  log.Info("snapshot/v3_snapshot.go:96", "fetching snapshot",
           {{"endpoint", client.endpoints()[0].text}});
  Progress& progress = in.progress();
  std::string version;
  uint64_t received = 0;
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(const proto::SnapshotPart* part, stream->Next());
    if (part == nullptr) {
      log.Info("v3@v3.7.3/maintenance.go:302", "completed snapshot read; closing", {}, "client");
      return version;
    }
    if (received == 0) progress.Stage("saving", part->blob_bytes + part->remaining_bytes);
    if (!part->version.empty()) version = part->version;
    received += part->blob_bytes;
    for (const std::string_view piece : part->blob) CAIRN_RETURN_IF_ERROR(take(piece));
    CAIRN_RETURN_IF_ERROR(progress.Update(received));
  }
}

StatusOr<Received> SaveToFile(cli::Invocation& in, client::Client& client, size_t endpoint,
                              const std::string& path) {
  const tools::CompatLog log(in, LogFormat::kJson);
  const int64_t began = SystemClock().MonotonicNanos();
  CAIRN_ASSIGN_OR_RETURN(const auto saver, snap::SnapshotSaver::Create(PosixFs(), path));
  log.Info("snapshot/v3_snapshot.go:83", "created temporary db file",
           {{"path", saver->temporary_path()}});
  Received received;
  CAIRN_ASSIGN_OR_RETURN(
      received.version,
      Receive(in, client, endpoint, [&](std::string_view piece) { return saver->Append(piece); }));
  CAIRN_ASSIGN_OR_RETURN(received.bytes, saver->Finish());
  log.Info("snapshot/v3_snapshot.go:111", "fetched snapshot",
           {{"endpoint", client.endpoints()[0].text},
            {"size", FormatSize(received.bytes + snap::kDigestBytes)},
            {"took", FormatDuration(SystemClock().MonotonicNanos() - began)},
            {"etcd-version", received.version}});
  log.Info("snapshot/v3_snapshot.go:121", "saved", {{"path", path}});
  return received;
}

// To a FIFO or a device, in order: whoever reads it has to see for himself that all came.
StatusOr<Received> SaveToStream(cli::Invocation& in, client::Client& client, size_t endpoint,
                                const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const auto stream, OutputStream::Open(path));
  snap::DigestTrail trail;
  Received received;
  CAIRN_ASSIGN_OR_RETURN(received.version,
                         Receive(in, client, endpoint, [&](std::string_view piece) {
                           trail.Update(piece);
                           return stream->Write(piece);
                         }));
  CAIRN_RETURN_IF_ERROR(trail.Check());
  CAIRN_RETURN_IF_ERROR(stream->Finish());
  received.bytes = trail.bytes() - snap::kDigestBytes;
  return received;
}

StatusOr<Received> SaveToStdout(cli::Invocation& in, client::Client& client, size_t endpoint) {
  snap::DigestTrail trail;
  Received received;
  CAIRN_ASSIGN_OR_RETURN(received.version,
                         Receive(in, client, endpoint, [&](std::string_view piece) {
                           trail.Update(piece);
                           return in.Print(piece);
                         }));
  CAIRN_RETURN_IF_ERROR(trail.Check());
  received.bytes = trail.bytes();
  return received;
}

Outcome RunSave(cli::Invocation& in) {
  const std::string& path = in.args()[0];
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  if (client.endpoints().size() != 1) {
    std::string list;
    for (const client::Endpoint& endpoint : client.endpoints()) {
      list += (list.empty() ? "" : " ") + endpoint.text;
    }
    return {
        ExitCode::kInterrupted,
        fmt::format("snapshot must be requested to one selected node, not multiple [{}]", list)};
  }
  OutputTarget target{.kind = TargetKind::kStandardOutput, .path = path};
  if (path != "-") {
    const auto found = FindOutputTarget(PosixFs(), path);
    if (!found.ok()) {
      return {ExitCode::kInterrupted,
              fmt::format("could not open {} ({})", path, Message(found.status()))};
    }
    target = *found;
  }
  const bool to_stdout = target.kind == TargetKind::kStandardOutput;
  if (to_stdout && IsTerminal(StandardStream::kOutput)) {
    return cli::BadArgs("a snapshot is not for a terminal: name a file, or pipe it on");
  }
  // Somebody has to answer soon: from cron, nobody would see a backup that waits.
  const auto answered = client.Connect(CommandDeadline(in));
  if (!answered.ok()) {
    if (absl::IsCancelled(answered.status())) return answered.status();
    return {ExitCode::kInterrupted, Message(answered.status())};
  }
  const auto received = to_stdout ? SaveToStdout(in, client, *answered)
                        : target.kind == TargetKind::kStream
                            ? SaveToStream(in, client, *answered, path)
                            : SaveToFile(in, client, *answered, path);
  if (!received.ok()) {
    if (absl::IsCancelled(received.status())) return received.status();
    return {ExitCode::kInterrupted, Message(received.status())};
  }
  std::string text = fmt::format("Snapshot saved at {}\n", path);
  if (!received->version.empty()) text += fmt::format("Server version {}\n", received->version);
  if (!to_stdout) return in.Print(text);
  text.pop_back();
  in.Note(text);
  return absl::OkStatus();
}

}  // namespace

void AddSnapshot(cli::Program& program) {
  cli::Command& snapshot =
      program.root().Add("snapshot <subcommand>", "Manages etcd node snapshots");
  snapshot.Add("save <filename>", "Stores an etcd node backend snapshot to a given file")
      .Long(
          "Takes a snapshot of one member and writes it to a file, or to stdout for \"-\". The\n"
          "bytes are checked against the SHA-256 that the server sends after them; the file is\n"
          "written under a name of its own beside FILE, synced, and only then gets the name FILE.\n"
          "When anything goes wrong, nothing is left and the exit code is not 0. A link stays,\n"
          "and the file that it names is written; into a FIFO or a device, and to /dev/stdout,\n"
          "the bytes go as they come. A server that sends nothing for 10 seconds has stalled;\n"
          "with --command-timeout, that is the limit, for all of it.")
      .Args(1, 1, "snapshot save expects one argument <filename>", ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kFile)
      .Example("{prog} snapshot save /backup/etcd-$(date +%Y%m%d).db", "A nightly backup.")
      .Example("{prog} snapshot save - | zstd > backup.db.zst", "Through a pipe.")
      .Exit(ExitCode::kInterrupted, "nothing was saved")
      .Run(RunSave);
  AddDeprecatedSnapshotCommands(snapshot);
}

}  // namespace cairn::ctl
