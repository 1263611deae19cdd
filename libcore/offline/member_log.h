// offline/member_log.h: what the log of a stopped member says about the state that its db should be
// in: from where it is read, its terms, its membership at each index.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cluster/storage_version.h"
#include "proto/raft_view.h"
#include "wal/log_reader.h"

namespace cairn::offline {

// The log after the newest snapshot that the member may start from.
struct MemberLog {
  wal::SnapshotPoint start;
  wal::LogSummary summary;
  uint64_t entries = 0;
  // The oldest release that can replay the entries; nothing: any.
  std::optional<cluster::SemVer> needs;

  // The term of the entry (or starting snapshot) at `index`; nothing when the log doesn't have it.
  std::optional<uint64_t> TermAt(uint64_t index) const;

  // The membership once the entries up to `index` are applied; nothing when the log can't say: it
  // starts after `index`, or neither the snapshot's record nor its `.snap` file tells the
  // membership to start from (etcd 3.4 writes none into the record).
  std::optional<proto::ConfState> MembersAt(uint64_t index) const;

  struct Change {
    proto::ConfChangeType type;
    uint64_t node;
  };
  std::map<uint64_t, uint64_t> first_of_term;  // index of a term's first entry -> term
  std::map<uint64_t, Change> changes;          // by index
  std::optional<proto::ConfState> initial;
};

// Reads the log in `wal_dir`; `snap_dir` is where the `.snap` files are. Errors: those of
// wal::ReadLog; DataLoss, naming file and offset, for an entry that can't be decoded.
StatusOr<MemberLog> ReadMemberLog(Fs& fs, const std::string& wal_dir, const std::string& snap_dir);

}  // namespace cairn::offline
