// tools/utl/commands/backup.cc: `cairnutl backup`: a copy of a member that begins a cluster of its
// own.
#include "offline/restore/backup.h"

#include <fmt/format.h>

#include "base/random.h"
#include "cluster/ids.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

cli::Outcome RunBackup(cli::Invocation& in) {
  offline::BackupOptions options;
  options.data_dir = in.String("data-dir");
  options.wal_dir = in.String("wal-dir");
  options.backup_dir = in.String("backup-dir");
  options.backup_wal_dir = in.String("backup-wal-dir");
  options.with_v3 = in.Bool("with-v3");
  options.seed = SystemSeed();
  CAIRN_ASSIGN_OR_RETURN(const offline::BackupResult result,
                         offline::Backup(OfflineContext(in), options));
  for (const std::string& skipped : result.skipped) {
    in.Note(fmt::format("note: {}: passed over, an older file was taken", skipped));
  }
  if (!result.torn.empty()) {
    in.Note(fmt::format("note: {}: the last write was torn, and is left out", result.torn));
  }
  in.Note(
      fmt::format("Backed up {} to {}: {} log entries after index {}{}; member {} of cluster "
                  "{}, to be started with --force-new-cluster",
                  options.data_dir, options.backup_dir, result.entries, result.snapshot_index,
                  options.with_v3 ? fmt::format(", revision {}", result.revision)
                                  : std::string(", without keys of the v3 API"),
                  cluster::IdString(result.member), cluster::IdString(result.cluster)));
  return absl::OkStatus();
}

}  // namespace

void AddBackup(cli::Program& program) {
  cli::Command& command = program.root().Add("backup", "[legacy] offline backup of etcd directory");
  command
      .Long(
          "Copies a stopped member's directory, log and all, so that the copy can be started as a\n"
          "cluster of its own with etcd --force-new-cluster. It gets a member id and a cluster id "
          "of\n"
          "its own, so that it can't take its original's place in the old cluster. Keys by the v2\n"
          "API are kept: that is what this command is for. For all else prefer `snapshot save` "
          "and\n"
          "`snapshot restore`.\n"
          "The backup appears whole or not at all; the member is only read. Once started, give it\n"
          "its URL with `member update ID --peer-urls`.")
      .Args(0, SIZE_MAX)
      .Example("{prog} backup --data-dir /var/lib/etcd --backup-dir /backup/etcd",
               "Then: etcd --data-dir /backup/etcd --force-new-cluster")
      .Example(
          "{prog} backup --data-dir /var/lib/etcd --wal-dir /wal/etcd "
          "--backup-dir /backup/etcd --backup-wal-dir /backup/wal",
          "With the logs on disks of their own.")
      .Example("{prog} backup --data-dir /var/lib/etcd --backup-dir /backup/v2 --with-v3=false",
               "Keys by the v2 API alone.")
      .Exit(cli::ExitCode::kError, "nothing was written: the reason is on stderr");
  command.String("data-dir", "", "Path to the etcd data dir").Required().Directory();
  command.String("wal-dir", "", "Path to the etcd wal dir").Directory();
  command.String("backup-dir", "", "Path to the backup dir").Required().Directory();
  command.String("backup-wal-dir", "", "Path to the backup wal dir").Directory();
  command.Bool("with-v3", true, "Backup v3 backend data");
  command.Run(RunBackup);
}

}  // namespace cairn::utl
