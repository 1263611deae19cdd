// offline/salvage/small.h: the buckets beside `key` of a damaged file: the newest records that can
// be read.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "offline/salvage/tree.h"

namespace cairn::offline {

// Why a record of this bucket can't be right, by the module that owns it; empty when it can.
std::string SmallRecordFault(std::string_view bucket, std::string_view key, std::string_view value);

struct SmallPlan {
  std::string name;
  SalvageBucketRef base;
  uint64_t from_base = 0, from_older = 0;
  std::map<std::string, std::string, std::less<>> fills;
  std::vector<LostRange> lost;
  std::vector<std::string> problems;
};

// `older` gives the same bucket of the next older tree, nothing when there is none any more.
using OlderBucket = std::function<StatusOr<const SalvageBucketRef*>()>;

StatusOr<SmallPlan> PlanSmall(SalvageInput& input, std::string_view name,
                              const SalvageBucketRef& base, const OlderBucket& older,
                              bool suspect_zeros, bolt::PageSet& reached, Progress& progress);

// The records that the plan takes, in order.
Status ForEachPlanned(SalvageInput& input, const SmallPlan& plan, bool suspect_zeros,
                      bolt::PageSet& reached, Progress& progress,
                      const std::function<Status(const SalvageRecord&)>& visit);

}  // namespace cairn::offline
