// offline/restore/cluster_file.h: the members file of `snapshot restore --cluster`: YAML that names
// a new cluster's token and members.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::offline {

// The file:
//
//   token: etcd-2026-11          # optional: a new one is made
//   members:
//     - name: m1
//       peer-urls: [https://10.0.0.1:2380]
//       data-dir: m1             # optional: NAME, a directory in the output
//
// Also the names that etcd's configuration file has: initial-cluster-token, and instead of members
// `initial-cluster: m1=https://…,m2=https://…`. JSON is YAML too.
struct ClusterFileMember {
  std::string name;
  std::vector<std::string> peer_urls;  // as etcd prints them, sorted
  std::string data_dir;                // one name, no path
};
struct ClusterFile {
  std::string token;  // empty: none was given
  std::vector<ClusterFileMember> members;
};

inline constexpr uint64_t kMaxClusterFileBytes = 1 << 20;

// `path` is for messages. Errors: InvalidArgument "PATH: line N, column M: …", also for a key that
// is not known (with the nearest one), a name, URL or directory that comes twice, or no members.
StatusOr<ClusterFile> ParseClusterFile(std::string_view yaml, const std::string& path);

}  // namespace cairn::offline
