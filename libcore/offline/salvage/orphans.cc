// offline/salvage/orphans.cc: see orphans.h.
#include "offline/salvage/orphans.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "offline/salvage/key_record.h"

namespace cairn::offline {

namespace {

// How many elements of a leaf count. A deletion's value doesn't name its revision. Those at a
// leaf's end that stand far after all records that do name it have damaged keys: accepted, they
// would pass for the end of the store, and their leaf would seem to span all that is between.
size_t CountBeforeCut(const bolt::PageView& view, int64_t proven) {
  int64_t last = proven;
  for (size_t i = 0; i < view.count(); ++i) {
    const int64_t main = mvcc::ParseRevisionKey(view.key(i))->revision.main;
    if (proven > 0 && main - last > 1) return i;
    last = std::max(last, main);
  }
  return view.count();
}

// The leaves that orphans' rows are of, from the first to the last row, in the table's order.
struct RowLeaf {
  KeyTable::const_iterator begin, end;
  const mvcc::Revision& first() const { return begin->at; }
  const mvcc::Revision& last() const { return std::prev(end)->at; }
};
std::vector<RowLeaf> LeavesOf(const KeyTable& table) {
  std::vector<RowLeaf> leaves;
  for (auto row = table.begin(); row != table.end(); ++row) {
    if (!row->orphan()) continue;
    if (leaves.empty() || leaves.back().begin->page != row->page) leaves.push_back({row, row});
    leaves.back().end = std::next(row);
  }
  return leaves;
}

// What the leaves answer for. Above the compacted revision a gap in a leaf is damage, too. Where a
// leaf begins or ends within a revision, which change of it that is stands in the record's key
// alone, so that it answers for no other.
std::vector<LostRevisions> SpansOf(const std::vector<RowLeaf>& leaves,
                                   const NeverCompacted& never) {
  std::vector<LostRevisions> spans;
  for (const RowLeaf& leaf : leaves) {
    const bool within = leaf.first().sub > 0 || leaf.last().sub > 0;
    mvcc::Revision first = leaf.first();
    mvcc::Revision last = first;
    const auto end_span = [&] { spans.push_back({{{first, false}, {last, true}}, 0, {}}); };
    for (auto row = std::next(leaf.begin); row != leaf.end; ++row) {
      const mvcc::Revision& at = row->at;
      const bool gap =
          !mvcc::Follows(last, at) && (never.Has(at) || (within && std::next(row) == leaf.end));
      const bool alone =
          row == std::next(leaf.begin) && last.sub > 0 && at.main != last.main;
      if (gap || alone) {
        end_span();
        first = at;
      }
      last = at;
    }
    end_span();
  }
  Normalize(spans);
  return spans;
}

// How many leaves begin before a revision and end after it.
class LeafCount {
 public:
  explicit LeafCount(const std::vector<RowLeaf>& leaves) {
    for (const RowLeaf& leaf : leaves) {
      if (leaf.first().main == leaf.last().main) continue;
      firsts_.push_back(leaf.first().main);
      lasts_.push_back(leaf.last().main);
    }
    std::sort(firsts_.begin(), firsts_.end());
    std::sort(lasts_.begin(), lasts_.end());
  }
  int64_t Around(int64_t main) const {
    const auto begun = std::lower_bound(firsts_.begin(), firsts_.end(), main) - firsts_.begin();
    const auto ended = std::upper_bound(lasts_.begin(), lasts_.end(), main) - lasts_.begin();
    return begun - ended;
  }

 private:
  std::vector<int64_t> firsts_, lasts_;
};

// What speaks for and against the copies of one record, all of orphaned pages.
Evidence EvidenceOf(KeyTable::const_iterator begin, KeyTable::const_iterator end,
                    const LeafCount& leaves, const NeverCompacted& never, int64_t hole,
                    std::optional<int64_t> compacted) {
  const int64_t main = begin->at.main;
  Evidence evidence;
  evidence.copies_differ =
      std::any_of(begin, end, [&](const KeyRow& row) { return row.crc != begin->crc; });
  evidence.page_lacks_it =
      std::count_if(begin, end, [](const KeyRow& row) { return row.inner; }) !=
      leaves.Around(main);
  evidence.above_compaction = never.Has(begin->at);
  evidence.deletion = begin->deletion;
  evidence.at_compaction = compacted == main;
  evidence.superseded = begin->superseded;
  evidence.later_all_seen = main > hole;
  evidence.successor = begin->successor;
  return evidence;
}

}  // namespace

Status AddOrphans(SalvageInput& input, const PageScan& scan, const bolt::PageSet& reached,
                  KeyTable& table, std::vector<std::string>& problems, Progress& progress) {
  progress.Stage("judging", input.pages() * input.page_size());
  uint64_t bytes = 0;
  const auto orphan = [&](const KeyLeaf& leaf) {
    return !reached.HasAny({leaf.page, leaf.pages});
  };
  int64_t proven = 0;
  for (const KeyLeaf& leaf : scan.key_leaves) {
    if (orphan(leaf)) proven = std::max(proven, leaf.proven);
  }
  for (const KeyLeaf& leaf : scan.key_leaves) {
    if (!orphan(leaf)) continue;
    const auto page = input.Read(leaf.page);
    if (!page.ok()) continue;  // it was whole a moment ago
    CAIRN_RETURN_IF_ERROR(progress.Update(bytes += page->ref.bytes.size()));
    const bolt::PageView& view = page->view;
    const size_t count = CountBeforeCut(view, proven);
    if (count < view.count()) {
      problems.push_back(fmt::format("page {}: revision {}.{} is far after all others: left out",
                                     leaf.page, leaf.last.main, leaf.last.sub));
    }
    const auto first = table.size();
    for (size_t i = 0; i < count; ++i) {
      table.push_back(MakeRow(view.key(i), view.value(i), leaf.page, static_cast<uint32_t>(i),
                              RecordSource::kOrphan));
      table.back().linked = i + 1 < view.count();
    }
    for (size_t i = first; i < table.size(); ++i) {
      const int64_t main = table[i].at.main;
      table[i].inner = table[first].at.main < main && main < table.back().at.main;
    }
  }
  return absl::OkStatus();
}

OrphanVerdicts JudgeOrphans(KeyTable& table, const std::vector<LostRevisions>& lost,
                            std::optional<int64_t> compacted, bool take_unverified) {
  OrphanVerdicts verdicts;
  const NeverCompacted never =
      compacted.has_value() ? NeverCompacted{*compacted, INT64_MAX} : FindBound(table);
  const std::vector<RowLeaf> leaves = LeavesOf(table);
  const LeafCount count(leaves);
  const std::vector<LostRevisions> spans = SpansOf(leaves, never);
  for (const LostRevisions& one : lost) {
    for (const RevisionInterval& part : Outside(one.range, spans)) {
      verdicts.lost.push_back({part, one.page, one.why});
    }
  }
  const auto wanted = [&](const KeyRow& row) {
    return InAny(lost, RevisionBound{row.at, false});
  };
  if (std::any_of(table.begin(), table.end(), [&](const KeyRow& row) {
        return row.orphan() && !never.Has(row.at) && wanted(row);
      })) {
    AddHistory(table, never);
  }
  std::sort(table.begin(), table.end(), [](const KeyRow& a, const KeyRow& b) {
    if (a.at != b.at) return a.at < b.at;
    return a.source != b.source ? a.source < b.source : a.page < b.page;
  });
  const int64_t hole = LastHole(table, lost, compacted);
  size_t kept = 0;
  for (auto begin = table.begin(); begin != table.end();) {
    auto end = begin;
    while (end != table.end() && end->at == begin->at) ++end;
    bool keep = !begin->orphan();
    if (!keep && wanted(*begin)) {
      const Evidence evidence = EvidenceOf(begin, end, count, never, hole, compacted);
      const Verdict verdict = Judge(evidence, compacted.has_value());
      keep = verdict == Verdict::kAccepted;
      if (verdict == Verdict::kUnverified) {
        ++verdicts.unverified;
        keep = take_unverified;
      }
      if (evidence.copies_differ) {
        verdicts.problems.push_back(
            fmt::format("revision {}.{}: pages {} and {} disagree: left out", begin->at.main,
                        begin->at.sub, begin->page, std::prev(end)->page));
      }
      if (LeavesGap(evidence)) {
        verdicts.lost.push_back({{{begin->at, false}, {begin->at, true}},
                                 begin->page,
                                 evidence.copies_differ
                                     ? "two pages hold it differently"
                                     : "two pages disagree whether it is there"});
      }
    }
    if (keep) table[kept++] = *begin;
    begin = end;
  }
  table.resize(kept);
  Normalize(verdicts.lost);
  return verdicts;
}

}  // namespace cairn::offline
