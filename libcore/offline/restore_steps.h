// offline/restore_steps.h: the steps by which a member's directory is made from a snapshot, which
// the restore of one member and that of a whole cluster share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/strong.h"
#include "cluster/member.h"
#include "offline/db_file.h"

namespace cairn::offline {

// What is appended to a name while that which will bear it is built.
inline constexpr std::string_view kRestoringSuffix = ".restoring";

// A member's new directory: where it is built, and where its parts go at the end.
struct MemberStage {
  std::string root;      // holds member/ while it is built
  std::string wal_root;  // the staged WAL directory
  std::string data_dir, wal_dir;
  bool data_dir_exists = false;
  bool own_wal_dir = false;  // the WAL lies outside the data directory
  // What has got its final name.
  bool data_placed = false;
  bool wal_placed = false;

  std::string db_path() const { return DbPath(root); }
};

// True when the directory is there (and holds nothing), false when it isn't. AlreadyExists with
// etcd's text when it holds something; what a killed restore left of its own does not count.
StatusOr<bool> FindEmptyDir(Fs& fs, const std::string& data_dir);

// The stage of a directory that FindEmptyDir takes: makes the levels above it, and takes away what
// a killed restore left. With `wal_dir` the log goes there, which must not exist.
StatusOr<MemberStage> PrepareStage(Fs& fs, std::string data_dir, const std::string& wal_dir);

// Makes the directories of a stage, down to where db and log go.
Status MakeStage(Fs& fs, const MemberStage& stage);

// Opens a snapshot. FailedPrecondition with etcd's text when it has no digest behind it, unless
// that is not wanted.
StatusOr<DbFile> OpenSnapshot(const Context& context, const std::string& path,
                              bool skip_hash_check);

// What a member made from this snapshot takes: its db and the first segment of its log.
uint64_t BytesOfMember(const DbFile& snapshot);
// ResourceExhausted, naming `shown`, when less than `bytes` are free where `path` lies.
Status CheckRoom(Fs& fs, const std::string& path, const std::string& shown, uint64_t bytes);

// Copies the snapshot's pages to the new file `path` and proves them: by the digest, or, with
// skip_hash_check, page by page.
Status CopyAndProve(const Context& context, const DbFile& snapshot, const std::string& path,
                    bool skip_hash_check);
// The same proof without a copy.
Status ProveSnapshot(const Context& context, const DbFile& snapshot, bool skip_hash_check);

// `revision` and so much more. InvalidArgument when there are no revisions above that.
StatusOr<int64_t> BumpedRevision(int64_t revision, uint64_t bump);

// Writes the membership of the new cluster, its consistent index and the bumped revision into the
// db at `path`; the same for each member. Returns the revision. Damage of the copy is damage of the
// snapshot, whose name stands in the message.
StatusOr<int64_t> EditDb(const Context& context, const std::string& path,
                         const std::vector<cluster::Member>& members, uint64_t bump_revision,
                         const std::string& snapshot_path);

// The log of a cluster whose members were added one by one, and the `.snap` file behind them.
// `members` ascending by id; `self` is one of them.
Status WriteLogAndSnap(const Context& context, const MemberStage& stage,
                       const std::vector<cluster::Member>& members, MemberId self,
                       ClusterId cluster);

// Makes the names in a stage durable; then gives its parts their places.
Status SyncStage(Fs& fs, const MemberStage& stage);
Status MoveIntoPlace(Fs& fs, MemberStage& stage);

// Takes away all that an unfinished restore made.
void Discard(Fs& fs, const MemberStage& stage);

}  // namespace cairn::offline
