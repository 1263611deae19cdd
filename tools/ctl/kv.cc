// tools/ctl/kv.cc: the commands put and compaction.
#include <fmt/format.h>

#include "cli/go_value.h"
#include "etcdserverpb.grpc.pb.h"
#include "tools/ctl/alarms_left.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/confirm.h"
#include "tools/ctl/invocation_words.h"
#include "tools/ctl/print/key_value.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::Format;
using cli::Outcome;
using client::Repeat;
using etcdserverpb::KV;

Outcome RunPut(cli::Invocation& in) {
  etcdserverpb::PutRequest request;
  if (Outcome read = ReadPut(InvocationWords(in), request); !read.status.ok()) return read;
  return Ask<KV>(in, &KV::Stub::AsyncPut, request, Repeat::kUnsafe,
                 [&](const auto& response) { return PrintPut(response, StyleOf(in)); });
}

Outcome RunCompaction(cli::Invocation& in) {
  const std::string& text = in.args()[0];
  CAIRN_ASSIGN_OR_RETURN(const int64_t revision, cli::ParseGoInt64(text, 10));
  if (revision <= 0) {
    return {cli::ExitCode::kError, fmt::format("revision must be positive, got {}", revision)};
  }
  const bool physical = in.Bool("physical");
  if (in.Bool("dry-run")) {
    return in.Print(fmt::format(
        "would compact revision {}: what keys were before it can't be read or watched any more\n",
        revision));
  }
  if (physical) {
    Outcome confirmed = Confirm(
        in,
        fmt::format("Compact revision {} and wait until the old revisions are removed?", revision));
    if (!confirmed.status.ok()) return confirmed;
  }
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  etcdserverpb::CompactionRequest request;
  request.set_revision(revision);
  request.set_physical(physical);
  etcdserverpb::CompactionResponse response;
  CAIRN_RETURN_IF_ERROR(connection.client->Call<KV>(&KV::Stub::AsyncCompact, request, response,
                                                    Repeat::kUnsafe, CommandDeadline(in)));
  CAIRN_RETURN_IF_ERROR(in.Print(fmt::format("compacted revision {}\n", revision)));
  NoteAlarmsLeft(in, *connection.client);
  return absl::OkStatus();
}

}  // namespace

void AddPut(cli::Program& program) {
  cli::Command& put =
      program.root().Add("put [options] <key> <value> (<value> can also be given from stdin)",
                         "Puts the given key into the store");
  put.Long(
         "Puts the given key into the store. A value that begins with '-' would be taken for a\n"
         "flag: put `--` before it. Without a value (and without --ignore-value) the value is all\n"
         "of standard input, its newlines included.")
      .ArgKinds({{cli::ValueKind::kKey}})
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} put /config/size 3", "One key.")
      .Example("cat file | {prog} put /config/file", "A value from standard input.")
      .Example("{prog} put /session on --lease=1234abcd", "A key that lives as long as its lease.")
      .Exit(cli::ExitCode::kBadArgs, "the arguments make no sense; nothing was sent")
      .Run(RunPut);
  AddPutFlags(put);
}

void AddCompaction(cli::Program& program) {
  cli::Command& command =
      program.root().Add("compaction [options] <revision>", "Compacts the event history in etcd");
  command
      .Long(
          "Forgets what keys were before a revision. The space becomes free inside the database;\n"
          "`{prog} defrag` gives it back to the file system.")
      .Args(1, 1, "compaction command needs 1 argument", cli::ExitCode::kBadArgs)
      .NumberArgs()
      .Example("{prog} compaction 10000", "Everything before revision 10000.")
      .Run(RunCompaction);
  command.Bool("physical", false,
               "'true' to wait for compaction to physically remove all old revisions");
  AddConfirmFlags(command);
}

}  // namespace cairn::ctl
