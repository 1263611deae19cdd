// offline/restore.cc: see restore.h.
#include "offline/restore.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/resolver.h"
#include "bolt/db.h"
#include "bolt/write_tx.h"
#include "cluster/bootstrap_config.h"
#include "cluster/consistent_index.h"
#include "cluster/ids.h"
#include "cluster/membership_records.h"
#include "mvcc/schema.h"
#include "offline/key_bucket.h"
#include "proto/raft_view.h"
#include "proto/wal_view.h"
#include "snap/db_stream.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"
#include "wal/log_writer.h"

namespace cairn::offline {

namespace {

constexpr std::string_view kStageSuffix = ".restoring";
constexpr uint32_t kDirMode = 0700;
constexpr uint64_t kBootTerm = 1;

// Where the new directory is built, and where its parts go at the end.
struct Stage {
  std::string root;      // holds member/
  std::string wal_root;  // the staged WAL directory
  std::string data_dir, wal_dir;
  bool data_dir_exists = false;
  bool own_wal_dir = false;  // the WAL lies outside the data directory
  // What has got its final name.
  bool data_placed = false;
  bool wal_placed = false;
};

StatusOr<Stage> PrepareStage(Fs& fs, const RestoreOptions& options) {
  Stage stage;
  stage.data_dir = options.data_dir.empty() ? options.name + ".etcd" : options.data_dir;
  while (stage.data_dir.size() > 1 && stage.data_dir.back() == '/') stage.data_dir.pop_back();
  const std::string leftover(kStageSuffix);
  const auto st = fs.Stat(stage.data_dir);
  if (st.ok()) {
    const auto names = fs.List(stage.data_dir);
    // What a killed restore left of its own does not count.
    if (!names.ok() || std::any_of(names->begin(), names->end(),
                                   [&](const std::string& name) { return name != leftover; })) {
      return absl::AlreadyExistsError(
          fmt::format("data-dir \"{}\" not empty or could not be read", stage.data_dir));
    }
    stage.data_dir_exists = true;
    stage.root = JoinPath(stage.data_dir, leftover);
  } else if (absl::IsNotFound(st.status())) {
    CAIRN_RETURN_IF_ERROR(MakeDirs(fs, DirName(stage.data_dir), kDirMode));
    stage.root = stage.data_dir + leftover;
  } else {
    return st.status();
  }
  const std::string inner_wal = WalDir(stage.data_dir);
  stage.wal_dir = options.wal_dir.empty() ? inner_wal : options.wal_dir;
  stage.own_wal_dir = stage.wal_dir != inner_wal;
  stage.wal_root = stage.own_wal_dir ? stage.wal_dir + leftover : WalDir(stage.root);
  if (stage.own_wal_dir) {
    if (Exists(fs, stage.wal_dir)) {
      return absl::AlreadyExistsError(fmt::format("wal-dir \"{}\" exists", stage.wal_dir));
    }
    CAIRN_RETURN_IF_ERROR(MakeDirs(fs, DirName(stage.wal_dir), kDirMode));
    CAIRN_RETURN_IF_ERROR(RemoveTree(fs, stage.wal_root));
  }
  CAIRN_RETURN_IF_ERROR(RemoveTree(fs, stage.root));
  return stage;
}

std::string DigestText(const Sha256Digest& digest) {
  std::string text = "[";
  for (size_t i = 0; i < digest.size(); ++i) {
    if (i > 0) text += ' ';
    text += std::to_string(static_cast<unsigned>(static_cast<unsigned char>(digest[i])));
  }
  return text + "]";
}

// Copies the snapshot's pages to `path` and proves them: by the digest, or page by page.
Status CopyDb(const Context& context, const DbFile& db, const std::string& path, bool skip_hash) {
  CAIRN_ASSIGN_OR_RETURN(
      const std::unique_ptr<File> out,
      context.fs.Open(path, {.write = true, .create = true, .exclusive = true, .mode = 0600}));
  CAIRN_ASSIGN_OR_RETURN(const uint64_t room, context.fs.FreeBytes(DirName(path)));
  if (const uint64_t need = db.logical_size() + wal::kSegmentBytes; room < need) {
    return absl::ResourceExhaustedError(
        fmt::format("not enough room in {}: {} bytes are needed, {} are free",
                    DirName(DirName(path)), need, room));
  }
  context.progress.Stage("restoring", db.logical_size());
  CAIRN_ASSIGN_OR_RETURN(const Sha256Digest digest,
                         snap::CopyAndHash(db.file(), db.logical_size(), *out, context.progress));
  if (!skip_hash) {
    CAIRN_ASSIGN_OR_RETURN(const Sha256Digest expected,
                           snap::ReadDigest(db.file(), db.file_size()));
    if (digest != expected) {
      return absl::DataLossError(
          fmt::format("expected sha256 {}, got {} ({} is damaged: restore from another backup)",
                      DigestText(expected), DigestText(digest), db.path()));
    }
    return absl::OkStatus();
  }
  context.progress.Stage("checking", db.logical_size());
  bolt::Scanner scanner(*out, db.meta(), context.progress);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<bolt::NamedBucket> buckets, ScanBuckets(scanner, db));
  for (const bolt::NamedBucket& bucket : buckets) {
    bolt::IgnoreLeaves ignore;
    CAIRN_RETURN_IF_ERROR(scanner.ScanBucket(bucket.bucket, ignore));
  }
  CAIRN_RETURN_IF_ERROR(scanner.CheckFree());
  return FaultsAsStatus(scanner, db.path());
}

// Damage of the copy is damage of the snapshot: its name stands in the message.
Status InSnapshot(const Status& status, const std::string& copy, const std::string& snapshot) {
  if (!absl::IsDataLoss(status)) return status;
  std::string text(Message(status));
  if (const size_t at = text.find(copy); at != std::string::npos) {
    text.replace(at, copy.size(), snapshot);
  }
  return absl::DataLossError(text);
}

// The membership of the new cluster, its consistent index, and the bumped revision.
Status EditDb(const Context& context, const std::string& path, const RestoreOptions& options,
              RestoreResult& result) {
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::Db> db,
                         bolt::Db::Open(context.fs, context.clock, path, {}));
  {
    bolt::Reader reader = db->BeginRead();
    CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(reader.tx()));
    result.revision = boot.current;
  }
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::WriteTx> tx, db->BeginWrite());
  bolt::Bucket& root = tx->root();
  for (const std::string_view name : {mvcc::kMembersBucket, mvcc::kMembersRemovedBucket}) {
    if (Status s = root.DeleteBucket(name); !s.ok() && !absl::IsNotFound(s)) return s;
    CAIRN_RETURN_IF_ERROR(root.CreateBucket(name).status());
  }
  CAIRN_RETURN_IF_ERROR(root.CreateBucketIfNotExists(mvcc::kClusterBucket).status());
  CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * members, root.OpenBucket(mvcc::kMembersBucket));
  for (const cluster::Member& member : result.members) {
    CAIRN_RETURN_IF_ERROR(
        members->Put(cluster::EncodeMemberKey(member.id), cluster::EncodeMember(member)));
  }
  CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * meta, root.CreateBucketIfNotExists(mvcc::kMetaBucket));
  if (options.bump_revision > 0) {
    CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * key, root.CreateBucketIfNotExists(mvcc::kKeyBucket));
    if (options.bump_revision > static_cast<uint64_t>(INT64_MAX - result.revision)) {
      return absl::InvalidArgumentError(
          fmt::format("--bump-revision {} leaves no revisions above {}", options.bump_revision,
                      result.revision));
    }
    result.revision += static_cast<int64_t>(options.bump_revision);
    const mvcc::RevisionKeyBytes bumped(mvcc::RevisionKey{{result.revision, 0}, false});
    CAIRN_RETURN_IF_ERROR(key->Put(bumped.view(), {}));
    CAIRN_RETURN_IF_ERROR(
        meta->Put(mvcc::kScheduledCompactKey, mvcc::EncodeCompactRevision(result.revision)));
  }
  CAIRN_RETURN_IF_ERROR(
      meta->Put(mvcc::kConsistentIndexKey, cluster::EncodeU64(result.members.size())));
  CAIRN_RETURN_IF_ERROR(meta->Put(mvcc::kTermKey, cluster::EncodeU64(kBootTerm)));
  return tx->Commit();
}

// The log of a cluster whose members were added one by one, and the snapshot behind them.
Status WriteLogAndSnap(const Context& context, const Stage& stage, const RestoreResult& result) {
  std::string metadata;
  proto::AppendMemberMetadata(metadata, {result.member, result.cluster});
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<wal::Log> log,
                         wal::Log::Create(context.fs, stage.wal_root, metadata));
  std::vector<std::string> changes;
  proto::ConfState conf_state;
  for (const cluster::Member& member : result.members) {
    proto::AppendConfChange(changes.emplace_back(), {.type = proto::ConfChangeType::kAddNode,
                                                     .node_id = member.id,
                                                     .context = cluster::EncodeMember(member)});
    conf_state.voters.push_back(member.id.value);
  }
  std::vector<proto::EntryView> entries;
  for (size_t i = 0; i < changes.size(); ++i) {
    entries.push_back(
        {proto::EntryType::kConfChange, Term(kBootTerm), RaftIndex(i + 1), changes[i]});
  }
  const RaftIndex commit(entries.size());
  CAIRN_RETURN_IF_ERROR(log->Append(entries, {Term(kBootTerm), result.members.front().id, commit}));
  CAIRN_RETURN_IF_ERROR(log->Commit());

  snap::V2Membership membership;
  for (const cluster::Member& member : result.members) {
    membership.members.push_back({member.id, member.name, member.peer_urls, {}, false});
  }
  const std::string store = snap::WriteV2Store(membership);
  CAIRN_RETURN_IF_ERROR(
      snap::WriteSnapFile(
          context.fs, SnapDir(stage.root),
          {.data = store, .conf_state = conf_state, .index = commit, .term = Term(kBootTerm)})
          .status());
  CAIRN_RETURN_IF_ERROR(log->SaveSnapshot({commit, Term(kBootTerm), conf_state}));
  return log->Close();
}

Status MoveIntoPlace(Fs& fs, Stage& stage) {
  CAIRN_RETURN_IF_ERROR(fs.SyncDir(SnapDir(stage.root)));
  CAIRN_RETURN_IF_ERROR(fs.SyncDir(JoinPath(stage.root, "member")));
  CAIRN_RETURN_IF_ERROR(fs.SyncDir(stage.root));
  if (stage.own_wal_dir) {
    CAIRN_RETURN_IF_ERROR(fs.Rename(stage.wal_root, stage.wal_dir));
    stage.wal_placed = true;
    CAIRN_RETURN_IF_ERROR(fs.SyncDir(DirName(stage.wal_dir)));
  }
  if (!stage.data_dir_exists) {
    CAIRN_RETURN_IF_ERROR(fs.Rename(stage.root, stage.data_dir));
    stage.data_placed = true;
    return fs.SyncDir(DirName(stage.data_dir));
  }
  // The directory itself may be a mount point: only what is inside can be moved.
  CAIRN_RETURN_IF_ERROR(
      fs.Rename(JoinPath(stage.root, "member"), JoinPath(stage.data_dir, "member")));
  stage.data_placed = true;
  CAIRN_RETURN_IF_ERROR(fs.RemoveDir(stage.root));
  return fs.SyncDir(stage.data_dir);
}

// Takes away all that an unfinished restore made.
void Discard(Fs& fs, const Stage& stage) {
  (void)RemoveTree(fs, stage.root);
  if (stage.data_placed) {
    (void)RemoveTree(fs,
                     stage.data_dir_exists ? JoinPath(stage.data_dir, "member") : stage.data_dir);
  }
  if (stage.own_wal_dir) {
    (void)RemoveTree(fs, stage.wal_root);
    (void)RemoveTree(fs, stage.wal_root + ".tmp");
    if (stage.wal_placed) (void)RemoveTree(fs, stage.wal_dir);
  }
}

StatusOr<std::string> ResolveHost(const cluster::HostPort& host_port) {
  return ResolveTcpAddress(std::string(host_port.host), std::string(host_port.port));
}

}  // namespace

StatusOr<RestoreResult> Restore(const Context& context, const RestoreOptions& options) {
  Fs& fs = context.fs;
  cluster::BootstrapConfig config;
  config.name = options.name;
  CAIRN_ASSIGN_OR_RETURN(config.advertise_peer_urls,
                         cluster::ParseUrls(options.advertise_peer_urls));
  CAIRN_ASSIGN_OR_RETURN(config.initial_cluster, cluster::ParseUrlsMap(options.initial_cluster));
  CAIRN_RETURN_IF_ERROR(cluster::CheckBootstrap(config, ResolveHost));

  RestoreResult result;
  CAIRN_ASSIGN_OR_RETURN(result.members, cluster::MembersFromUrls(config.initial_cluster,
                                                                  options.initial_cluster_token));
  std::vector<MemberId> ids;
  for (const cluster::Member& member : result.members) {
    ids.push_back(member.id);
    if (member.name == options.name) result.member = member.id;
  }
  result.cluster = cluster::ComputeClusterId(ids);

  CAIRN_RETURN_IF_ERROR(fs.Open(options.snapshot_path, {}).status());
  CAIRN_ASSIGN_OR_RETURN(const FileStat st, fs.Stat(options.snapshot_path));
  if (!snap::HasDigest(st.size) && !options.skip_hash_check) {
    return absl::FailedPreconditionError(fmt::format(
        "snapshot missing hash but --skip-hash-check=false: {} does not end in a SHA-256, as every "
        "file that `snapshot save` wrote does. A db file copied from a data directory has none: "
        "restore that with --skip-hash-check, which checks every page instead",
        options.snapshot_path));
  }
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, DbFile::Open(context, options.snapshot_path));
  CAIRN_ASSIGN_OR_RETURN(Stage stage, PrepareStage(fs, options));
  result.data_dir = stage.data_dir;

  const auto build = [&]() -> Status {
    CAIRN_RETURN_IF_ERROR(MakeDirs(fs, SnapDir(stage.root), kDirMode));
    const std::string path = DbPath(stage.root);
    CAIRN_RETURN_IF_ERROR(CopyDb(context, db, path, options.skip_hash_check));
    CAIRN_RETURN_IF_ERROR(
        InSnapshot(EditDb(context, path, options, result), path, options.snapshot_path));
    CAIRN_RETURN_IF_ERROR(WriteLogAndSnap(context, stage, result));
    CAIRN_RETURN_IF_ERROR(context.progress.Update(db.logical_size()));
    return MoveIntoPlace(fs, stage);
  };
  if (Status s = build(); !s.ok()) {
    Discard(fs, stage);
    return s;
  }
  return result;
}

}  // namespace cairn::offline
