// offline/restore/cluster.cc: see cluster.h.
#include "offline/restore/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "cluster/ids.h"
#include "cluster/membership_records.h"
#include "mvcc/schema.h"
#include "offline/etcd_db.h"
#include "offline/key_bucket.h"
#include "offline/restore/steps.h"
#include "wal/record.h"

namespace cairn::offline {

namespace {

constexpr uint64_t kCopyBytes = uint64_t{1} << 20;
constexpr uint64_t kWritebackBytes = uint64_t{8} << 20;

StatusOr<std::vector<cluster::Member>> MembersOf(const ClusterFile& file) {
  cluster::UrlsMap map;
  for (const ClusterFileMember& member : file.members) {
    CAIRN_ASSIGN_OR_RETURN(map[member.name], cluster::MakeUrls(member.peer_urls));
  }
  return cluster::MembersFromUrls(map, file.token);
}

// Whether one of the members is, or was, a member of the cluster that the snapshot is from. That
// covers the cluster's id too, which is made of its first members' ids.
Status CheckOtherCluster(const DbFile& snapshot, const std::vector<cluster::Member>& members,
                         const std::string& token) {
  bolt::ReadTx tx = snapshot.Read();
  for (const std::string_view name : {mvcc::kMembersBucket, mvcc::kMembersRemovedBucket}) {
    CAIRN_ASSIGN_OR_RETURN(std::optional<bolt::BucketRef> bucket, tx.FindBucket(name));
    if (!bucket.has_value()) continue;
    bolt::Cursor cursor(tx.source(), std::move(*bucket));
    for (auto item = cursor.First();; item = cursor.Next()) {
      if (!item.ok()) return NameFile(item.status(), snapshot.path());
      if (!item->has_value()) break;
      const auto old = cluster::DecodeMemberKey((*item)->key);
      if (!old.ok()) return NameFile(old.status(), snapshot.path());
      for (const cluster::Member& member : members) {
        if (member.id != *old) continue;
        return absl::FailedPreconditionError(fmt::format(
            "token \"{}\" and these URLs make the cluster that {} is from once more ({} would be "
            "its {}member {}): members of the old cluster that still run would talk to the new "
            "ones and mix both clusters' data. Give another token, or none: then a new one is "
            "made. When every old member is stopped for good, --allow-same-cluster goes on",
            token, snapshot.path(), member.name,
            name == mvcc::kMembersRemovedBucket ? "removed " : "", cluster::IdString(member.id)));
      }
    }
  }
  return absl::OkStatus();
}

StatusOr<int64_t> RevisionOf(const DbFile& snapshot) {
  bolt::ReadTx tx = snapshot.Read();
  const auto boot = ReadBootState(tx);
  if (!boot.ok()) return NameFile(boot.status(), snapshot.path());
  return boot->current;
}

// The lowest level of `path` that is there.
std::string ExistingLevel(Fs& fs, std::string path) {
  while (!Exists(fs, path)) {
    std::string above = DirName(path);
    if (above == path) break;
    path = std::move(above);
  }
  return path;
}

// Where all members go, and what was made on the way. With `whole` the output is a new directory,
// which is built beside its place and gets its name with all that is in it; else it was there, and
// each member's directory gets its name by itself.
class Output {
 public:
  Output(Fs& fs, std::string dir, const ClusterFile& file)
      : fs_(fs), dir_(std::move(dir)), above_(fs) {
    while (dir_.size() > 1 && dir_.back() == '/') dir_.pop_back();
    for (const ClusterFileMember& member : file.members) names_.push_back(member.data_dir);
  }

  // Whether everything can go there: nothing is changed. `bytes_each` is what a member takes.
  Status Check(uint64_t bytes_each) {
    const auto st = fs_.Stat(dir_);
    if (st.ok() && st->type != FileType::kDirectory) {
      return absl::InvalidArgumentError(
          fmt::format("--output {}: it is a file; name a directory", dir_));
    }
    if (!st.ok() && !absl::IsNotFound(st.status())) return st.status();
    whole_ = !st.ok();
    std::map<uint64_t, std::pair<std::string, uint64_t>> needs;  // by device: where, bytes
    for (const std::string& name : names_) {
      const std::string place = JoinPath(dir_, name);
      CAIRN_RETURN_IF_ERROR(FindEmptyDir(fs_, "data-dir", place, place).status());
      std::string level = ExistingLevel(fs_, place);
      CAIRN_ASSIGN_OR_RETURN(const FileStat found, fs_.Stat(level));
      auto& [path, bytes] = needs[found.device];
      path = std::move(level);
      bytes += bytes_each;
    }
    for (const auto& [device, need] : needs) {
      CAIRN_RETURN_IF_ERROR(CheckFree(fs_, need.first, dir_, need.second));
    }
    return absl::OkStatus();
  }

  std::string PlaceOf(size_t i) const { return JoinPath(dir_, names_[i]); }

  // After Check. Makes the members' stages.
  Status Begin() {
    CAIRN_RETURN_IF_ERROR(above_.Make(whole_ ? DirName(dir_) : dir_, kDirMode));
    if (whole_) {
      CAIRN_ASSIGN_OR_RETURN(StagedDir building, StagedDir::Create(fs_, dir_, {.mode = kDirMode}));
      building_.emplace(std::move(building));
    }
    for (size_t i = 0; i < names_.size(); ++i) {
      if (whole_) {
        CAIRN_ASSIGN_OR_RETURN(
            MemberStage stage,
            MemberStage::MakeWithin(fs_, JoinPath(building_->path(), names_[i])));
        stages_.push_back(std::move(stage));
      } else {
        CAIRN_ASSIGN_OR_RETURN(MemberStage stage, MemberStage::Make(fs_, PlaceOf(i), "", {}));
        stages_.push_back(std::move(stage));
      }
    }
    return absl::OkStatus();
  }

  const std::vector<MemberStage>& stages() const { return stages_; }

  Status Place() {
    for (MemberStage& stage : stages_) CAIRN_RETURN_IF_ERROR(stage.Place());
    if (whole_) {
      CAIRN_RETURN_IF_ERROR(fs_.SyncDir(building_->path()));
      const Status placed = building_->Place(Placing::kNew);
      if (absl::IsAlreadyExists(placed)) {
        return absl::AlreadyExistsError(
            fmt::format("--output {}: another process made it meanwhile; nothing was changed "
                        "there", dir_));
      }
      CAIRN_RETURN_IF_ERROR(placed);
      building_->Keep();
    }
    for (MemberStage& stage : stages_) stage.Keep();
    above_.Keep();
    return absl::OkStatus();
  }

  // Takes away all that was made, unless Place has succeeded.
  ~Output() {
    stages_.clear();
    building_.reset();
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

 private:
  static constexpr uint32_t kDirMode = 0700;

  Fs& fs_;
  std::string dir_;
  std::vector<std::string> names_;
  std::vector<MemberStage> stages_;
  LevelsAbove above_;
  std::optional<StagedDir> building_;
  bool whole_ = false;
};

// Copies the first member's db, which no server has opened yet, to the others: their files differ
// in nothing.
Status CopyToOthers(const Context& context, const std::vector<MemberStage>& stages) {
  if (stages.size() == 1) return absl::OkStatus();
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<File> in, context.fs.Open(stages[0].db_path(), {}));
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, DbFile::Adopt(*in));
  std::vector<std::unique_ptr<File>> others;
  for (size_t i = 1; i < stages.size(); ++i) {
    CAIRN_ASSIGN_OR_RETURN(
        others.emplace_back(),
        context.fs.Open(stages[i].db_path(),
                        {.write = true, .create = true, .exclusive = true, .mode = 0600}));
  }
  // Behind the pages in use the file is only length.
  const uint64_t bytes = db.meta().high_water * db.meta().page_size;
  context.progress.Stage("copying to the others", bytes * others.size());
  std::string buffer;
  uint64_t synced = 0;
  for (uint64_t done = 0; done < bytes;) {
    buffer.resize(std::min(kCopyBytes, bytes - done));
    CAIRN_RETURN_IF_ERROR(ReadExactly(*in, done, buffer));
    for (const auto& other : others) CAIRN_RETURN_IF_ERROR(other->WriteAt(done, buffer));
    done += buffer.size();
    if (done - synced >= kWritebackBytes || done == bytes) {
      for (const auto& other : others) other->StartWriteback(synced, done - synced);
      synced = done;
    }
    CAIRN_RETURN_IF_ERROR(context.progress.Update(done * others.size()));
  }
  for (const auto& other : others) {
    CAIRN_RETURN_IF_ERROR(other->Truncate(db.file_size()));
    CAIRN_RETURN_IF_ERROR(other->Sync());
  }
  return absl::OkStatus();
}

}  // namespace

std::string MakeClusterToken(Clock& clock, uint64_t random) {
  return fmt::format("cairn-restore-{}-{:08x}", UtcStamp(clock.WallNanos()),
                     static_cast<uint32_t>(random));
}

StatusOr<RestoreClusterResult> RestoreCluster(const Context& context,
                                              const RestoreClusterOptions& options) {
  const ClusterFile& file = options.cluster;
  CAIRN_ASSIGN_OR_RETURN(const std::vector<cluster::Member> members, MembersOf(file));
  RestoreClusterResult result;
  result.token = file.token;
  std::vector<MemberId> ids;
  for (const cluster::Member& member : members) ids.push_back(member.id);
  result.cluster = cluster::ComputeClusterId(ids);

  CAIRN_ASSIGN_OR_RETURN(const DbFile snapshot,
                         OpenSnapshot(context, options.snapshot_path, options.skip_hash_check));
  result.bytes_each = snapshot.logical_size() + wal::kSegmentBytes;
  result.warnings = StartWarnings(snapshot, true);
  Output output(context.fs, options.output, file);
  CAIRN_RETURN_IF_ERROR(output.Check(result.bytes_each));
  for (size_t i = 0; i < file.members.size(); ++i) {
    const auto member = std::find_if(members.begin(), members.end(), [&](const auto& one) {
      return one.name == file.members[i].name;
    });
    result.members.push_back({*member, output.PlaceOf(i)});
  }
  // What this finds in a file that turns out to be damaged is told by the proof.
  Status other_cluster;
  if (!options.allow_same_cluster) {
    other_cluster = CheckOtherCluster(snapshot, members, file.token);
    if (!other_cluster.ok() && !absl::IsDataLoss(other_cluster)) return other_cluster;
  }

  if (options.dry_run) {
    CAIRN_RETURN_IF_ERROR(ProveSnapshot(context, snapshot, options.skip_hash_check));
    CAIRN_RETURN_IF_ERROR(other_cluster);
    CAIRN_ASSIGN_OR_RETURN(result.snapshot_revision, RevisionOf(snapshot));
    CAIRN_ASSIGN_OR_RETURN(result.revision,
                           BumpedRevision(result.snapshot_revision, options.bump_revision));
    return result;
  }

  CAIRN_RETURN_IF_ERROR(output.Begin());
  const std::vector<MemberStage>& stages = output.stages();
  const std::string first = stages[0].db_path();
  CAIRN_RETURN_IF_ERROR(CopyAndProve(context, snapshot, first, options.skip_hash_check));
  CAIRN_RETURN_IF_ERROR(other_cluster);
  CAIRN_ASSIGN_OR_RETURN(result.revision, EditDb(context, first, members, options.bump_revision,
                                                 options.snapshot_path));
  result.snapshot_revision = result.revision - static_cast<int64_t>(options.bump_revision);
  CAIRN_RETURN_IF_ERROR(CopyToOthers(context, stages));
  for (size_t i = 0; i < stages.size(); ++i) {
    CAIRN_RETURN_IF_ERROR(WriteLogAndSnap(context, stages[i], members, result.members[i].member.id,
                                          result.cluster));
    CAIRN_RETURN_IF_ERROR(context.progress.Update(snapshot.logical_size()));
  }
  CAIRN_RETURN_IF_ERROR(output.Place());
  return result;
}

}  // namespace cairn::offline
