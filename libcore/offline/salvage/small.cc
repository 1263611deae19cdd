// offline/salvage/small.cc: see small.h.
#include "offline/salvage/small.h"

#include "alarm/alarm_record.h"
#include "auth/auth_records.h"
#include "cluster/conf_state.h"
#include "cluster/membership_records.h"
#include "cluster/storage_version.h"
#include "lease/lease_record.h"
#include "mvcc/schema.h"

namespace cairn::offline {

namespace {

Status CheckMeta(std::string_view key, std::string_view value) {
  if (key == mvcc::kFinishedCompactKey || key == mvcc::kScheduledCompactKey) {
    return mvcc::DecodeCompactRevision(key, value).status();
  }
  if (key == mvcc::kConfStateKey) return cluster::DecodeConfState(value).status();
  if (key == mvcc::kStorageVersionKey) return cluster::ParseSemVer(value).status();
  if ((key == mvcc::kConsistentIndexKey || key == mvcc::kTermKey) && value.size() != 8) {
    return absl::DataLossError("not a number of eight bytes");
  }
  return absl::OkStatus();
}

Status CheckRecord(std::string_view bucket, std::string_view key, std::string_view value) {
  if (bucket == mvcc::kMetaBucket) return CheckMeta(key, value);
  if (bucket == mvcc::kLeaseBucket) return lease::DecodeLease(key, value).status();
  if (bucket == mvcc::kAlarmBucket) return alarm::DecodeAlarm(key, value).status();
  if (bucket == mvcc::kAuthUsersBucket) return auth::DecodeUser(key, value).status();
  if (bucket == mvcc::kAuthRolesBucket) return auth::DecodeRole(key, value).status();
  if (bucket == mvcc::kMembersBucket) return cluster::DecodeMemberRecord(key, value).status();
  if (bucket == mvcc::kMembersRemovedBucket) {
    return cluster::DecodeRemovedRecord(key, value).status();
  }
  if (bucket == mvcc::kAuthBucket) {
    if (key == auth::kAuthEnabledKey) return auth::DecodeAuthEnabled(value).status();
    if (key == auth::kAuthRevisionKey) return auth::DecodeAuthRevision(value).status();
  }
  if (bucket == mvcc::kClusterBucket) {
    if (key == cluster::kClusterVersionKey) return cluster::ParseSemVer(value).status();
    if (key == cluster::kDowngradeKey) return cluster::DecodeDowngrade(value).status();
  }
  return absl::OkStatus();
}

// Counts records, or passes them on with the fills between them.
class SmallTaker : public RecordTaker {
 public:
  using Visit = std::function<Status(const SalvageRecord&)>;
  SmallTaker(std::string_view bucket, Visit visit) : bucket_(bucket), visit_(std::move(visit)) {}

  std::string Fault(std::string_view key, std::string_view value) override {
    return SmallRecordFault(bucket_, key, value);
  }
  Status Take(const SalvageRecord& record) override { return visit_(record); }

 private:
  const std::string_view bucket_;
  const Visit visit_;
};

}  // namespace

std::string SmallRecordFault(std::string_view bucket, std::string_view key,
                             std::string_view value) {
  return std::string(Message(CheckRecord(bucket, key, value)));
}

StatusOr<SmallPlan> PlanSmall(SalvageInput& input, std::string_view name,
                              const SalvageBucketRef& base, const OlderBucket& older,
                              bool suspect_zeros, bolt::PageSet& reached, Progress& progress) {
  SmallPlan plan;
  plan.name = name;
  plan.base = base;
  SmallTaker count(name, [](const SalvageRecord&) { return absl::OkStatus(); });
  CAIRN_ASSIGN_OR_RETURN(
      TreeWalk walk,
      WalkTree(input, base,
               {.range = {}, .buckets = false, .suspect_zeros = suspect_zeros, .reached = &reached},
               count, progress));
  plan.from_base = walk.records;
  plan.problems = std::move(walk.problems);
  plan.lost = std::move(walk.lost);
  SmallTaker fill(name, [&](const SalvageRecord& record) {
    plan.fills.emplace(record.key, record.value);
    return absl::OkStatus();
  });
  while (!plan.lost.empty()) {
    CAIRN_ASSIGN_OR_RETURN(const SalvageBucketRef* const tree, older());
    if (tree == nullptr) break;
    std::vector<LostRange> still;
    for (const LostRange& lost : plan.lost) {
      CAIRN_ASSIGN_OR_RETURN(
          const TreeWalk part,
          WalkTree(input, *tree,
                   {.range = lost.range, .suspect_zeros = suspect_zeros, .reached = nullptr}, fill,
                   progress));
      for (LostRange& one : Within(lost.range, part.lost)) {
        still.push_back({std::move(one.range), lost.page, lost.why});
      }
    }
    Normalize(still);
    plan.lost = std::move(still);
  }
  plan.from_older = plan.fills.size();
  return plan;
}

Status ForEachPlanned(SalvageInput& input, const SmallPlan& plan, bool suspect_zeros,
                      bolt::PageSet& reached, Progress& progress,
                      const std::function<Status(const SalvageRecord&)>& visit) {
  auto next = plan.fills.begin();
  const auto fill = [&]() {
    const SalvageRecord record{next->first, next->second, 0, 0};
    ++next;
    return visit(record);
  };
  SmallTaker merge(plan.name, [&](const SalvageRecord& record) -> Status {
    while (next != plan.fills.end() && next->first < record.key) CAIRN_RETURN_IF_ERROR(fill());
    if (next != plan.fills.end() && next->first == record.key) ++next;
    return visit(record);
  });
  CAIRN_RETURN_IF_ERROR(
      WalkTree(input, plan.base,
               {.range = {}, .buckets = false, .suspect_zeros = suspect_zeros, .reached = &reached},
               merge, progress)
          .status());
  while (next != plan.fills.end()) CAIRN_RETURN_IF_ERROR(fill());
  return absl::OkStatus();
}

}  // namespace cairn::offline
