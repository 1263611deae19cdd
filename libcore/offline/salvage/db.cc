// offline/salvage/db.cc: see db.h.
#include "offline/salvage/db.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "mvcc/schema.h"
#include "offline/key_bucket.h"
#include "offline/place.h"
#include "offline/salvage/key_record.h"
#include "offline/salvage/keys.h"
#include "offline/salvage/roots.h"
#include "offline/salvage/small.h"
#include "offline/salvage/write.h"

namespace cairn::offline {

namespace {

// What the steps share.
struct Job {
  const Context& context;
  const SalvageOptions& options;
  SalvageInput& input;
  const bool suspect_zeros;
};

// What is written, bucket by bucket.
struct Plan {
  SalvageBucketRef key_base;
  KeyPlan keys;
  std::deque<SmallPlan> smalls;  // in the order of the report's buckets, without `key`
};

Status NothingFound(const SalvageReport& report) {
  std::string text =
      fmt::format("{}: nothing to salvage: not a single record can be trusted", report.input);
  uint64_t doubtful = 0;
  for (const SalvageBucket& bucket : report.buckets) doubtful += bucket.doubtful;
  if (doubtful > 0) text += fmt::format(" ({} doubtful ones: --doubtful takes them)", doubtful);
  return absl::DataLossError(text);
}

void AddProblems(SalvageReport& report, const std::vector<std::string>& more) {
  report.problems.insert(report.problems.end(), more.begin(), more.end());
}

// The buckets of the output: the base's, and where its tree of buckets is damaged all of etcd's.
std::vector<std::string> Names(const RootTree& base) {
  std::set<std::string> names;
  for (const auto& [name, bucket] : base.buckets) names.insert(name);
  if (!base.lost.empty()) names.insert(mvcc::kBuckets.begin(), mvcc::kBuckets.end());
  return {names.begin(), names.end()};
}

// The trees after the first one, the newest first. The file is scanned for more of them when those
// that are known are used up.
StatusOr<const RootTree*> Older(const Job& job, Roots& roots, size_t i) {
  if (i + 1 >= roots.trees.size()) {
    CAIRN_RETURN_IF_ERROR(
        ScanRoots(job.input, job.suspect_zeros, job.context.progress, roots));
  }
  return i + 1 < roots.trees.size() ? &roots.trees[i + 1] : nullptr;
}

// The bucket in the base, or where that lost it in the next older root that has it.
struct Found {
  SalvageBucketRef bucket;
  const RootTree* root = nullptr;  // nothing: it is nowhere
};
StatusOr<Found> FindBucket(const Job& job, Roots& roots, const std::string& name) {
  const RootTree* root = &roots.base();
  for (size_t next = 0; root != nullptr; ++next) {
    if (const auto it = root->buckets.find(name); it != root->buckets.end()) {
      return Found{it->second, root};
    }
    CAIRN_ASSIGN_OR_RETURN(root, Older(job, roots, next));
  }
  return Found{};
}

Status PlanSmallBucket(const Job& job, Roots& roots, const std::string& name, const Found& found,
                       bolt::PageSet& reached, Plan& plan, SalvageReport& report) {
  const bool newest = found.root == &roots.base();
  if (!newest) {
    std::string why = "the tree of buckets has lost it";
    if (found.root != nullptr) why += "; what is there comes from " + found.root->name;
    report.losses.push_back({name, {}, {}, {}, {}, roots.base().page, std::move(why)});
  }
  if (found.root == nullptr) {
    plan.smalls.emplace_back().name = name;
    report.buckets.push_back({name, 0, 0, 0, 0});
    return absl::OkStatus();
  }
  Progress& progress = job.context.progress;
  CAIRN_ASSIGN_OR_RETURN(
      SmallPlan small,
      PlanSmall(job.input, name, found.bucket, job.suspect_zeros, reached, progress));
  for (size_t next = 0; !small.lost.empty(); ++next) {
    CAIRN_ASSIGN_OR_RETURN(const RootTree* const root, Older(job, roots, next));
    if (root == nullptr) break;
    const auto it = root->buckets.find(name);
    if (root == found.root || it == root->buckets.end()) continue;
    CAIRN_RETURN_IF_ERROR(FillSmall(job.input, it->second, job.suspect_zeros, small, progress));
  }
  report.buckets.push_back({name, newest ? small.from_base : 0,
                            small.from_older + (newest ? 0 : small.from_base), 0, 0});
  AddProblems(report, small.problems);
  for (const LostKeys& lost : small.lost) {
    report.losses.push_back({name, lost.range.low, lost.range.high, {}, {}, lost.page, lost.why});
  }
  plan.smalls.push_back(std::move(small));
  return absl::OkStatus();
}

// The compaction state of the base, or of the other meta: one transaction older, it has the mark of
// every compaction that can have removed something.
std::optional<int64_t> CompactedRevision(const Roots& roots) {
  for (const RootTree& root : roots.trees) {
    const bool counts = &root == &roots.base() || root.txid != 0;
    if (counts && root.compaction.has_value()) return root.compaction->compacted();
  }
  return std::nullopt;
}

// Trees of the key bucket from which no compaction has removed anything since; those from the
// `from`th one on.
std::vector<SalvageBucketRef> SameCompaction(const Roots& roots, std::optional<int64_t> compacted,
                                             const RootTree* except, size_t from) {
  std::vector<SalvageBucketRef> trees;
  for (size_t i = from; compacted.has_value() && i < roots.trees.size(); ++i) {
    const RootTree& root = roots.trees[i];
    const auto bucket = root.buckets.find(mvcc::kKeyBucket);
    if (&root != except && root.compaction.has_value() && bucket != root.buckets.end() &&
        root.compaction->finished == *compacted) {
      trees.push_back(bucket->second);
    }
  }
  return trees;
}

// Whether orphaned pages may belong to the newest state: there is no second root to compare with,
// and no digest that matches.
bool OrphansMayCount(const SalvageInput& input) {
  if (input.digest() == SalvageInput::Digest::kMatches) return false;
  const auto& metas = input.metas();
  return metas.size() < 2 || metas[0].meta.root.root == metas[1].meta.root.root;
}

KeySources SourcesOf(const Job& job, Roots& roots, const Found& found) {
  using End = KeySources::End;
  const bool of_base = found.root == &roots.base();
  const size_t known = roots.trees.size();
  KeySources sources;
  sources.base = found.bucket;
  if (found.root == nullptr) sources.base.fault = "the tree of buckets has lost it";
  sources.compacted = CompactedRevision(roots);
  sources.suspect_zeros = job.suspect_zeros;
  sources.unverified = job.options.doubtful;
  sources.older = SameCompaction(roots, sources.compacted, found.root, 1);
  sources.scan = [&job, &roots, known, root = found.root,
                  compacted = sources.compacted]() -> StatusOr<KeySources::Scanned> {
    CAIRN_RETURN_IF_ERROR(ScanRoots(job.input, job.suspect_zeros, job.context.progress, roots));
    return KeySources::Scanned{&*roots.scan, SameCompaction(roots, compacted, root, known)};
  };
  if (!of_base || !roots.base_is_newest) {
    sources.end = End::kLost;
  } else if (OrphansMayCount(job.input)) {
    sources.end = End::kMaybeLost;
  }
  if (of_base && known > 1 && roots.trees[1].txid != 0) {
    const auto bucket = roots.trees[1].buckets.find(mvcc::kKeyBucket);
    if (bucket != roots.trees[1].buckets.end()) sources.previous = bucket->second;
  }
  return sources;
}

Status PlanKeyBucket(const Job& job, Roots& roots, const Found& found, bolt::PageSet& reached,
                     Plan& plan, SalvageReport& report) {
  const KeySources sources = SourcesOf(job, roots, found);
  CAIRN_ASSIGN_OR_RETURN(plan.keys, PlanKeys(job.input, sources, reached, job.context.progress));
  plan.key_base = sources.base;
  const KeyPlan& keys = plan.keys;
  const std::string name(mvcc::kKeyBucket);
  const bool newest = found.root == &roots.base();
  report.buckets.push_back({name, newest ? keys.from_base : 0,
                            keys.from_older + (newest ? 0 : keys.from_base), keys.from_orphans,
                            job.options.doubtful ? 0 : keys.unverified});
  AddProblems(report, keys.problems);
  for (const LostRevisions& lost : keys.lost) {
    const KeyRange range = KeysOf(lost.range);
    SalvageLoss loss{name, range.low, range.high, {}, {}, lost.page, lost.why};
    if (const auto revisions = RevisionsOf(lost.range)) {
      loss.first_revision = revisions->first;
      if (revisions->only_more_changes) loss.why += "; only further changes of it may be missing";
      loss.last_revision = revisions->last;
    }
    report.losses.push_back(std::move(loss));
  }
  return absl::OkStatus();
}

Status Fill(const Job& job, const SalvageReport& report, const Plan& plan,
            bolt::BulkLoader& loader) {
  job.context.progress.Stage("writing", job.input.pages() * job.input.page_size());
  const SalvageVisitor add = [&](const SalvageRecord& record) {
    return loader.Add(record.key, record.value);
  };
  auto small = plan.smalls.begin();
  for (const SalvageBucket& bucket : report.buckets) {
    if (bucket.name == mvcc::kKeyBucket) {
      CAIRN_RETURN_IF_ERROR(loader.BeginBucket(bucket.name, plan.key_base.sequence));
      CAIRN_RETURN_IF_ERROR(
          ForEachPlanned(job.input, plan.key_base, plan.keys, job.context.progress, add));
    } else {
      CAIRN_RETURN_IF_ERROR(loader.BeginBucket(bucket.name, small->sequence));
      CAIRN_RETURN_IF_ERROR(ForEachPlanned(job.input, *small, add));
      ++small;
    }
    CAIRN_RETURN_IF_ERROR(loader.EndBucket());
  }
  return absl::OkStatus();
}

// Reads the new file back: what it holds is what the report says of it.
Status Check(const Job& job, const std::string& path, SalvageReport& report) {
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, DbFile::Open(job.context, path));
  bolt::ReadTx tx = db.Read();
  CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));
  report.revision = boot.current;
  report.compact_revision = boot.compact_revision();
  CAIRN_ASSIGN_OR_RETURN(const KeyIndex index, BuildKeyIndex(tx, job.context.progress));
  report.live_keys = index.live_keys();
  return absl::OkStatus();
}

StatusOr<SalvageReport> Run(const Job& job) {
  SalvageReport report;
  report.input = job.input.path();
  report.problems = job.input.problems();
  Progress& progress = job.context.progress;
  progress.Stage("reading", job.input.pages() * job.input.page_size());
  CAIRN_ASSIGN_OR_RETURN(Roots roots, FindRoots(job.input, job.suspect_zeros, progress));
  AddProblems(report, roots.problems);
  AddProblems(report, roots.base().problems);
  report.base = roots.base().name;
  for (const LostKeys& lost : roots.base().lost) {
    report.problems.push_back(fmt::format("page {}: {}", lost.page, lost.why));
  }
  Plan plan;
  bolt::PageSet reached = roots.base().reached;
  for (const std::string& name : Names(roots.base())) {
    CAIRN_ASSIGN_OR_RETURN(const Found found, FindBucket(job, roots, name));
    CAIRN_RETURN_IF_ERROR(name == mvcc::kKeyBucket
                              ? PlanKeyBucket(job, roots, found, reached, plan, report)
                              : PlanSmallBucket(job, roots, name, found, reached, plan, report));
  }
  if (std::all_of(report.buckets.begin(), report.buckets.end(), [](const SalvageBucket& b) {
        return b.from_newest + b.from_older + b.from_orphans == 0;
      })) {
    return NothingFound(report);
  }
  const bolt::BulkLoadOptions load{.page_size = job.input.page_size(),
                                   .txid = std::max<uint64_t>(roots.base().txid, 1)};
  CAIRN_ASSIGN_OR_RETURN(
      report.output_bytes,
      WriteNewDb(
          job.context, job.options.output, load,
          [&](bolt::BulkLoader& loader) { return Fill(job, report, plan, loader); },
          [&](const std::string& path) { return Check(job, path, report); }));
  report.complete =
      report.losses.empty() && std::all_of(report.buckets.begin(), report.buckets.end(),
                                           [](const SalvageBucket& b) { return b.doubtful == 0; });
  return report;
}

}  // namespace

StatusOr<SalvageReport> SalvageDb(const Context& context, const SalvageOptions& options) {
  CAIRN_RETURN_IF_ERROR(RefuseExisting(context.fs, options.output));
  CAIRN_ASSIGN_OR_RETURN(const Place place, FindPlace(context.fs, options.input));
  CAIRN_ASSIGN_OR_RETURN(const std::string path, NeedDb(place));
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<SalvageInput> input,
                         SalvageInput::Open(context, path));
  const bool suspect_zeros =
      !options.doubtful && input->digest() != SalvageInput::Digest::kMatches;
  return Run({context, options, *input, suspect_zeros});
}

}  // namespace cairn::offline
