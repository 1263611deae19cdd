// offline/recover/source.h: what one data directory, snapshot or db file has to offer for the
// recovery of a cluster.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cluster/member.h"
#include "offline/db_file.h"

namespace cairn::offline {

enum class SourceKind { kDataDir, kSnapshot, kDbFile, kOther };
enum class SourceHealth {
  kWhole,
  kDamaged,   // something is at fault, but it can be restored or salvaged from
  kUnusable,  // not a single record can be read
};
// What can be done with it, best first.
enum class SourceUse {
  kStart,    // a data directory that a server starts on
  kRestore,  // its db is whole
  kSalvage,  // its db is damaged, and records may still be in it
  kNone,
};

// One of the paths, and all that ranks it. What could not be read is zero, empty or nothing.
struct RecoverySource {
  std::string path;
  std::string db_path;  // the db in a data directory; else `path`
  std::string wal_dir;  // where its log is, when that is not in the data directory
  SourceKind kind = SourceKind::kOther;
  SourceHealth health = SourceHealth::kWhole;
  SourceUse use = SourceUse::kNone;
  std::vector<std::string> faults;  // in `verify`'s words, the first few
  std::optional<uint64_t> cluster;  // id, from the log's metadata
  std::optional<uint64_t> member;
  std::string name;               // of the member, where the db has it
  uint64_t term = 0;              // the last in log or db
  uint64_t last_index = 0;        // the log's last entry
  uint64_t commit = 0;            // as the hard state has it
  uint64_t consistent_index = 0;  // that the db has applied
  int64_t revision = 0;
  int64_t compact_revision = -1;
  std::optional<uint32_t> hash;  // HashKV at `hash_revision`, which all sources of a cluster hold
  int64_t hash_revision = 0;
  bool diverged = false;  // the others agree on another hash
  bool disputed = false;  // another one has another hash, and no hash has the majority
  uint64_t db_bytes = 0;
  bool in_use = false;  // a server has it open: it was read all the same, and not checked
  // The membership as the db has it.
  std::vector<cluster::Member> members;
  std::vector<MemberId> removed;
  // Those that may vote by the log, up to its last committed entry; nothing when it can't say.
  std::optional<std::vector<uint64_t>> log_voters;
  std::string cluster_version;
  bool no_log = false;  // a data directory without a log, which may well be elsewhere

  // The last entry whose effects are there once it is started (or restored). A server that is
  // started alone keeps what it knows as committed: the hard state's commit index, or what its db
  // has applied, as the former may be written late.
  uint64_t kept_index() const {
    return use == SourceUse::kStart ? std::max(commit, consistent_index) : consistent_index;
  }
};

inline constexpr size_t kShownFaults = 3;

// Reads a data directory (or its member/), a snapshot or a db file; checks all that `verify` checks
// unless a server has it open. `wal_dir` is where a data directory's log is, when it isn't in it;
// else empty. No lock is waited for, nothing is written. Damage is a fault of the source. Errors
// are what says nothing about the data: a path where nothing is, or that is not a data directory;
// what may not be read; no log in `wal_dir`; an interrupt.
StatusOr<RecoverySource> ReadRecoverySource(const Context& context, const std::string& path,
                                            const std::string& wal_dir);

}  // namespace cairn::offline
