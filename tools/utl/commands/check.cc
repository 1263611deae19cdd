// tools/utl/commands/check.cc: `cairnutl check v2store`: may this member go on to etcd 3.6?
#include <fmt/format.h>

#include "offline/verify/v2_check.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

cli::Outcome RunCheckV2Store(cli::Invocation& in) {
  CAIRN_ASSIGN_OR_RETURN(
      const offline::V2StoreCheck check,
      offline::CheckV2Store(OfflineContext(in), in.String("data-dir"), in.String("wal-dir")));
  if (!check.no_log.empty()) in.Note(fmt::format("note: {}", check.no_log));
  for (const std::string& broken : check.broken) {
    in.Note(fmt::format("note: {}: passed over, an older file counts", broken));
  }
  if (!check.torn.empty()) {
    in.Note(
        fmt::format("note: {}: the last write was torn, which the next start repairs", check.torn));
  }
  if (check.in_store) in.Note(fmt::format("note: {} holds users' keys", check.snap_path));
  if (check.log_requests > 0) {
    in.Note(
        fmt::format("note: {} of {} log entries are requests of the v2 API, the first at "
                    "index {}: {}",
                    check.log_requests, check.log_entries, check.first_index, check.first_request));
  }
  if (check.in_store && check.log_requests > 0) {
    return {cli::ExitCode::kError, "detected custom v2 content in both v2store and WAL records"};
  }
  if (check.in_store) return {cli::ExitCode::kError, "detected custom content in v2store"};
  if (check.log_requests > 0) {
    return {cli::ExitCode::kError, "detected custom v2 content in WAL records"};
  }
  return in.Print("No custom content found in both v2store and WAL records.\n");
}

}  // namespace

void AddCheck(cli::Program& program) {
  cli::Command& group =
      program.root().Add("check <subcommand>", "commands for checking properties");
  group.Long("Checks properties of a stopped member's files that decide what can be done next.");
  cli::Command& command = group.Add("v2store", "Check custom content in v2store");
  command
      .Long(
          "Looks whether users keep keys by the v2 API in a member of etcd 3.4 or 3.5: in the "
          ".snap\n"
          "file that it would start from, or as requests in the log after it. etcd 3.6 and later\n"
          "refuse to start on those, so ask before an upgrade. What members write by themselves\n"
          "(names, URLs, the cluster's version) doesn't count; a health check of 3.4 does (QGET), "
          "and\n"
          "is gone once the member has made its next snapshot. Files are only read.")
      .Args(0, SIZE_MAX)
      .Example("{prog} check v2store --data-dir /var/lib/etcd && echo ready for 3.6",
               "Before an upgrade from 3.5.")
      .Example("{prog} check v2store --data-dir /var/lib/etcd --wal-dir /wal/etcd",
               "With the log on a disk of its own.")
      .Exit(cli::ExitCode::kError, "there is such content, or the files can't be read");
  command.String("data-dir", "", "Required. A data directory not in use by etcd.")
      .Required()
      .Directory();
  command.String("wal-dir", "", "Optional. A dedicated WAL directory.").Directory();
  command.Run(RunCheckV2Store);
}

}  // namespace cairn::utl
