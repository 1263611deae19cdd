// offline/salvage/keys.cc: see keys.h.
#include "offline/salvage/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "offline/salvage/doubt.h"

namespace cairn::offline {

namespace {

// Above the compacted revision each record follows the one before it: where it doesn't, some are
// missing though no page is known to be.
class GapFinder {
 public:
  explicit GapFinder(std::optional<int64_t> compacted) : compacted_(compacted) {}

  // The next record of a tree.
  void See(const SalvageRecord& record) {
    const mvcc::Revision at = mvcc::ParseRevisionKey(record.key)->revision;
    if (compacted_.has_value() && at.main > *compacted_) {
      if (last_.main > 0 && !Follows(last_, at)) {
        gaps_.push_back({{low_, std::string(record.key)},
                         record.page,
                         fmt::format("revision {}.{} does not follow {}.{}", at.main, at.sub,
                                     last_.main, last_.sub)});
      }
      last_ = at;
    }
    low_ = After(record.key);
  }
  // The store begins at revision 1, or with what the compaction left.
  void FromBegin() {
    if (compacted_.has_value()) last_.main = std::max<int64_t>(*compacted_, 1);
  }
  const std::vector<LostRange>& gaps() const { return gaps_; }

 private:
  const std::optional<int64_t> compacted_;
  mvcc::Revision last_;
  std::string low_;
  std::vector<LostRange> gaps_;
};

class BaseTaker : public KeyRecordTaker {
 public:
  explicit BaseTaker(std::optional<int64_t> compacted)
      : KeyRecordTaker(compacted), finder(compacted) {
    finder.FromBegin();
  }

  Status Take(const SalvageRecord& record) override {
    if (first.empty()) first = record.key;
    finder.See(record);
    return absl::OkStatus();
  }
  GapFinder finder;
  std::string first;
};

// Takes the places of a range's records.
class FillTaker : public KeyRecordTaker {
 public:
  FillTaker(std::optional<int64_t> compacted, const KeyRange& range)
      : KeyRecordTaker(compacted), low_(range.low), high_(range.high) {}

  Status Take(const SalvageRecord& record) override {
    See(std::string(record.key));
    low_ = After(record.key);
    fills.push_back(
        {mvcc::ParseRevisionKey(record.key)->revision, record.page, record.element, false});
    return absl::OkStatus();
  }
  // The parts of the range without a record, where there must be some: what of them isn't lost to
  // the tree either was hidden from it by its damage.
  const std::vector<KeyRange>& Gaps() {
    See(high_);
    return gaps_;
  }

  std::vector<KeyFill> fills;

 private:
  void See(std::string key) {
    if (KeyRange between{low_, std::move(key)}; !between.Empty() && MayHold(between)) {
      gaps_.push_back(std::move(between));
    }
  }

  std::string low_;
  const std::string high_;
  std::vector<KeyRange> gaps_;
};

class Planner {
 public:
  Planner(SalvageInput& input, const KeySources& sources, bolt::PageSet& reached,
          Progress& progress)
      : input_(input), sources_(sources), reached_(reached), progress_(progress) {}

  StatusOr<KeyPlan> Plan() {
    plan_.base = sources_.base;
    CAIRN_RETURN_IF_ERROR(WalkBase());
    for (const SalvageBucketRef& tree : sources_.older) {
      if (!lost_.empty()) CAIRN_RETURN_IF_ERROR(FillFromTree(tree));
    }
    if (!lost_.empty()) {
      CAIRN_ASSIGN_OR_RETURN(const KeySources::Scanned scanned, sources_.scan());
      CAIRN_RETURN_IF_ERROR(BeginsLate(scanned.older).status());
      for (const SalvageBucketRef& tree : scanned.older) {
        if (!lost_.empty()) CAIRN_RETURN_IF_ERROR(FillFromTree(tree));
      }
      plan_.from_older = plan_.fills.size();
      if (!lost_.empty()) CAIRN_RETURN_IF_ERROR(FillFromOrphans(*scanned.pages));
    }
    std::sort(plan_.fills.begin(), plan_.fills.end(),
              [](const KeyFill& a, const KeyFill& b) { return a.at < b.at; });
    for (LostRange& lost : lost_) {
      if (last_changes_.has_value() && last_changes_->Has(lost.range.low)) {
        lost.range.low = last_changes_->high;
      }
      if (lost.range.Empty()) continue;
      if (RevisionsOf(lost.range).has_value()) plan_.lost.push_back(std::move(lost));
    }
    return std::move(plan_);
  }

 private:
  TreeWalkOptions Options(const KeyRange& range, bolt::PageSet* reached) const {
    return {.range = range,
            .buckets = false,
            .suspect_zeros = sources_.suspect_zeros,
            .reached = reached};
  }

  Status WalkBase() {
    BaseTaker taker(sources_.compacted);
    CAIRN_ASSIGN_OR_RETURN(
        TreeWalk walk, WalkTree(input_, sources_.base, Options({}, &reached_), taker, progress_));
    plan_.from_base = walk.records;
    plan_.problems = std::move(walk.problems);
    lost_ = std::move(walk.lost);
    const bool lost_begin = !lost_.empty() && lost_.front().range.low.empty();
    const std::vector<LostRange>& gaps = taker.finder.gaps();
    lost_.insert(lost_.end(), gaps.begin(), gaps.end());
    first_ = taker.first;
    CAIRN_ASSIGN_OR_RETURN(const bool begins_late, BeginsLate(sources_.older));
    // A tree that lacks its begin though it lost no page of that has not its own root.
    const bool own_root =
        lost_begin || (!begins_late && (gaps.empty() || !gaps.front().range.low.empty()));
    const std::string end = walk.records == 0 ? "" : After(walk.last_key);
    CAIRN_ASSIGN_OR_RETURN(const std::string why, EndFault(end, own_root));
    if (!why.empty()) {
      const bool astray = sources_.end == KeySources::End::kKnown;  // the root is not its own
      if (astray && !first_.empty()) lost_.push_back({{{}, first_}, sources_.base.root, why});
      const auto last = mvcc::ParseRevisionKey(walk.last_key);
      if (!astray && lost_.empty() && last.has_value() && last->revision.main < INT64_MAX) {
        const mvcc::RevisionKeyBytes next({{last->revision.main + 1, 0}, false});
        last_changes_ = KeyRange{end, std::string(next.view())};
      }
      lost_.push_back({{end, {}}, sources_.base.root, why});
    }
    Normalize(lost_);
    return absl::OkStatus();
  }

  // How many records a tree has in a range, and what it has lost of it.
  StatusOr<TreeWalk> Look(const SalvageBucketRef& tree, const KeyRange& range) {
    class PassBy : public KeyRecordTaker {
     public:
      using KeyRecordTaker::KeyRecordTaker;
      Status Take(const SalvageRecord&) override { return absl::OkStatus(); }
    } taker(sources_.compacted);
    return WalkTree(input_, tree, Options(range, nullptr), taker, progress_);
  }

  // Whether one of the trees, which have the same compaction behind them, has records before the
  // base's first one. Then those are lost.
  StatusOr<bool> BeginsLate(const std::vector<SalvageBucketRef>& older) {
    if (first_.empty()) return false;
    for (const SalvageBucketRef& tree : older) {
      CAIRN_ASSIGN_OR_RETURN(const TreeWalk before, Look(tree, {{}, first_}));
      if (before.records == 0) continue;
      lost_.push_back(
          {{{}, first_}, sources_.base.root, "an older transaction has earlier records"});
      Normalize(lost_);
      return true;
    }
    return false;
  }

  // Why there may be records behind the base's last one, from `end` on; empty: there are none.
  StatusOr<std::string> EndFault(const std::string& end, bool own_root) {
    using End = KeySources::End;
    if (sources_.end == End::kLost) return std::string("later transactions are lost");
    bool known = sources_.end == End::kKnown && own_root;
    if (sources_.rival.has_value()) {
      CAIRN_ASSIGN_OR_RETURN(const TreeWalk behind, Look(*sources_.rival, {end, {}}));
      if (behind.records > 0) return std::string("an older transaction has later records");
      known = known && behind.lost.empty();
    }
    if (known) return std::string();
    CAIRN_ASSIGN_OR_RETURN(const KeySources::Scanned scanned, sources_.scan());
    for (const KeyLeaf& leaf : scanned.pages->key_leaves) {
      const mvcc::RevisionKeyBytes last({leaf.last, false});
      if (last.view() >= end && !reached_.HasAny({leaf.page, leaf.pages})) {
        return fmt::format("page {}, which nothing refers to, has later records", leaf.page);
      }
    }
    return std::string();
  }

  Status FillFromTree(const SalvageBucketRef& tree) {
    std::vector<LostRange> still;
    for (const LostRange& lost : lost_) {
      FillTaker taker(sources_.compacted, lost.range);
      TreeWalkOptions options = Options(lost.range, nullptr);
      options.written_again = true;
      CAIRN_ASSIGN_OR_RETURN(const TreeWalk walk,
                             WalkTree(input_, tree, options, taker, progress_));
      plan_.fills.insert(plan_.fills.end(), taker.fills.begin(), taker.fills.end());
      for (LostRange& part : Within(lost.range, walk.lost)) {
        still.push_back({std::move(part.range), lost.page, lost.why});
      }
      for (const KeyRange& gap : taker.Gaps()) {
        for (KeyRange& part : Outside(gap, walk.lost)) {
          if (taker.MayHold(part)) still.push_back({std::move(part), lost.page, lost.why});
        }
      }
    }
    Normalize(still);
    lost_ = std::move(still);
    return absl::OkStatus();
  }

  Status FillFromOrphans(const PageScan& scan) {
    OrphanSearch search{.input = input_,
                        .base = sources_.base,
                        .lost = lost_,
                        .fills = plan_.fills,
                        .leaves = {},
                        .compacted = sources_.compacted,
                        .suspect_zeros = sources_.suspect_zeros};
    for (const KeyLeaf& leaf : scan.key_leaves) {
      if (!reached_.HasAny({leaf.page, leaf.pages})) search.leaves.push_back(leaf);
    }
    CAIRN_ASSIGN_OR_RETURN(OrphanFind found, FindOrphans(search, progress_));
    plan_.doubtful = found.doubtful.size();
    if (sources_.doubtful) {
      found.taken.insert(found.taken.end(), found.doubtful.begin(), found.doubtful.end());
    }
    plan_.from_orphans = found.taken.size();
    plan_.fills.insert(plan_.fills.end(), found.taken.begin(), found.taken.end());
    for (std::string& problem : found.problems) plan_.problems.push_back(std::move(problem));
    lost_ = std::move(found.lost);
    return absl::OkStatus();
  }

  SalvageInput& input_;
  const KeySources& sources_;
  bolt::PageSet& reached_;
  Progress& progress_;
  KeyPlan plan_;
  std::vector<LostRange> lost_;
  std::string first_;  // key of the base's first record
  // Further changes of the base's last revision. They may be found, if its root is not its own; but
  // they are no loss, for a commit never parts a transaction.
  std::optional<KeyRange> last_changes_;
};

// The base's records, and the fills between them.
class PlannedTaker : public KeyRecordTaker {
 public:
  PlannedTaker(SalvageInput& input, const KeyPlan& plan,
               const std::function<Status(const SalvageRecord&)>& visit)
      : input_(input), plan_(plan), visit_(visit) {}

  Status Take(const SalvageRecord& record) override {
    const mvcc::Revision at = mvcc::ParseRevisionKey(record.key)->revision;
    CAIRN_RETURN_IF_ERROR(FillBelow(at));
    // The tree's own record counts.
    if (next_ < plan_.fills.size() && plan_.fills[next_].at == at) ++next_;
    ++records;
    return visit_(record);
  }
  Status Finish() { return FillBelow({INT64_MAX, INT64_MAX}); }

  uint64_t records = 0;

 private:
  Status FillBelow(const mvcc::Revision& at) {
    for (; next_ < plan_.fills.size() && plan_.fills[next_].at < at; ++next_) {
      const KeyFill& fill = plan_.fills[next_];
      if (next_ > 0 && plan_.fills[next_ - 1].at == fill.at) continue;
      CAIRN_ASSIGN_OR_RETURN(const SalvagePage page, input_.Read(fill.page));
      ++records;
      CAIRN_RETURN_IF_ERROR(visit_(
          {page.view.key(fill.element), page.view.value(fill.element), fill.page, fill.element}));
    }
    return absl::OkStatus();
  }

  SalvageInput& input_;
  const KeyPlan& plan_;
  const std::function<Status(const SalvageRecord&)>& visit_;
  size_t next_ = 0;
};

}  // namespace

bool KeyRecordTaker::Proves(std::string_view key, std::string_view value,
                            const KeyRange& separators) const {
  constexpr size_t kMainBytes = 8;
  const auto same_main = [&](const std::string& separator) {
    return key.substr(0, kMainBytes) == separator.substr(0, kMainBytes);
  };
  return KeyRecordProves(key, value) && !same_main(separators.low) && !same_main(separators.high);
}

std::string KeyRecordTaker::Earliest(std::string_view separator) const {
  if (separator.size() < mvcc::kRevisionKeySize) return std::string(separator);
  const auto main = static_cast<int64_t>(LoadBE64(separator.data()));
  return std::string(mvcc::RevisionKeyBytes({{main, 0}, false}).view());
}

bool KeyRecordTaker::MayHold(const KeyRange& range) const {
  const auto revisions = RevisionsOf(range);
  return compacted_.has_value() && revisions.has_value() && !revisions->only_more_changes &&
         revisions->last.value_or(INT64_MAX) > *compacted_;
}

StatusOr<KeyPlan> PlanKeys(SalvageInput& input, const KeySources& sources, bolt::PageSet& reached,
                           Progress& progress) {
  return Planner(input, sources, reached, progress).Plan();
}

StatusOr<uint64_t> ForEachPlanned(SalvageInput& input, const KeyPlan& plan, bool suspect_zeros,
                                  bolt::PageSet& reached, Progress& progress,
                                  const std::function<Status(const SalvageRecord&)>& visit) {
  PlannedTaker taker(input, plan, visit);
  CAIRN_RETURN_IF_ERROR(
      WalkTree(input, plan.base,
               {.range = {}, .buckets = false, .suspect_zeros = suspect_zeros, .reached = &reached},
               taker, progress)
          .status());
  CAIRN_RETURN_IF_ERROR(taker.Finish());
  return taker.records;
}

std::optional<RevisionRange> RevisionsOf(const KeyRange& range) {
  const auto parse = [](const std::string& key) -> std::optional<mvcc::Revision> {
    if (key.size() < mvcc::kRevisionKeySize) return std::nullopt;
    const auto at = mvcc::ParseRevisionKey(std::string_view(key).substr(0, mvcc::kRevisionKeySize));
    if (!at.has_value()) return std::nullopt;
    return at->revision;
  };
  // Behind a record, not before it: all of its transaction but that may be there, or it, too.
  const auto behind = [](const std::string& key) {
    return key.size() > mvcc::kRevisionKeySize && key.back() == '\0';
  };
  RevisionRange revisions;
  revisions.first = 2;  // a store begins at 1
  const auto low = parse(range.low);
  if (low.has_value()) revisions.first = low->main;
  if (const auto high = parse(range.high)) {
    const bool with_high = behind(range.high);
    revisions.last = high->sub == 0 && !with_high ? high->main - 1 : high->main;
    if (low.has_value() && behind(range.low)) {
      if (high->main == low->main && high->sub <= low->sub + (with_high ? 0 : 1)) {
        return std::nullopt;
      }
      revisions.only_more_changes = high->main == low->main + 1 && high->sub == 0 && !with_high;
    }
  }
  if (revisions.last.has_value() && revisions.first > *revisions.last) return std::nullopt;
  return revisions;
}

}  // namespace cairn::offline
