// offline/recover_plan.h: `recover plan`: which of several data directories and snapshots to start
// a lost cluster from, with which commands, and what that loses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

enum class SourceKind { kDataDir, kSnapshot, kDbFile };
enum class SourceHealth {
  kWhole,
  kDamaged,   // something is at fault, but it can be restored or salvaged from
  kUnusable,  // not a single record can be read
};

// One of the paths, and all that ranks it.
struct RecoverySource {
  std::string path;
  SourceKind kind = SourceKind::kDbFile;
  SourceHealth health = SourceHealth::kWhole;
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
  uint64_t db_bytes = 0;
  bool in_use = false;  // a server has it open: it was read all the same
};

struct RecoveryPlan {
  std::vector<RecoverySource> sources;  // best first
  std::vector<std::string> notes;  // several clusters, hashes that differ, a quorum that is there
  // Commands, in order, each a line that can be run, with a reason before it.
  struct Step {
    std::string why, command;
  };
  std::vector<Step> steps;
  std::vector<std::string> lost;  // what starting so loses, in words and numbers
};

// Reads every path; one that can't be read is a source that is unusable, not an error. Order:
// whole before damaged; then among data directories of one cluster the greatest (term, last
// index), since an entry that was committed stands in the longest log of the last term; then
// revision; then hash agreement; then data directories before snapshots.
StatusOr<RecoveryPlan> PlanRecovery(const Context& context, const std::vector<std::string>& paths,
                                    std::string_view program_name);

}  // namespace cairn::offline
