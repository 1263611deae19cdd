// tools/utl/commands/migrate.cc: `cairnutl migrate`: moves a stopped member's storage to another
// release's version.
#include <fmt/format.h>

#include "offline/migrate.h"
#include "tools/common/compat_log.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

// What etcdutl logs of a migration that has succeeded.
void LogMigrated(const tools::CompatLog& log, const offline::MigrateResult& result,
                 const cluster::SemVer& target) {
  if (result.steps.empty()) {
    log.Info("etcdutl/migrate_command.go:138", "storage version up-to-date",
             {{"storage-version", result.before.MinorString()}});
  } else if (result.forced.empty()) {
    for (const cluster::SemVer& step : result.steps) {
      log.Info("schema/migration.go:65", "updated storage version",
               {{"new-storage-version", step.ToString()}});
    }
  } else {
    log.Info("etcdutl/migrate_command.go:152", "normal migrate failed, trying with force",
             {{"error", result.forced}});
    if (target < cluster::kVersion36) {
      log.Warn("etcdutl/migrate_command.go:165", "forcefully cleared storage version");
    } else {
      log.Warn("etcdutl/migrate_command.go:168", "forcefully set storage version",
               {{"storage-version", target.MinorString()}});
    }
  }
}

cli::Outcome RunMigrate(cli::Invocation& in) {
  const auto target = cluster::ParseTargetVersion(in.String("target-version"));
  if (!target.ok()) return cli::BadArgs(Message(target.status()));
  CAIRN_ASSIGN_OR_RETURN(const offline::MigrateResult result,
                         offline::Migrate(OfflineContext(in), in.String("data-dir"), *target,
                                          in.Bool("force"), in.String("wal-dir")));
  LogMigrated(tools::CompatLog(in, LogFormat::kConsole), result, *target);
  if (result.steps.empty()) {
    in.Note(fmt::format("storage version up-to-date: {}", result.before.MinorString()));
    return absl::OkStatus();
  }
  if (!result.forced.empty()) {
    in.Note(fmt::format("warning: forced although {}", result.forced));
  }
  std::string path = result.before.MinorString();
  for (const cluster::SemVer& step : result.steps) path += " -> " + step.MinorString();
  in.Note(fmt::format("updated storage version: {}", path));
  if (result.cluster_version.has_value() && *target < *result.cluster_version) {
    in.Note(fmt::format(
        "warning: the members agreed on cluster version {}, which etcd {} refuses to start with; "
        "lower it with `downgrade enable {}` while etcd {} runs",
        result.cluster_version->MinorString(), target->MinorString(), target->MinorString(),
        result.cluster_version->MinorString()));
  }
  return absl::OkStatus();
}

}  // namespace

void AddMigrate(cli::Program& program) {
  cli::Command& command = program.root().Add(
      "migrate",
      "Migrates schema of etcd data dir files to make them compatible with different etcd version");
  command
      .Long(
          "Brings the data directory of a stopped member to the storage version of another "
          "release,\n"
          "3.4 to 3.7, up or down. Downwards it is refused when the log after the last snapshot\n"
          "holds entries that the older release can't read; --force goes on all the same.")
      .Args(0, SIZE_MAX)
      .Example("{prog} migrate --data-dir /var/lib/etcd --target-version 3.6",
               "So that etcd 3.6 can open what 3.7 has written.")
      .Exit(cli::ExitCode::kError, "nothing was changed: the reason is on stderr")
      .Exit(cli::ExitCode::kBadArgs, "the target version makes no sense");
  command.String("data-dir", "", "path to the etcd data dir").Required().Directory();
  AddWalDirFlag(command);
  command
      .String("target-version", "",
              "target etcd version to migrate contents of data dir. Minimal value 3.4. Format "
              "\"X.Y\" for example 3.6.")
      .Required()
      .Choices({"3.4", "3.5", "3.6", "3.7"}, false);
  command.Bool(
      "force", false,
      "ignore migration failure and forcefully override storage version. Not recommended.");
  command.Run(RunMigrate);
}

}  // namespace cairn::utl
