// offline/inspect/snap_list.h: `inspect snap`: the `.snap` files of a member, and what else lies
// with them (formats.md, section 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/db_file.h"
#include "proto/raft_view.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"

namespace cairn::offline {

// One `.snap` file.
struct SnapInfo {
  std::string name;
  uint64_t size = 0;
  bool readable = false;
  std::string problem;  // why it can't be read, or what is odd about it; empty when it is whole
  // What it says; the name's when it can't be read. 0 when neither tells.
  uint64_t term = 0, index = 0;
  proto::ConfState conf_state;
  // The membership in it: the v2 store's.
  std::string store_problem;  // why that can't be read
  snap::V2Membership membership;
  bool has_user_keys = false;  // users have keys in the v2 store: 3.6 and newer refuse it

  enum class Record {
    kUnknown,      // no log was given
    kNone,         // an orphan of a crash: servers pass it over
    kUncommitted,  // the log has it, but no commit index up to it
    kCommitted,    // a server may start from it
  };
  Record record = Record::kUnknown;
};

// Another file in the directory.
struct SnapNeighbour {
  std::string name;
  uint64_t size = 0;
  std::string what;
};

struct SnapListing {
  std::string dir;
  std::vector<SnapInfo> files;  // newest first
  std::vector<SnapNeighbour> others;
  std::string log_problem;  // damage in the log: records after it aren't known
  // The file from which etcd up to 3.6 starts; empty when there is none, or no log to tell.
  std::string starts_from;
};

// Reads the `.snap` files of `snap_dir` and, where `wal_dir` is given, the log's records of them.
StatusOr<SnapListing> ListSnaps(const Context& context, const std::string& snap_dir,
                                const std::optional<std::string>& wal_dir);

// One file, whatever its name.
StatusOr<SnapListing> ReadOneSnap(const Context& context, const std::string& path);

}  // namespace cairn::offline
