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
#include "offline/salvage/keys.h"
#include "offline/salvage/roots.h"
#include "offline/salvage/small.h"
#include "offline/salvage/write.h"

namespace cairn::offline {

namespace {

class Salvage {
 public:
  Salvage(const Context& context, const SalvageOptions& options, SalvageInput& input)
      : context_(context),
        options_(options),
        input_(input),
        suspect_zeros_(!options.doubtful && input.digest() != SalvageInput::Digest::kMatches),
        roots_(input, suspect_zeros_, context.progress) {}

  StatusOr<SalvageReport> Run() {
    report_.input = input_.path();
    report_.problems = input_.problems();
    context_.progress.Stage("reading", input_.pages() * input_.page_size());
    CAIRN_RETURN_IF_ERROR(roots_.Find());
    AddProblems(roots_.problems());
    AddProblems(roots_.base().problems);
    report_.base = roots_.base().name;
    for (const LostRange& lost : roots_.base().lost) {
      report_.problems.push_back(fmt::format("page {}: {}", lost.page, lost.why));
    }
    bolt::PageSet reached = roots_.base().reached;
    for (const std::string& name : Names()) CAIRN_RETURN_IF_ERROR(Plan(name, reached));
    if (std::all_of(report_.buckets.begin(), report_.buckets.end(), [](const SalvageBucket& b) {
          return b.from_newest + b.from_older + b.from_orphans == 0;
        })) {
      return NothingFound();
    }
    CAIRN_RETURN_IF_ERROR(Write());
    report_.complete =
        report_.losses.empty() &&
        std::all_of(report_.buckets.begin(), report_.buckets.end(),
                    [](const SalvageBucket& bucket) { return bucket.doubtful == 0; });
    return std::move(report_);
  }

 private:
  void AddProblems(const std::vector<std::string>& more) {
    report_.problems.insert(report_.problems.end(), more.begin(), more.end());
  }

  Status NothingFound() const {
    std::string text =
        fmt::format("{}: nothing to salvage: not a single record can be trusted", input_.path());
    uint64_t doubtful = 0;
    for (const SalvageBucket& bucket : report_.buckets) doubtful += bucket.doubtful;
    if (doubtful > 0) text += fmt::format(" ({} doubtful ones: --doubtful takes them)", doubtful);
    return absl::DataLossError(text);
  }

  // The buckets of the output: the base's, and where its tree of buckets is damaged all of etcd's.
  std::vector<std::string> Names() {
    std::set<std::string> names;
    for (const auto& [name, bucket] : roots_.base().buckets) names.insert(name);
    if (!roots_.base().lost.empty()) names.insert(mvcc::kBuckets.begin(), mvcc::kBuckets.end());
    return {names.begin(), names.end()};
  }

  // The bucket in the base, or where that lost it in the next older root that has it.
  struct Found {
    SalvageBucketRef bucket;
    const RootTree* root = nullptr;  // nothing: it is nowhere
  };
  StatusOr<Found> FindBucket(const std::string& name) {
    const RootTree& base = roots_.base();
    if (const auto it = base.buckets.find(name); it != base.buckets.end()) {
      return Found{it->second, &base};
    }
    for (const bool scanned : {false, true}) {
      if (scanned) CAIRN_RETURN_IF_ERROR(roots_.Scan().status());
      for (const RootTree* const root : roots_.older()) {
        if (const auto it = root->buckets.find(name); it != root->buckets.end()) {
          return Found{it->second, root};
        }
      }
    }
    return Found{};
  }

  Status Plan(const std::string& name, bolt::PageSet& reached) {
    CAIRN_ASSIGN_OR_RETURN(const Found found, FindBucket(name));
    if (name == mvcc::kKeyBucket) return PlanKeyBucket(found, reached);
    if (found.root != &roots_.base()) {
      report_.losses.push_back({name,
                                {},
                                {},
                                {},
                                {},
                                roots_.base().page,
                                found.root == nullptr
                                    ? "the tree of buckets has lost it"
                                    : fmt::format("the tree of buckets has lost it; what is there "
                                                  "comes from {}",
                                                  found.root->name)});
    }
    if (found.root == nullptr) {
      smalls_.emplace_back().name = name;
      report_.buckets.push_back({name, 0, 0, 0, 0});
      return absl::OkStatus();
    }
    size_t next = 0;
    SalvageBucketRef current;
    const OlderBucket older = [&]() -> StatusOr<const SalvageBucketRef*> {
      for (;;) {
        std::vector<const RootTree*> all = roots_.older();
        if (next == all.size()) {
          CAIRN_RETURN_IF_ERROR(roots_.Scan().status());
          all = roots_.older();
          if (next == all.size()) return nullptr;
        }
        const RootTree* const root = all[next++];
        if (root == found.root) continue;
        const auto it = root->buckets.find(name);
        if (it == root->buckets.end()) continue;
        current = it->second;
        return &current;
      }
    };
    CAIRN_ASSIGN_OR_RETURN(SmallPlan plan, PlanSmall(input_, name, found.bucket, older,
                                                     suspect_zeros_, reached, context_.progress));
    const bool newest = found.root == &roots_.base();
    report_.buckets.push_back(
        {name, newest ? plan.from_base : 0, plan.from_older + (newest ? 0 : plan.from_base), 0, 0});
    AddProblems(plan.problems);
    for (const LostRange& lost : plan.lost) {
      report_.losses.push_back(
          {name, lost.range.low, lost.range.high, {}, {}, lost.page, lost.why});
    }
    smalls_.push_back(std::move(plan));
    return absl::OkStatus();
  }

  // The marks of the base, or of the other meta: one transaction older, it has the mark of every
  // compaction that can have removed something.
  std::optional<RootTree::Marks> Marks() const {
    if (roots_.base().marks.has_value()) return roots_.base().marks;
    for (const RootTree* const root : roots_.older()) {
      if (root->txid != 0 && root->marks.has_value()) return root->marks;
    }
    return std::nullopt;
  }

  // Trees of the key bucket from which no compaction has removed anything since.
  std::vector<SalvageBucketRef> SameCompaction(const std::optional<RootTree::Marks>& marks,
                                               const RootTree* but, size_t from) const {
    std::vector<SalvageBucketRef> trees;
    if (!marks.has_value()) return trees;
    const std::vector<const RootTree*> older = roots_.older();
    for (size_t i = from; i < older.size(); ++i) {
      const auto bucket = older[i]->buckets.find(mvcc::kKeyBucket);
      if (older[i] != but && older[i]->marks.has_value() && bucket != older[i]->buckets.end() &&
          older[i]->marks->finished == marks->compacted()) {
        trees.push_back(bucket->second);
      }
    }
    return trees;
  }

  Status PlanKeyBucket(const Found& found, bolt::PageSet& reached) {
    const std::optional<RootTree::Marks> marks = Marks();
    const size_t metas = roots_.older().size();
    KeySources sources;
    sources.suspect_zeros = suspect_zeros_;
    sources.doubtful = options_.doubtful;
    sources.base = found.bucket;
    if (marks.has_value()) sources.compacted = marks->compacted();
    sources.older = SameCompaction(marks, found.root, 0);
    sources.scan = [&, metas]() -> StatusOr<KeySources::Scanned> {
      CAIRN_ASSIGN_OR_RETURN(const PageScan* const pages, roots_.Scan());
      return KeySources::Scanned{pages, SameCompaction(marks, found.root, metas)};
    };
    using End = KeySources::End;
    if (found.root == nullptr) sources.base.fault = "the tree of buckets has lost it";
    if (found.root != &roots_.base() || !roots_.base_is_newest()) {
      sources.end = End::kLost;
    } else if (roots_.orphans_may_count()) {
      sources.end = End::kMaybeLost;
    }
    if (found.root == &roots_.base() && metas > 0) {
      const RootTree& other = *roots_.older().front();
      const auto bucket = other.buckets.find(mvcc::kKeyBucket);
      if (other.txid != 0 && bucket != other.buckets.end()) sources.rival = bucket->second;
    }
    CAIRN_ASSIGN_OR_RETURN(keys_, PlanKeys(input_, sources, reached, context_.progress));
    const bool newest = found.root == &roots_.base();
    report_.buckets.push_back({std::string(mvcc::kKeyBucket), newest ? keys_.from_base : 0,
                               keys_.from_older + (newest ? 0 : keys_.from_base),
                               keys_.from_orphans, options_.doubtful ? 0 : keys_.doubtful});
    AddProblems(keys_.problems);
    for (const LostRange& lost : keys_.lost) {
      SalvageLoss loss{std::string(mvcc::kKeyBucket),
                       lost.range.low,
                       lost.range.high,
                       {},
                       {},
                       lost.page,
                       lost.why};
      if (const auto revisions = RevisionsOf(lost.range)) {
        loss.first_revision = revisions->first;
        if (revisions->only_more_changes) loss.why += "; only further changes of it may be missing";
        loss.last_revision = revisions->last;
      }
      report_.losses.push_back(std::move(loss));
    }
    return absl::OkStatus();
  }

  Status Fill(bolt::BulkLoader& loader) {
    context_.progress.Stage("writing", input_.pages() * input_.page_size());
    bolt::PageSet reached = roots_.base().reached;
    const auto add = [&](const SalvageRecord& record) {
      return loader.Add(record.key, record.value);
    };
    auto small = smalls_.begin();
    for (const SalvageBucket& bucket : report_.buckets) {
      if (bucket.name == mvcc::kKeyBucket) {
        CAIRN_RETURN_IF_ERROR(loader.BeginBucket(bucket.name, keys_.base.sequence));
        CAIRN_RETURN_IF_ERROR(
            ForEachPlanned(input_, keys_, suspect_zeros_, reached, context_.progress, add)
                .status());
      } else {
        CAIRN_RETURN_IF_ERROR(loader.BeginBucket(bucket.name, small->base.sequence));
        CAIRN_RETURN_IF_ERROR(
            ForEachPlanned(input_, *small, suspect_zeros_, reached, context_.progress, add));
        ++small;
      }
      CAIRN_RETURN_IF_ERROR(loader.EndBucket());
    }
    return absl::OkStatus();
  }

  // Reads the new file back: what it holds is what the report says of it.
  Status Check(const std::string& path) {
    CAIRN_ASSIGN_OR_RETURN(const DbFile db, DbFile::Open(context_, path));
    bolt::ReadTx tx = db.Read();
    CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));
    report_.revision = boot.current;
    report_.compact_revision = boot.compact_revision();
    CAIRN_ASSIGN_OR_RETURN(const KeyIndex index, BuildKeyIndex(tx, context_.progress));
    report_.live_keys = index.live_keys();
    return absl::OkStatus();
  }

  Status Write() {
    CAIRN_ASSIGN_OR_RETURN(
        report_.output_bytes,
        WriteNewDb(
            context_, options_.output,
            {.page_size = input_.page_size(), .txid = std::max<uint64_t>(roots_.base().txid, 1)},
            [this](bolt::BulkLoader& loader) { return Fill(loader); },
            [this](const std::string& path) { return Check(path); }));
    return absl::OkStatus();
  }

  const Context& context_;
  const SalvageOptions& options_;
  SalvageInput& input_;
  const bool suspect_zeros_;
  Roots roots_;
  SalvageReport report_;
  KeyPlan keys_;
  std::deque<SmallPlan> smalls_;  // in the order of the report's buckets, without `key`
};

}  // namespace

StatusOr<SalvageReport> SalvageDb(const Context& context, const SalvageOptions& options) {
  CAIRN_RETURN_IF_ERROR(RefuseExisting(context.fs, options.output));
  CAIRN_ASSIGN_OR_RETURN(const Place place, FindPlace(context.fs, options.input));
  CAIRN_ASSIGN_OR_RETURN(const std::string path, NeedDb(place));
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<SalvageInput> input,
                         SalvageInput::Open(context, path));
  return Salvage(context, options, *input).Run();
}

}  // namespace cairn::offline
