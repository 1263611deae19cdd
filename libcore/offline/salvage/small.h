// offline/salvage/small.h: the buckets beside `key` of a damaged file: the newest records that can
// be read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "offline/salvage/tree.h"

namespace cairn::offline {

// Why a record of this bucket can't be right, by the module that owns it; empty when it can.
std::string SmallRecordFault(std::string_view bucket, std::string_view key, std::string_view value);

// One record, by its place in the file.
struct SmallRow {
  uint64_t page = 0;
  uint32_t element = 0;
  std::string value;  // of an inline bucket (page 0)
};

struct SmallPlan {
  std::string name;
  uint64_t sequence = 0;
  std::map<std::string, SmallRow, std::less<>> rows;  // by key
  uint64_t from_base = 0, from_older = 0;
  std::vector<LostKeys> lost;  // what nothing could fill
  std::vector<std::string> problems;
};

// The newest tree's records.
StatusOr<SmallPlan> PlanSmall(SalvageInput& input, std::string_view name,
                              const SalvageBucketRef& base, bool suspect_zeros,
                              bolt::PageSet& reached, Progress& progress);

// Adds an older tree's records of what is lost.
Status FillSmall(SalvageInput& input, const SalvageBucketRef& tree, bool suspect_zeros,
                 SmallPlan& plan, Progress& progress);

// The records that the plan takes, in order.
Status ForEachPlanned(SalvageInput& input, const SmallPlan& plan, const SalvageVisitor& visit);

}  // namespace cairn::offline
