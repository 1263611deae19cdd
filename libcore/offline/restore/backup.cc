// offline/restore/backup.cc: see backup.h.
#include "offline/restore/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/random.h"
#include "bolt/db.h"
#include "cluster/conf_state.h"
#include "cluster/consistent_index.h"
#include "cluster/membership_records.h"
#include "cluster/v2_request.h"
#include "mvcc/schema.h"
#include "offline/key_bucket.h"
#include "offline/member_log.h"
#include "offline/place.h"
#include "offline/restore/member_stage.h"
#include "snap/db_stream.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"
#include "wal/log_reader.h"
#include "wal/log_writer.h"

namespace cairn::offline {

namespace {

// What the copy's member is called until it starts: etcdutl's own words.
constexpr const char* kName = "etcdctl-v2-backup";
constexpr const char* kPeerUrl = "http://use-flag--force-new-cluster:2080";

// Entries are held back up to so many bytes and then written and synced together.
constexpr uint64_t kBatchBytes = 4 << 20;

// Copies entries to another log, those that tell of the old members without their content.
class EntryCopier : public wal::LogVisitor {
 public:
  EntryCopier(wal::Log& log, bool with_v3, Progress& progress, BackupResult& result)
      : log_(log), with_v3_(with_v3), progress_(progress), result_(result) {}

  Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace& place) override {
    const auto blank = IsBlanked(entry);
    if (!blank.ok()) {
      return Annotate(blank.status(), fmt::format("{}: offset {}: entry {}", place.path,
                                                  place.offset_bytes, entry.index.value));
    }
    while (!batch_.empty() && batch_.back().index >= entry.index) batch_.pop_back();
    if (*blank) ++result_.blanked;
    batch_.push_back({*blank ? proto::EntryType::kNormal : entry.type, entry.term, entry.index,
                      *blank ? std::string() : std::string(entry.data)});
    done_ += entry.data.size();
    batch_bytes_ += entry.data.size() + sizeof(Entry);
    return batch_bytes_ < kBatchBytes ? absl::OkStatus() : Flush();
  }

  Status Flush() {
    std::vector<proto::EntryView> entries;
    entries.reserve(batch_.size());
    for (const Entry& e : batch_) entries.push_back({e.type, e.term, e.index, e.data});
    CAIRN_RETURN_IF_ERROR(log_.Append(entries, {}));
    CAIRN_RETURN_IF_ERROR(log_.Commit());
    batch_.clear();
    batch_bytes_ = 0;
    return progress_.Update(done_);
  }

 private:
  using Entry = wal::EntryCollector::Entry;

  StatusOr<bool> IsBlanked(const proto::EntryView& entry) const {
    if (entry.type != proto::EntryType::kNormal) return true;
    if (entry.data.empty()) return false;
    CAIRN_ASSIGN_OR_RETURN(const RequestTraits traits, ReadRequestTraits(entry.data));
    if (traits.member_attributes) return true;
    if (traits.v2.has_value()) return IsMemberAttributes(*traits.v2);
    return !with_v3_ && traits.has_header;
  }

  wal::Log& log_;
  const bool with_v3_;
  Progress& progress_;
  BackupResult& result_;
  std::vector<Entry> batch_;
  uint64_t batch_bytes_ = 0;
  uint64_t done_ = 0;
};

// Up to where the log is committed, for all that can be known: the commit index that a server wrote
// last, without a sync, may be older. What was applied is committed; and where the member was the
// only voter, so is all that it wrote, until it took another one in.
uint64_t CommitOf(const wal::LogSummary& log, uint64_t applied,
                  const StatusOr<MemberLog>& members) {
  const uint64_t last = log.last_index.value;
  const uint64_t commit = std::min(last, std::max(log.hard_state.commit.value, applied));
  const auto self = proto::DecodeMemberMetadata(log.metadata);
  if (!members.ok() || !self.ok()) return commit;
  const auto then = members->MembersAt(commit);
  if (!then.has_value() || then->voters != std::vector<uint64_t>{self->node_id.value}) {
    return commit;
  }
  for (const auto& [index, change] : members->changes) {
    if (index > commit && change.type == proto::ConfChangeType::kAddNode) return index;
  }
  return last;
}

// What is copied, opened.
struct Source {
  std::string log_dir;
  std::optional<snap::SnapFile> snapshot;
  wal::LogSummary log;  // after the snapshot
  std::optional<DbFile> db;
  uint64_t consistent_index = 0;  // of the db

  wal::SnapshotPoint start() const {
    if (!snapshot.has_value()) return {};
    return {snapshot->index, snapshot->term};
  }
};

// Db and log must be such that a server would start on them.
Status CheckFit(const Source& source, const std::string& path) {
  const uint64_t consistent_index = source.consistent_index;
  if (consistent_index < source.start().index.value) {
    return absl::FailedPreconditionError(
        fmt::format("{} holds entries up to {}, the log in {} begins after snapshot {}: the db is "
                    "older than the log (`verify` says more)",
                    path, consistent_index, source.log_dir, source.start().index.value));
  }
  if (consistent_index > source.log.last_index.value) {
    return absl::FailedPreconditionError(
        fmt::format("{} holds entries up to {}, the log in {} ends at {}: use `snapshot restore "
                    "--skip-hash-check` on the db instead",
                    path, consistent_index, source.log_dir, source.log.last_index.value));
  }
  return absl::OkStatus();
}

StatusOr<Source> OpenSource(const Context& context, const BackupOptions& options,
                            BackupResult& result) {
  Fs& fs = context.fs;
  const std::string db_path = DbPath(options.data_dir);
  CAIRN_RETURN_IF_ERROR(fs.Stat(db_path).status());
  Source source;
  CAIRN_ASSIGN_OR_RETURN(source.log_dir, FindLog(fs, options.data_dir, options.wal_dir));
  // Its lock keeps the member from being started. Without v3 the log alone is read, which a running
  // member only appends to.
  if (options.with_v3) {
    CAIRN_ASSIGN_OR_RETURN(DbFile db, DbFile::Open(context, db_path));
    source.db.emplace(std::move(db));
  }
  context.progress.Stage("reading the log", 0);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<proto::WalSnapshot> valid,
                         wal::ValidSnapshotEntries(fs, source.log_dir));
  CAIRN_ASSIGN_OR_RETURN(snap::NewestSnap newest,
                         snap::LoadNewestSnap(fs, SnapDir(options.data_dir), valid));
  for (const snap::BrokenSnap& broken : newest.broken) {
    result.skipped.emplace_back(Message(broken.problem));
  }
  source.snapshot = std::move(newest.snapshot);
  wal::NoVisitor pass;
  CAIRN_ASSIGN_OR_RETURN(source.log, wal::ReadLog(fs, source.log_dir, source.start(), pass));
  if (source.log.end == wal::SegmentEnd::kTornTail) result.torn = Message(source.log.torn);
  if (source.db.has_value()) {
    bolt::ReadTx tx = source.db->Read();
    CAIRN_ASSIGN_OR_RETURN(const auto index, tx.Get(mvcc::kMetaBucket, mvcc::kConsistentIndexKey));
    CAIRN_ASSIGN_OR_RETURN(const auto term, tx.Get(mvcc::kMetaBucket, mvcc::kTermKey));
    const auto applied = cluster::DecodeConsistentIndex(index, term);
    if (!applied.ok()) return Annotate(applied.status(), db_path);
    source.consistent_index = applied->index.value;
    CAIRN_RETURN_IF_ERROR(CheckFit(source, db_path));
    CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));
    result.revision = boot.current;
  }
  return source;
}

// Copies the db's pages to the new file `path` and checks them all.
Status CopyDb(const Context& context, const DbFile& db, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(
      const std::unique_ptr<File> out,
      context.fs.Open(path, {.write = true, .create = true, .exclusive = true, .mode = 0600}));
  const uint64_t bytes = db.meta().high_water * db.meta().page_size;
  context.progress.Stage("copying", bytes);
  CAIRN_RETURN_IF_ERROR(snap::CopyAndHash(db.file(), bytes, *out, context.progress).status());
  context.progress.Stage("checking", bytes);
  bolt::Scanner scanner(*out, db.meta(), context.progress);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<bolt::NamedBucket> buckets, ScanBuckets(scanner, db));
  for (const bolt::NamedBucket& bucket : buckets) {
    bolt::IgnoreLeaves ignore;
    CAIRN_RETURN_IF_ERROR(scanner.ScanBucket(bucket.bucket, ignore));
  }
  CAIRN_RETURN_IF_ERROR(scanner.CheckFree());
  if (scanner.fault_count() == 0) return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("{}: {} (`salvage` saves what can be read)", db.path(), scanner.FaultText(3)));
}

// Makes the db at `path`, which is a copy or doesn't exist yet, the new member's.
Status EditMembership(const Context& context, const std::string& path, const BackupOptions& options,
                      const Source& source, const BackupResult& result) {
  bolt::DbOptions how;
  how.create = !options.with_v3;
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::Db> db,
                         bolt::Db::Open(context.fs, context.clock, path, how));
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::WriteTx> tx, db->BeginWrite());
  bolt::Bucket& root = tx->root();
  for (const std::string_view name :
       {mvcc::kClusterBucket, mvcc::kMembersBucket, mvcc::kMembersRemovedBucket}) {
    if (Status s = root.DeleteBucket(name); !s.ok() && !absl::IsNotFound(s)) return s;
    CAIRN_RETURN_IF_ERROR(root.CreateBucket(name).status());
  }
  const cluster::Member member{.id = result.member, .peer_urls = {kPeerUrl}, .name = kName};
  // Without a `.snap` file raft knows nobody: --force-new-cluster adds the member to the log then,
  // and 3.6 ends when it is in the db already.
  if (source.snapshot.has_value()) {
    CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * members, root.OpenBucket(mvcc::kMembersBucket));
    CAIRN_RETURN_IF_ERROR(
        members->Put(cluster::EncodeMemberKey(member.id), cluster::EncodeMember(member)));
  }
  CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * meta, root.CreateBucketIfNotExists(mvcc::kMetaBucket));
  CAIRN_ASSIGN_OR_RETURN(const auto conf_state, meta->Get(mvcc::kConfStateKey));
  if (conf_state.has_value()) {
    proto::ConfState alone;
    alone.voters.push_back(member.id.value);
    CAIRN_RETURN_IF_ERROR(meta->Put(mvcc::kConfStateKey, cluster::EncodeConfState(alone)));
  }
  if (!options.with_v3) {
    CAIRN_RETURN_IF_ERROR(meta->Put(mvcc::kConsistentIndexKey, cluster::EncodeU64(result.commit)));
    CAIRN_RETURN_IF_ERROR(
        meta->Put(mvcc::kTermKey, cluster::EncodeU64(source.log.hard_state.term.value)));
  }
  return tx->Commit();
}

// The `.snap` file of the new membership, and the log after it.
Status WriteLogAndSnap(const Context& context, const MemberStage& stage,
                       const BackupOptions& options, const Source& source, BackupResult& result) {
  const proto::ConfState alone{.voters = {result.member.value},
                               .learners = {},
                               .voters_outgoing = {},
                               .learners_next = {},
                               .auto_leave = false};
  if (source.snapshot.has_value()) {
    const snap::V2Member member{
        .id = result.member, .name = {}, .peer_urls = {kPeerUrl}, .client_urls = {}};
    CAIRN_ASSIGN_OR_RETURN(const std::string store,
                           snap::ReplaceV2Members(source.snapshot->data, std::array{member}));
    CAIRN_RETURN_IF_ERROR(snap::WriteSnapFile(context.fs, SnapDir(stage.root()),
                                              {.data = store,
                                               .conf_state = alone,
                                               .index = source.snapshot->index,
                                               .term = source.snapshot->term})
                              .status());
  }
  std::string metadata;
  proto::AppendMemberMetadata(metadata, {result.member, result.cluster});
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<wal::Log> log,
                         wal::Log::Create(context.fs, stage.wal_root(), metadata));
  // The record comes first: a log's entries follow the snapshot that they are applied to.
  if (source.snapshot.has_value()) {
    CAIRN_RETURN_IF_ERROR(
        log->SaveSnapshot({source.snapshot->index, source.snapshot->term, alone}));
  }
  context.progress.Stage("copying the log", 0);
  EntryCopier copier(*log, options.with_v3, context.progress, result);
  CAIRN_RETURN_IF_ERROR(wal::ReadLog(context.fs, source.log_dir, source.start(), copier).status());
  CAIRN_RETURN_IF_ERROR(copier.Flush());
  result.entries = log->last_index().value - source.start().index.value;
  // No vote: whom the old member voted for isn't there any more.
  CAIRN_RETURN_IF_ERROR(
      log->Append({}, {source.log.hard_state.term, MemberId(), RaftIndex(result.commit)}));
  CAIRN_RETURN_IF_ERROR(log->Commit());
  return log->Close();
}

uint64_t NewId(Random& random) {
  // Not 0, which is no id; and 63 bits, as etcdutl's.
  return (random.Next() >> 1) | 1;
}

}  // namespace

StatusOr<BackupResult> Backup(const Context& context, const BackupOptions& options) {
  BackupResult result;
  Random random(options.seed);
  result.member = MemberId(NewId(random));
  result.cluster = ClusterId(NewId(random));
  CAIRN_ASSIGN_OR_RETURN(const Source source, OpenSource(context, options, result));
  result.snapshot_index = source.start().index.value;
  result.commit = CommitOf(source.log, std::max(source.consistent_index, result.snapshot_index),
                           ReadMemberLog(context.fs, source.log_dir, SnapDir(options.data_dir)));

  CAIRN_ASSIGN_OR_RETURN(
      MemberStage stage,
      MemberStage::Make(
          context.fs, options.backup_dir, options.backup_wal_dir,
          {.data = "backup-dir", .wal = "backup-wal-dir", .wal_may_be_empty = true}));
  const std::string path = DbPath(stage.root());
  if (source.db.has_value()) {
    CAIRN_RETURN_IF_ERROR(stage.CheckRoom(source.db->logical_size(), wal::kSegmentBytes));
    CAIRN_RETURN_IF_ERROR(CopyDb(context, *source.db, path));
  }
  CAIRN_RETURN_IF_ERROR(WriteLogAndSnap(context, stage, options, source, result));
  const Status edited = EditMembership(context, path, options, source, result);
  if (!edited.ok()) return NameOriginal(edited, path, DbPath(options.data_dir));
  // The last chance for Ctrl-C: from here on it is only names.
  CAIRN_RETURN_IF_ERROR(context.progress.Update(0));
  CAIRN_RETURN_IF_ERROR(stage.Place());
  stage.Keep();
  return result;
}

}  // namespace cairn::offline
