// offline/recover_plan.h: `recover plan`: which of several data directories and snapshots to start
// a lost cluster from, with which commands, and what that loses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "offline/recover_source.h"

namespace cairn::offline {

enum class RecoveryWay {
  kNone,      // nothing is usable
  kStartAll,  // a quorum is there: the members only have to be started
  kForceOne,  // one data directory goes on alone, the others are added to it
  kRestore,   // a new cluster from a snapshot or a db
  kSalvage,   // the same from what is left of a damaged db
};

struct RecoveryPlan {
  RecoveryWay way = RecoveryWay::kNone;
  std::vector<RecoverySource> sources;  // best first
  std::vector<std::string> notes;  // several clusters, hashes that differ, a quorum that is there
  // Commands, in order, each a line that can be run by a shell, with a reason before it. One that
  // begins with `etcd` is a server, which runs on; the next one for the same directory takes its
  // place.
  struct Step {
    std::string why, command;
  };
  std::vector<Step> steps;
  std::vector<std::string> lost;  // what starting so loses, in words and numbers
};

// Reads every path; one that can't be read is a source that is unusable, not an error. The plan is
// for one cluster: where the paths are of several, the one with most members to start.
//
// Order: what can be started or restored, before what has to be salvaged; what agrees with the
// others in its hash; the greatest index up to which a source keeps its entries
// (RecoverySource::kept_index); then term and last index; then revision; then data directories
// before snapshots, as they keep the members' ids.
StatusOr<RecoveryPlan> PlanRecovery(const Context& context, const std::vector<std::string>& paths,
                                    std::string_view program_name);

}  // namespace cairn::offline
