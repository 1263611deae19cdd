// offline/migrate.cc: see migrate.h.
#include "offline/migrate.h"

#include <fmt/format.h>

#include <optional>

#include "bolt/db.h"
#include "bolt/write_tx.h"
#include "cluster/entry_versions.h"
#include "mvcc/schema.h"
#include "wal/log_reader.h"

namespace cairn::offline {

namespace {

// The oldest release that can replay what stands behind the newest valid snapshot of the log.
StatusOr<std::optional<cluster::SemVer>> LogNeeds(Fs& fs, const std::string& wal_dir) {
  const auto snapshots = wal::ValidSnapshotEntries(fs, wal_dir);
  if (!snapshots.ok()) {
    return Annotate(snapshots.status(), "failed to get the lastest snapshot");
  }
  wal::SnapshotPoint start{};
  if (!snapshots->empty()) start = {snapshots->back().index, snapshots->back().term};

  class Needs : public wal::LogVisitor {
   public:
    Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace& place) override {
      const auto version =
          cluster::MinimalVersionOfEntry(static_cast<uint64_t>(entry.type), entry.data);
      if (!version.ok()) {
        return Annotate(version.status(),
                        fmt::format("{}: offset {}", place.path, place.offset_bytes));
      }
      if (version->has_value() && (!newest.has_value() || **version > *newest)) newest = **version;
      return absl::OkStatus();
    }
    std::optional<cluster::SemVer> newest;
  };
  Needs needs;
  if (const auto log = wal::ReadLog(fs, wal_dir, start, needs); !log.ok()) {
    return Annotate(log.status(), "failed to read wal");
  }
  return needs.newest;
}

}  // namespace

StatusOr<MigrateResult> Migrate(const Context& context, const std::string& data_dir,
                                const cluster::SemVer& target, bool force) {
  const std::string path = DbPath(data_dir);
  CAIRN_RETURN_IF_ERROR(context.fs.Stat(path).status());
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::Db> db,
                         bolt::Db::Open(context.fs, context.clock, path,
                                        {.lock_timeout_nanos = context.lock_timeout_nanos}));
  std::optional<std::string> version;
  std::optional<std::string> term;
  {
    bolt::Reader reader = db->BeginRead();
    CAIRN_ASSIGN_OR_RETURN(version, reader.tx().Get(mvcc::kMetaBucket, mvcc::kStorageVersionKey));
    CAIRN_ASSIGN_OR_RETURN(term, reader.tx().Get(mvcc::kMetaBucket, mvcc::kTermKey));
  }
  MigrateResult result;
  CAIRN_ASSIGN_OR_RETURN(result.before, cluster::DetectStorageVersion(version, term));
  if (result.before == target) return result;
  CAIRN_ASSIGN_OR_RETURN(const std::optional<cluster::SemVer> needs,
                         LogNeeds(context.fs, WalDir(data_dir)));
  auto steps = cluster::PlanMigration(result.before, target, needs);
  if (!steps.ok()) {
    if (!force) return steps.status();
    result.forced = Message(steps.status());
    steps = std::vector<cluster::MigrationStep>{cluster::ForceMigration(target)};
  }
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::WriteTx> tx, db->BeginWrite());
  CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * meta, tx->root().OpenBucket(mvcc::kMetaBucket));
  for (const cluster::MigrationStep& step : *steps) {
    if (step.storage_version.has_value()) {
      CAIRN_RETURN_IF_ERROR(meta->Put(mvcc::kStorageVersionKey, *step.storage_version));
    } else {
      CAIRN_RETURN_IF_ERROR(meta->Delete(mvcc::kStorageVersionKey));
    }
    result.steps.push_back(step.target);
  }
  CAIRN_RETURN_IF_ERROR(tx->Commit());
  return result;
}

}  // namespace cairn::offline
