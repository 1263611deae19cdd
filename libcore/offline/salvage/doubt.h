// offline/salvage/doubt.h: which records of leaves that nothing refers to are still a part of the
// key bucket (the rules are in salvage_keys.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/salvage/keys.h"

namespace cairn::offline {

struct OrphanSearch {
  SalvageInput& input;
  const SalvageBucketRef& base;
  const std::vector<LostRange>& lost;
  const std::vector<KeyFill>& fills;  // what older trees gave, certain
  std::vector<KeyLeaf> leaves;        // whole ones, of no tree
  std::optional<int64_t> compacted;
  bool suspect_zeros = false;
};

struct OrphanFind {
  std::vector<KeyFill> taken;
  std::vector<KeyFill> doubtful;
  std::vector<LostRange> lost;  // what no leaf spans
  std::vector<std::string> problems;
};

// Memory: 40 bytes a record of the leaves in lost ranges; if some of them need to be judged, also
// 24 bytes a record of the file.
StatusOr<OrphanFind> FindOrphans(const OrphanSearch& search, Progress& progress);

}  // namespace cairn::offline
