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

class SmallRules : public RecordRules {
 public:
  explicit SmallRules(std::string_view bucket) : bucket_(bucket) {}
  std::string Fault(std::string_view key, std::string_view value) const override {
    return SmallRecordFault(bucket_, key, value);
  }

 private:
  const std::string_view bucket_;
};

SalvageVisitor AddTo(SmallPlan& plan) {
  return [&plan](const SalvageRecord& record) {
    SmallRow row{record.page, record.element, {}};
    if (record.page == 0) row.value = record.value;
    plan.rows.emplace(record.key, std::move(row));
    return absl::OkStatus();
  };
}

}  // namespace

std::string SmallRecordFault(std::string_view bucket, std::string_view key,
                             std::string_view value) {
  return std::string(Message(CheckRecord(bucket, key, value)));
}

StatusOr<SmallPlan> PlanSmall(SalvageInput& input, std::string_view name,
                              const SalvageBucketRef& base, bool suspect_zeros,
                              bolt::PageSet& reached, Progress& progress) {
  SmallPlan plan;
  plan.name = name;
  plan.sequence = base.sequence;
  CAIRN_ASSIGN_OR_RETURN(
      TreeWalk walk, WalkTree(input, base, {.suspect_zeros = suspect_zeros, .reached = &reached},
                              SmallRules(name), AddTo(plan), progress));
  plan.from_base = plan.rows.size();
  plan.problems = std::move(walk.problems);
  plan.lost = std::move(walk.lost);
  return plan;
}

Status FillSmall(SalvageInput& input, const SalvageBucketRef& tree, bool suspect_zeros,
                 SmallPlan& plan, Progress& progress) {
  std::vector<LostKeys> still;
  for (const LostKeys& lost : plan.lost) {
    CAIRN_ASSIGN_OR_RETURN(
        const TreeWalk walk,
        WalkTree(input, tree, {.range = lost.range, .suspect_zeros = suspect_zeros},
                 SmallRules(plan.name), AddTo(plan), progress));
    for (KeyRange& part : Within(lost.range, walk.lost)) {
      still.push_back({std::move(part), lost.page, lost.why});
    }
  }
  Normalize(still);
  plan.lost = std::move(still);
  plan.from_older = plan.rows.size() - plan.from_base;
  return absl::OkStatus();
}

Status ForEachPlanned(SalvageInput& input, const SmallPlan& plan, const SalvageVisitor& visit) {
  SalvagePage page;
  uint64_t id = 0;
  for (const auto& [key, row] : plan.rows) {
    std::string_view value = row.value;
    if (row.page != 0) {
      if (row.page != id) {
        CAIRN_ASSIGN_OR_RETURN(page, input.Read(row.page));
        id = row.page;
      }
      if (row.element >= page.view.count()) return ChangedMeanwhile(input);
      value = page.view.value(row.element);
    }
    CAIRN_RETURN_IF_ERROR(visit({key, value, row.page, row.element}));
  }
  return absl::OkStatus();
}

}  // namespace cairn::offline
