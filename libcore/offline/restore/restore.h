// offline/restore/restore.h: `snapshot restore`: a member of a new cluster made from a snapshot.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cluster/member.h"
#include "offline/db_file.h"

namespace cairn::offline {

struct RestoreOptions {
  std::string snapshot_path;
  std::string name = "default";
  std::string data_dir;  // empty: NAME.etcd
  std::string wal_dir;   // empty: DATA_DIR/member/wal
  std::string initial_cluster;
  std::string initial_cluster_token;
  std::string advertise_peer_urls;
  bool skip_hash_check = false;
  // Both or neither: the revision goes up by this much, and all before it counts as compacted, so
  // that clients that watched the old cluster notice.
  uint64_t bump_revision = 0;
  bool mark_compacted = false;
  // Called once the words and the place are found good, before anything is written.
  std::function<void()> on_begin;
};

struct RestoreResult {
  std::string data_dir;
  MemberId member;
  ClusterId cluster;
  std::vector<cluster::Member> members;  // ascending by id
  int64_t revision = 0;
  std::vector<std::string> warnings;  // StartWarnings of the snapshot
};

// Writes the member's directory (docs/formats.md, section 3, "Restore"): db, WAL and `.snap` of a
// cluster that begins with this membership and the snapshot's keys. Everything is built beside its
// place and renamed at the end: on any error nothing is left, and the snapshot is only read. The
// digest is checked; with skip_hash_check every page is checked instead.
StatusOr<RestoreResult> Restore(const Context& context, const RestoreOptions& options);

}  // namespace cairn::offline
