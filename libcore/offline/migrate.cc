// offline/migrate.cc: see migrate.h.
#include "offline/migrate.h"

#include <fmt/format.h>

#include <optional>

#include "bolt/db.h"
#include "bolt/write_tx.h"
#include "cluster/conf_state.h"
#include "cluster/consistent_index.h"
#include "cluster/membership_records.h"
#include "etcdserverpb_disk.pb.h"
#include "etcdserverpb_internal.pb.h"
#include "mvcc/schema.h"
#include "offline/log_entry.h"
#include "offline/member_log.h"
#include "offline/place.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"
#include "wal/log_reader.h"

namespace cairn::offline {

namespace {

// Writes what 3.5 keeps in the meta bucket and 3.4 does not.
Status AddTermAndConfState(const MemberLog& log, uint64_t consistent_index, bolt::Bucket& meta) {
  const std::optional<uint64_t> term = log.TermAt(consistent_index);
  const std::optional<proto::ConfState> members = log.MembersAt(consistent_index);
  if (!term.has_value() || *term == 0 || !members.has_value()) {
    return absl::FailedPreconditionError(fmt::format(
        "missing term information: the log has neither term nor members at entry {}, up to which "
        "the db goes",
        consistent_index));
  }
  CAIRN_RETURN_IF_ERROR(meta.Put(mvcc::kTermKey, cluster::EncodeU64(*term)));
  return meta.Put(mvcc::kConfStateKey, cluster::EncodeConfState(*members));
}

// The highest cluster version that a log sets.
class SetVersions : public wal::LogVisitor {
 public:
  Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace&) override {
    DecodedEntry decoded;
    decoder_.Decode(entry, decoded);
    if (decoded.request == nullptr) return absl::OkStatus();
    if (decoded.kind == "Request") {
      const auto& request = static_cast<const etcdserverpb::Request&>(*decoded.request);
      if (request.method() == "PUT" && request.path() == "/0/version") Take(request.val());
    } else if (decoded.kind.starts_with("IRR") || decoded.kind == "InternalRaftRequest") {
      const auto& request = static_cast<const etcdserverpb::InternalRaftRequest&>(*decoded.request);
      if (request.has_cluster_version_set()) Take(request.cluster_version_set().ver());
    }
    return absl::OkStatus();
  }

  void Take(const std::string& text) {
    const auto version = cluster::ParseSemVer(text);
    if (version.ok() && (!highest_.has_value() || *version > *highest_)) highest_ = *version;
  }
  const std::optional<cluster::SemVer>& highest() const { return highest_; }

 private:
  EntryDecoder decoder_;
  std::optional<cluster::SemVer> highest_;
};

// The cluster version that etcd 3.4 and 3.5 find: in the v2 store of the `.snap` file that they
// start from, and in the entries after it. They don't look into the db, and a directory that
// `snapshot restore` has made says nothing of it.
std::optional<cluster::SemVer> VersionBefore36(Fs& fs, const std::string& data_dir,
                                               const std::string& log_dir, const MemberLog& log) {
  SetVersions versions;
  const auto valid = wal::ValidSnapshotEntries(fs, log_dir);
  if (valid.ok()) {
    const auto newest = snap::LoadNewestSnap(fs, SnapDir(data_dir), *valid);
    if (newest.ok() && newest->snapshot.has_value()) {
      const auto store = snap::ParseV2Store(newest->snapshot->data);
      if (store.ok()) versions.Take(store->membership.version);
    }
  }
  (void)wal::ReadLog(fs, log_dir, log.start, versions);
  return versions.highest();
}

}  // namespace

StatusOr<MigrateResult> Migrate(const Context& context, const std::string& data_dir,
                                const cluster::SemVer& target, bool force,
                                const std::string& wal_dir) {
  const std::string path = DbPath(data_dir);
  CAIRN_RETURN_IF_ERROR(context.fs.Stat(path).status());
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::Db> db,
                         bolt::Db::Open(context.fs, context.clock, path,
                                        {.lock_timeout_nanos = context.lock_timeout_nanos}));
  std::optional<std::string> version;
  std::optional<std::string> index;
  std::optional<std::string> term;
  std::optional<std::string> cluster_version;
  {
    bolt::Reader reader = db->BeginRead();
    CAIRN_ASSIGN_OR_RETURN(version, reader.tx().Get(mvcc::kMetaBucket, mvcc::kStorageVersionKey));
    CAIRN_ASSIGN_OR_RETURN(index, reader.tx().Get(mvcc::kMetaBucket, mvcc::kConsistentIndexKey));
    CAIRN_ASSIGN_OR_RETURN(term, reader.tx().Get(mvcc::kMetaBucket, mvcc::kTermKey));
    CAIRN_ASSIGN_OR_RETURN(cluster_version,
                           reader.tx().Get(mvcc::kClusterBucket, cluster::kClusterVersionKey));
  }
  MigrateResult result;
  auto before = cluster::DetectStorageVersion(version, term);
  if (!before.ok()) return Annotate(before.status(), path);
  result.before = *std::move(before);
  if (cluster_version.has_value()) {
    if (const auto parsed = cluster::ParseSemVer(*cluster_version); parsed.ok()) {
      result.cluster_version = *parsed;
    }
  }
  if (result.before == target) return result;
  const auto consistent = cluster::DecodeConsistentIndex(index, term);
  if (!consistent.ok()) return Annotate(consistent.status(), path);
  const auto log_dir = FindLog(context.fs, data_dir, wal_dir);
  if (!log_dir.ok()) return Annotate(log_dir.status(), "failed to read wal");
  auto log = ReadMemberLog(context.fs, *log_dir, SnapDir(data_dir));
  if (!log.ok()) return Annotate(log.status(), "failed to read wal");
  if (target < cluster::kVersion36) {
    result.cluster_version = VersionBefore36(context.fs, data_dir, *log_dir, *log);
  }
  auto steps = cluster::PlanMigration(result.before, target, log->needs);
  if (!steps.ok()) {
    if (!force) return steps.status();
    result.forced = Message(steps.status());
    steps = std::vector<cluster::MigrationStep>{cluster::ForceMigration(target)};
  }
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::WriteTx> tx, db->BeginWrite());
  CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * meta, tx->root().OpenBucket(mvcc::kMetaBucket));
  for (const cluster::MigrationStep& step : *steps) {
    if (step.target < cluster::kVersion35) {
      CAIRN_RETURN_IF_ERROR(meta->Delete(mvcc::kTermKey));
      CAIRN_RETURN_IF_ERROR(meta->Delete(mvcc::kConfStateKey));
    } else if (result.before < cluster::kVersion35 && &step == steps->data()) {
      const Status added = AddTermAndConfState(*log, consistent->index.value, *meta);
      if (!added.ok() && !force) return Annotate(added, path);
      if (!added.ok()) result.forced = Message(added);
    }
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
