// offline/restore/steps.h: the steps by which a member's directory is made from a snapshot, which
// the restore of one member and that of a whole cluster share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/strong.h"
#include "cluster/member.h"
#include "offline/db_file.h"
#include "offline/restore/member_stage.h"

namespace cairn::offline {

// Opens a snapshot. FailedPrecondition with etcd's text when it has no digest after it, unless
// that is not wanted.
StatusOr<DbFile> OpenSnapshot(const Context& context, const std::string& path,
                              bool skip_hash_check);

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

// The log of a cluster whose members were added one by one, and the `.snap` file after them.
// `members` ascending by id; `self` is one of them.
Status WriteLogAndSnap(const Context& context, const MemberStage& stage,
                       const std::vector<cluster::Member>& members, MemberId self,
                       ClusterId cluster);

}  // namespace cairn::offline
