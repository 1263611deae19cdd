// offline/restore/cluster.h: `snapshot restore --cluster`: the data directories of all members of a
// new cluster from one read of a snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/member.h"
#include "offline/db_file.h"
#include "offline/restore/cluster_file.h"

namespace cairn::offline {

struct RestoreClusterOptions {
  std::string snapshot_path;
  ClusterFile cluster;  // with a token (MakeClusterToken, where the operator gave none)
  // A directory. When it isn't there it is made, and appears at once with all that is in it. When
  // it is, no member's directory in it may hold anything.
  std::string output;
  bool dry_run = false;
  // The revision goes up by this much, and all before it counts as compacted.
  uint64_t bump_revision = 0;
  bool skip_hash_check = false;
  // Token and URLs that give members ids of the cluster that the snapshot is from: members of the
  // old cluster that still run would talk to the new ones.
  bool allow_same_cluster = false;
};

// More than a cluster can have written since the snapshot: at 10,000 writes a second, 27 hours.
inline constexpr uint64_t kKubernetesBump = 1'000'000'000;

struct RestoredMember {
  cluster::Member member;
  std::string data_dir;
};

struct RestoreClusterResult {
  std::string token;
  ClusterId cluster;
  std::vector<RestoredMember> members;  // in the file's order
  int64_t snapshot_revision = 0;
  int64_t revision = 0;               // with the bump
  std::vector<std::string> warnings;  // StartWarnings of the snapshot
  uint64_t bytes_each = 0;  // that a member's directory takes: the db and the log's first segment
};

// "cairn-restore-20261122-001530-9f86d081": a token that no other cluster has. `random` tells apart
// what is made in the same second.
std::string MakeClusterToken(Clock& clock, uint64_t random);

// Reads the snapshot once and builds every member's directory beside its place; all get their
// names at the end, or none does. The digest is checked; with skip_hash_check every page. With
// dry_run everything is checked (room too) and nothing written.
//
// Errors: AlreadyExists for a directory that holds something; FailedPrecondition when the new
// members would be members of the snapshot's cluster; ResourceExhausted when there is no room;
// DataLoss for a damaged snapshot. On any error nothing is left.
StatusOr<RestoreClusterResult> RestoreCluster(const Context& context,
                                              const RestoreClusterOptions& options);

}  // namespace cairn::offline
