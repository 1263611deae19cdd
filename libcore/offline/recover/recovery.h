// offline/recover/recovery.h: the ways to bring a lost cluster back, and a plan to go one of them.
#pragma once

#include <string>
#include <vector>

#include "offline/recover/source.h"

namespace cairn::offline {

enum class RecoveryWay {
  kNone,      // nothing is usable
  kStartAll,  // a quorum is there: the members only have to be started
  // The members that are not among the paths may still be a majority with these: the ones that can
  // are started, a damaged one is replaced by an empty one. Nothing is thrown away.
  kMajority,
  kCompare,   // what could be started holds different keys, and none has the majority
  kForceOne,  // one data directory goes on alone, the others are added to it
  kRestore,   // a new cluster from a snapshot or a db
  kSalvage,   // the same from what is left of a damaged db
};
// Whether what a way leaves behind is gone for good.
constexpr bool ThrowsAway(RecoveryWay way) {
  return way == RecoveryWay::kForceOne || way == RecoveryWay::kRestore ||
         way == RecoveryWay::kSalvage;
}

struct RecoveryOptions {
  // Where logs are that are not in their data directories. As many as there are data directories
  // among the paths, in their order, or as many as have no log of their own.
  std::vector<std::string> wal_dirs;
  // Names or ids of members that are gone for good: no directory of theirs will be found, and none
  // runs. Of others that are not among the paths that is not taken for granted.
  std::vector<std::string> lost;
};

struct RecoveryPlan {
  RecoveryWay way = RecoveryWay::kNone;
  std::string headline;                 // what it comes to, one line; empty when nothing is usable
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

}  // namespace cairn::offline
