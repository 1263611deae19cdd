// offline/salvage/keys.cc: see keys.h.
#include "offline/salvage/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "offline/salvage/key_record.h"
#include "offline/salvage/orphans.h"

namespace cairn::offline {

namespace {

struct Job {
  SalvageInput& input;
  const KeySources& sources;
  Progress& progress;
};

struct KeyWalk {
  std::vector<LostRevisions> lost;  // in order, apart
  std::vector<std::string> problems;
  uint64_t records = 0;
};

// Adds a tree's records of the interval to the table; without one they are only counted.
StatusOr<KeyWalk> ReadRows(const Job& job, const SalvageBucketRef& tree,
                           const TreeWalkOptions& options, RecordSource source, KeyTable* table) {
  const SalvageVisitor add = [&](const SalvageRecord& record) {
    if (table != nullptr) {
      table->push_back(MakeRow(record.key, record.value, record.page, record.element, source));
    }
    return absl::OkStatus();
  };
  CAIRN_ASSIGN_OR_RETURN(TreeWalk read,
                         WalkTree(job.input, tree, options, KeyRules(job.sources.compacted), add,
                                  job.progress));
  KeyWalk walk{{}, std::move(read.problems), read.records};
  for (LostKeys& lost : read.lost) {
    walk.lost.push_back({IntervalOf(lost.range), lost.page, std::move(lost.why)});
  }
  Normalize(walk.lost);
  return walk;
}

TreeWalkOptions Options(const Job& job, const RevisionInterval& interval) {
  return {.range = KeysOf(interval), .suspect_zeros = job.sources.suspect_zeros};
}

// Above the compacted revision each record follows the one before it: where it doesn't, some are
// missing though no page is known to be. The store begins at revision 1, or with what the
// compaction left.
std::vector<LostRevisions> FindGaps(const KeyTable& rows, std::optional<int64_t> compacted) {
  std::vector<LostRevisions> gaps;
  if (!compacted.has_value()) return gaps;
  mvcc::Revision last{std::max<int64_t>(*compacted, 1), 0};
  RevisionBound low;
  for (const KeyRow& row : rows) {
    if (row.at.main > *compacted) {
      if (!mvcc::Follows(last, row.at)) {
        gaps.push_back({{low, {row.at, false}},
                        row.page,
                        fmt::format("revision {}.{} does not follow {}.{}", row.at.main, row.at.sub,
                                    last.main, last.sub)});
      }
      last = row.at;
    }
    low = {row.at, true};
  }
  return gaps;
}

// Whether one of the trees has records before the base's first one. Then those are lost.
StatusOr<bool> BeginsEarlier(const Job& job, const std::vector<SalvageBucketRef>& trees,
                             const RevisionBound& first) {
  if (first == RevisionBound{}) return false;
  for (const SalvageBucketRef& tree : trees) {
    CAIRN_ASSIGN_OR_RETURN(
        const KeyWalk walk,
        ReadRows(job, tree, Options(job, {{}, first}), RecordSource::kOlderTree, nullptr));
    if (walk.records > 0) return true;
  }
  return false;
}

// Why there may be records after the base's last one, from `end` on; empty: there are none.
StatusOr<std::string> EndFault(const Job& job, const RevisionBound& end, bool own_root,
                               const bolt::PageSet& reached) {
  using End = KeySources::End;
  if (job.sources.end == End::kLost) return std::string("later transactions are lost");
  bool known = job.sources.end == End::kKnown && own_root;
  if (job.sources.previous.has_value()) {
    CAIRN_ASSIGN_OR_RETURN(const KeyWalk later,
                           ReadRows(job, *job.sources.previous, Options(job, {end, {}}),
                                    RecordSource::kOlderTree, nullptr));
    if (later.records > 0) return std::string("an older transaction has later records");
    known = known && later.lost.empty();
  }
  if (known) return std::string();
  CAIRN_ASSIGN_OR_RETURN(const KeySources::Scanned scanned, job.sources.scan());
  for (const KeyLeaf& leaf : scanned.pages->key_leaves) {
    if (RevisionBound{leaf.last, false} >= end && !reached.HasAny({leaf.page, leaf.pages})) {
      return fmt::format("page {}, which nothing refers to, has later records", leaf.page);
    }
  }
  return std::string();
}

// What the base has lost.
struct BaseLosses {
  std::vector<LostRevisions> lost;  // apart
  // Further changes of the base's last revision. They may be found, if its root is not its own; but
  // they are no loss, for a commit never parts a transaction.
  std::optional<RevisionInterval> last_changes;
};

// The base's first record; a default bound when it has none.
RevisionBound FirstOf(const KeyTable& base) {
  return base.empty() ? RevisionBound{} : RevisionBound{base.front().at, false};
}

// `lost` is what walking the base found to be lost.
StatusOr<BaseLosses> FindBaseLosses(const Job& job, const KeyTable& base,
                                    std::vector<LostRevisions> lost, const bolt::PageSet& reached) {
  const uint64_t root = job.sources.base.root;
  const RevisionBound first = FirstOf(base);
  BaseLosses losses;
  const bool lost_begin = !lost.empty() && lost.front().range.low == RevisionBound{};
  const std::vector<LostRevisions> gaps = FindGaps(base, job.sources.compacted);
  const bool gap_at_begin = !gaps.empty() && gaps.front().range.low == RevisionBound{};
  lost.insert(lost.end(), gaps.begin(), gaps.end());
  CAIRN_ASSIGN_OR_RETURN(const bool begins_late, BeginsEarlier(job, job.sources.older, first));
  if (begins_late) {
    lost.push_back({{{}, first}, root, "an older transaction has earlier records"});
  }
  // A tree that lacks its begin though it lost no page of that has not its own root.
  const bool own_root = lost_begin || (!begins_late && !gap_at_begin);
  const RevisionBound end = base.empty() ? RevisionBound{} : RevisionBound{base.back().at, true};
  CAIRN_ASSIGN_OR_RETURN(const std::string why, EndFault(job, end, own_root, reached));
  if (!why.empty()) {
    const bool astray = job.sources.end == KeySources::End::kKnown;  // the root is not its own
    if (astray && !base.empty()) lost.push_back({{{}, first}, root, why});
    if (!astray && lost.empty() && !base.empty() && end.at.main < INT64_MAX) {
      losses.last_changes = RevisionInterval{end, {{end.at.main + 1, 0}, false}};
    }
    lost.push_back({{end, {}}, root, why});
  }
  Normalize(lost);
  losses.lost = std::move(lost);
  return losses;
}

// Adds an older tree's records of what is lost to the table, and leaves of `lost` what the tree has
// lost, too, and what it should have: that was hidden from it by its damage.
Status FillFromTree(const Job& job, const SalvageBucketRef& tree, KeyTable& table,
                    std::vector<LostRevisions>& lost) {
  if (tree.root == 0) return absl::OkStatus();  // inline: too small to be worth it
  std::vector<LostRevisions> still;
  for (const LostRevisions& one : lost) {
    TreeWalkOptions options = Options(job, one.range);
    options.written_again = true;
    const size_t before = table.size();
    CAIRN_ASSIGN_OR_RETURN(const KeyWalk walk,
                           ReadRows(job, tree, options, RecordSource::kOlderTree, &table));
    for (RevisionInterval& part : Within(one.range, walk.lost)) {
      still.push_back({part, one.page, one.why});
    }
    RevisionBound low = one.range.low;
    const auto see_gap = [&](const RevisionBound& high) {
      const RevisionInterval gap{low, high};
      if (gap.Empty() || !MustHold(gap, job.sources.compacted)) return;
      for (const RevisionInterval& part : Outside(gap, walk.lost)) {
        if (MustHold(part, job.sources.compacted)) still.push_back({part, one.page, one.why});
      }
    };
    for (size_t i = before; i < table.size(); ++i) {
      see_gap({table[i].at, false});
      low = {table[i].at, true};
    }
    see_gap(one.range.high);
  }
  Normalize(still);
  lost = std::move(still);
  return absl::OkStatus();
}

}  // namespace

StatusOr<KeyPlan> PlanKeys(SalvageInput& input, const KeySources& sources, bolt::PageSet& reached,
                           Progress& progress) {
  const Job job{input, sources, progress};
  KeyPlan plan;
  KeyTable& table = plan.rows;
  TreeWalkOptions whole = Options(job, {});
  whole.reached = &reached;
  CAIRN_ASSIGN_OR_RETURN(KeyWalk walk,
                         ReadRows(job, sources.base, whole, RecordSource::kTree, &table));
  plan.problems = std::move(walk.problems);
  plan.from_base = table.size();
  const RevisionBound first = FirstOf(table);
  CAIRN_ASSIGN_OR_RETURN(const BaseLosses base,
                         FindBaseLosses(job, table, std::move(walk.lost), reached));
  std::vector<LostRevisions> lost = base.lost;
  for (const SalvageBucketRef& tree : sources.older) {
    CAIRN_RETURN_IF_ERROR(FillFromTree(job, tree, table, lost));
  }
  if (!lost.empty()) {
    CAIRN_ASSIGN_OR_RETURN(const KeySources::Scanned scanned, sources.scan());
    CAIRN_ASSIGN_OR_RETURN(const bool begins_late, BeginsEarlier(job, scanned.older, first));
    if (begins_late) {
      lost.push_back(
          {{{}, first}, sources.base.root, "an older transaction has earlier records"});
      Normalize(lost);
    }
    for (const SalvageBucketRef& tree : scanned.older) {
      CAIRN_RETURN_IF_ERROR(FillFromTree(job, tree, table, lost));
    }
    if (!lost.empty()) {
      CAIRN_RETURN_IF_ERROR(
          AddOrphans(input, *scanned.pages, reached, table, plan.problems, progress));
    }
  }
  if (table.size() > plan.from_base) {
    OrphanVerdicts verdicts = JudgeOrphans(table, lost, sources.compacted, sources.unverified);
    plan.unverified = verdicts.unverified;
    lost = std::move(verdicts.lost);
    std::move(verdicts.problems.begin(), verdicts.problems.end(),
              std::back_inserter(plan.problems));
    for (const KeyRow& row : table) {
      plan.from_older += row.source == RecordSource::kOlderTree ? 1 : 0;
      plan.from_orphans += row.orphan() ? 1 : 0;
    }
  }
  for (LostRevisions& one : lost) {
    if (base.last_changes.has_value() && base.last_changes->Has(one.range.low)) {
      one.range.low = base.last_changes->high;
    }
    if (!one.range.Empty() && RevisionsOf(one.range).has_value()) {
      plan.lost.push_back(std::move(one));
    }
  }
  return plan;
}

Status ForEachPlanned(SalvageInput& input, const SalvageBucketRef& base, const KeyPlan& plan,
                      Progress& progress, const SalvageVisitor& visit) {
  const auto inline_page = bolt::ParseInlineBucket(base.inline_value);
  SalvagePage page;
  uint64_t id = 0;
  uint64_t bytes = 0;
  for (const KeyRow& row : plan.rows) {
    if (row.page != id && row.page != 0) {
      CAIRN_ASSIGN_OR_RETURN(page, input.Read(row.page));
      CAIRN_RETURN_IF_ERROR(progress.Update(bytes += page.ref.bytes.size()));
      id = row.page;
    }
    const bolt::PageView& view = row.page == 0 ? *inline_page : page.view;
    if (row.element >= view.count()) return ChangedMeanwhile(input);
    CAIRN_RETURN_IF_ERROR(
        visit({view.key(row.element), view.value(row.element), row.page, row.element}));
  }
  return absl::OkStatus();
}

}  // namespace cairn::offline
