// bolt/commit.cc: see commit.h.
#include "bolt/commit.h"

#include <algorithm>

#include "base/check.h"
#include "base/failpoint.h"

namespace cairn::bolt {

namespace {

// Long enough that more gains nothing, short enough that a write is never a stall of its own.
constexpr uint64_t kMaxWriteBytes = uint64_t{4} << 20;

Status WriteGathered(File& file, const Write& write) {
  const std::vector<std::string_view> parts(write.parts.begin(), write.parts.end());
  return file.WriteAtV(write.offset, parts);
}

}  // namespace

std::vector<Write> GatherWrites(std::vector<std::pair<uint64_t, std::string>> runs,
                                uint32_t page_size) {
  std::sort(runs.begin(), runs.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Write> writes;
  uint64_t end = 0;
  uint64_t bytes = 0;
  for (auto& [page, run] : runs) {
    const uint64_t offset = page * page_size;
    CAIRN_CHECK(offset >= end && run.size() % page_size == 0);
    if (writes.empty() || offset != end || bytes + run.size() > kMaxWriteBytes) {
      writes.push_back({offset, {}});
      bytes = 0;
    }
    end = offset + run.size();
    bytes += run.size();
    writes.back().parts.push_back(std::move(run));
  }
  return writes;
}

Status RunCommit(File& file, const CommitPlan& plan) {
  FAILPOINT("beforeCommit");
  if (plan.grow_to > 0) {
    CAIRN_RETURN_IF_ERROR(file.Truncate(plan.grow_to));
    CAIRN_RETURN_IF_ERROR(file.Sync());
  }
  for (const Write& write : plan.data) CAIRN_RETURN_IF_ERROR(WriteGathered(file, write));
  FAILPOINT("beforeSyncDataPages");
  CAIRN_RETURN_IF_ERROR(file.Sync());
  CAIRN_RETURN_IF_ERROR(WriteGathered(file, plan.meta));
  FAILPOINT("beforeSyncMetaPage");
  CAIRN_RETURN_IF_ERROR(file.Sync());
  FAILPOINT("afterCommit");
  return absl::OkStatus();
}

}  // namespace cairn::bolt
