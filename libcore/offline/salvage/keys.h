// offline/salvage/keys.h: the key bucket of a damaged file, in passes over one table (evidence.h):
// the newest tree's records; the gaps that it has; older trees' and orphaned pages' records for
// them; a verdict on each; the gaps that stay.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "offline/salvage/evidence.h"
#include "offline/salvage/scan.h"
#include "offline/salvage/tree.h"

namespace cairn::offline {

struct KeySources {
  SalvageBucketRef base;
  // Trees of older transactions that no compaction has removed anything from since.
  std::vector<SalvageBucketRef> older;
  // The previous meta's tree: where it has records after the base's last one, the base has lost its
  // end.
  std::optional<SalvageBucketRef> previous;
  // Whether there may be records after the base's last one: no, since it is of the newest
  // transaction; yes; only if orphaned pages hold some.
  enum class End { kKnown, kLost, kMaybeLost } end = End::kKnown;
  // Called when something is lost: all pages, and further trees like `older`.
  struct Scanned {
    const PageScan* pages = nullptr;
    std::vector<SalvageBucketRef> older;
  };
  std::function<StatusOr<Scanned>()> scan;
  std::optional<int64_t> compacted;  // -1: never; nothing: not known
  bool suspect_zeros = false;
  bool unverified = false;  // take them
};

struct KeyPlan {
  KeyTable rows;  // what is written, in order of revision
  uint64_t from_base = 0, from_older = 0, from_orphans = 0;
  uint64_t unverified = 0;
  std::vector<LostRevisions> lost;  // what nothing could fill
  std::vector<std::string> problems;
};

// `reached` has the pages of other trees of the base's transaction; those of this one join them.
StatusOr<KeyPlan> PlanKeys(SalvageInput& input, const KeySources& sources, bolt::PageSet& reached,
                           Progress& progress);

// The records that the plan takes, in order. `base` as PlanKeys had it.
Status ForEachPlanned(SalvageInput& input, const SalvageBucketRef& base, const KeyPlan& plan,
                      Progress& progress, const SalvageVisitor& visit);

}  // namespace cairn::offline
