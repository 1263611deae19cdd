// offline/restore/steps.cc: see steps.h.
#include "offline/restore/steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "bolt/db.h"
#include "bolt/write_tx.h"
#include "cluster/consistent_index.h"
#include "cluster/membership_records.h"
#include "mvcc/schema.h"
#include "offline/etcd_db.h"
#include "offline/file_kind.h"
#include "offline/key_bucket.h"
#include "proto/raft_view.h"
#include "proto/wal_view.h"
#include "snap/db_stream.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"
#include "wal/log_writer.h"

namespace cairn::offline {

namespace {

constexpr uint64_t kBootTerm = 1;

std::string DigestText(const Sha256Digest& digest) {
  std::string text = "[";
  for (size_t i = 0; i < digest.size(); ++i) {
    if (i > 0) text += ' ';
    text += std::to_string(static_cast<unsigned>(static_cast<unsigned char>(digest[i])));
  }
  return text + "]";
}

Status CheckDigest(const DbFile& snapshot, const Sha256Digest& digest) {
  CAIRN_ASSIGN_OR_RETURN(const Sha256Digest expected,
                         snap::ReadDigest(snapshot.file(), snapshot.file_size()));
  if (digest == expected) return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("expected sha256 {}, got {} ({} is damaged: restore from another backup)",
                  DigestText(expected), DigestText(digest), snapshot.path()));
}

// Every page of `file`, which holds the snapshot's pages.
Status CheckPages(const Context& context, const DbFile& snapshot, const File& file) {
  context.progress.Stage("checking", snapshot.logical_size());
  bolt::Scanner scanner(file, snapshot.meta(), context.progress);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<bolt::NamedBucket> buckets,
                         ScanBuckets(scanner, snapshot));
  for (const bolt::NamedBucket& bucket : buckets) {
    bolt::IgnoreLeaves ignore;
    CAIRN_RETURN_IF_ERROR(scanner.ScanBucket(bucket.bucket, ignore));
  }
  CAIRN_RETURN_IF_ERROR(scanner.CheckFree());
  return FaultsAsStatus(scanner, snapshot.path());
}

StatusOr<int64_t> Edit(const Context& context, const std::string& path,
                       const std::vector<cluster::Member>& members, uint64_t bump) {
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::Db> db,
                         bolt::Db::Open(context.fs, context.clock, path, {}));
  int64_t revision = 0;
  {
    bolt::Reader reader = db->BeginRead();
    CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(reader.tx()));
    revision = boot.current;
  }
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<bolt::WriteTx> tx, db->BeginWrite());
  bolt::Bucket& root = tx->root();
  for (const std::string_view name : {mvcc::kMembersBucket, mvcc::kMembersRemovedBucket}) {
    if (Status s = root.DeleteBucket(name); !s.ok() && !absl::IsNotFound(s)) return s;
    CAIRN_RETURN_IF_ERROR(root.CreateBucket(name).status());
  }
  CAIRN_RETURN_IF_ERROR(root.CreateBucketIfNotExists(mvcc::kClusterBucket).status());
  CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * records, root.OpenBucket(mvcc::kMembersBucket));
  for (const cluster::Member& member : members) {
    CAIRN_RETURN_IF_ERROR(
        records->Put(cluster::EncodeMemberKey(member.id), cluster::EncodeMember(member)));
  }
  CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * meta, root.CreateBucketIfNotExists(mvcc::kMetaBucket));
  if (bump > 0) {
    CAIRN_ASSIGN_OR_RETURN(bolt::Bucket * key, root.CreateBucketIfNotExists(mvcc::kKeyBucket));
    CAIRN_ASSIGN_OR_RETURN(revision, BumpedRevision(revision, bump));
    const mvcc::RevisionKeyBytes bumped(mvcc::RevisionKey{{revision, 0}, false});
    CAIRN_RETURN_IF_ERROR(key->Put(bumped.view(), {}));
    CAIRN_RETURN_IF_ERROR(
        meta->Put(mvcc::kScheduledCompactKey, mvcc::EncodeCompactRevision(revision)));
  }
  CAIRN_RETURN_IF_ERROR(meta->Put(mvcc::kConsistentIndexKey, cluster::EncodeU64(members.size())));
  CAIRN_RETURN_IF_ERROR(meta->Put(mvcc::kTermKey, cluster::EncodeU64(kBootTerm)));
  CAIRN_RETURN_IF_ERROR(tx->Commit());
  return revision;
}

}  // namespace

StatusOr<DbFile> OpenSnapshot(const Context& context, const std::string& path,
                              bool skip_hash_check) {
  const Status opens = context.fs.Open(path, {}).status();
  if (!opens.ok()) return ExplainDirectory(context.fs, path, opens);
  // Before its digest: a file that is packed, cut short or another program's has none, and no
  // --skip-hash-check makes a snapshot of it.
  CAIRN_ASSIGN_OR_RETURN(DbFile db, DbFile::Open(context, path));
  CAIRN_RETURN_IF_ERROR(NeedEtcdDb(db));
  if (!snap::HasDigest(db.file_size()) && !skip_hash_check) {
    return absl::FailedPreconditionError(fmt::format(
        "snapshot missing hash but --skip-hash-check=false: {} does not end in a SHA-256, as every "
        "file that `snapshot save` wrote does. A db file copied from a data directory has none: "
        "restore that with --skip-hash-check, which checks every page instead",
        path));
  }
  return db;
}

Status CopyAndProve(const Context& context, const DbFile& snapshot, const std::string& path,
                    bool skip_hash_check) {
  CAIRN_ASSIGN_OR_RETURN(
      const std::unique_ptr<File> out,
      context.fs.Open(path, {.write = true, .create = true, .exclusive = true, .mode = 0600}));
  context.progress.Stage("restoring", snapshot.logical_size());
  CAIRN_ASSIGN_OR_RETURN(
      const Sha256Digest digest,
      snap::CopyAndHash(snapshot.file(), snapshot.logical_size(), *out, context.progress));
  if (!skip_hash_check) return CheckDigest(snapshot, digest);
  return CheckPages(context, snapshot, *out);
}

Status ProveSnapshot(const Context& context, const DbFile& snapshot, bool skip_hash_check) {
  if (skip_hash_check) return CheckPages(context, snapshot, snapshot.file());
  CAIRN_ASSIGN_OR_RETURN(
      const Sha256Digest digest,
      snap::HashBytes(snapshot.file(), snapshot.logical_size(), context.progress));
  return CheckDigest(snapshot, digest);
}

StatusOr<int64_t> BumpedRevision(int64_t revision, uint64_t bump) {
  if (bump > static_cast<uint64_t>(INT64_MAX - revision)) {
    return absl::InvalidArgumentError(
        fmt::format("--bump-revision {} leaves no revisions above {}", bump, revision));
  }
  return revision + static_cast<int64_t>(bump);
}

StatusOr<int64_t> EditDb(const Context& context, const std::string& path,
                         const std::vector<cluster::Member>& members, uint64_t bump_revision,
                         const std::string& snapshot_path) {
  auto revision = Edit(context, path, members, bump_revision);
  if (!revision.ok()) return NameOriginal(revision.status(), path, snapshot_path);
  return revision;
}

Status WriteLogAndSnap(const Context& context, const MemberStage& stage,
                       const std::vector<cluster::Member>& members, MemberId self,
                       ClusterId cluster) {
  std::string metadata;
  proto::AppendMemberMetadata(metadata, {self, cluster});
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<wal::Log> log,
                         wal::Log::Create(context.fs, stage.wal_root(), metadata));
  std::vector<std::string> changes;
  proto::ConfState conf_state;
  for (const cluster::Member& member : members) {
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
  CAIRN_RETURN_IF_ERROR(log->Append(entries, {Term(kBootTerm), members.front().id, commit}));
  CAIRN_RETURN_IF_ERROR(log->Commit());

  snap::V2Membership membership;
  for (const cluster::Member& member : members) {
    membership.members.push_back({member.id, member.name, member.peer_urls, {}, false});
  }
  const std::string store = snap::WriteV2Store(membership);
  CAIRN_RETURN_IF_ERROR(
      snap::WriteSnapFile(
          context.fs, SnapDir(stage.root()),
          {.data = store, .conf_state = conf_state, .index = commit, .term = Term(kBootTerm)})
          .status());
  CAIRN_RETURN_IF_ERROR(log->SaveSnapshot({commit, Term(kBootTerm), conf_state}));
  return log->Close();
}

}  // namespace cairn::offline
