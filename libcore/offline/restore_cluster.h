// offline/restore_cluster.h: `snapshot restore --cluster`: the data directories of all members of a
// new cluster from one read of a snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/member.h"
#include "offline/db_file.h"

namespace cairn::offline {

// The members file (YAML):
//
//   token: etcd-2026-11          # optional: a new one is made
//   members:
//     - name: m1
//       peer-urls: [https://10.0.0.1:2380]
//       data-dir: m1             # optional: NAME, below the output
//
// Also the names that etcd's configuration file has: initial-cluster-token, and instead of members
// `initial-cluster: m1=https://…,m2=https://…`.
struct ClusterFileMember {
  std::string name;
  std::vector<std::string> peer_urls;
  std::string data_dir;
};
struct ClusterFile {
  std::string token;  // empty: none was given
  std::vector<ClusterFileMember> members;
};
// `path` is for messages. Errors: InvalidArgument "PATH: line N, column M: …", also for a key that
// is not known (with the nearest one), a name or URL that comes twice, or no members.
StatusOr<ClusterFile> ParseClusterFile(std::string_view yaml, const std::string& path);

struct RestoreClusterOptions {
  std::string snapshot_path;
  ClusterFile cluster;
  std::string output;  // a directory, made if it is missing; members' directories must not be there
  bool dry_run = false;
  // A revision bump of kKubernetesBump with a compaction mark, so that API servers and controllers,
  // which hold watches and caches at revisions of the old cluster, notice and list anew.
  bool kubernetes = false;
  uint64_t bump_revision = 0;
  bool mark_compacted = false;
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
  int64_t revision = 0;  // with the bump
  uint64_t bytes_each = 0;
};

// Reads the snapshot once and writes every member's db beside its place; all directories get their
// names at the end, or none does. The digest is checked. With dry_run everything is checked (room
// too) and nothing written.
StatusOr<RestoreClusterResult> RestoreCluster(const Context& context,
                                              const RestoreClusterOptions& options);

}  // namespace cairn::offline
