// offline/salvage/doubt.cc: see doubt.h.
#include "offline/salvage/doubt.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/crc32c.h"
#include "proto/kv_view.h"

namespace cairn::offline {

namespace {

std::string KeyOf(const mvcc::Revision& at) {
  return std::string(mvcc::RevisionKeyBytes({at, false}).view());
}

struct Candidate {
  KeyFill fill;
  uint32_t crc = 0;
  bool inner = false;  // its leaf Spans it
};

// Where a record was seen: in a tree, whose records follow each other except where a range is lost,
// or in a page, not as the last one there: what came next when it was written is behind it.
enum Link : uint8_t { kNoLink = 0, kInTree = 1, kInPage = 2 };
struct Seen {
  mvcc::Revision at;
  uint8_t links = kNoLink;
};

// A record of a key whose records are judged.
struct Record {
  bool tombstone = false;
  bool stands = false;  // in the output for certain
  int64_t create = 0, version = 0;
};
using History = std::map<mvcc::Revision, Record>;

// Whether the leaf would hold all records of the revision. Only the revisions at its ends are sure;
// which of their changes it begins and ends with is told by its keys alone.
bool Spans(const KeyLeaf& leaf, int64_t main) {
  return leaf.first.main < main && main < leaf.last.main;
}

class Finder {
 public:
  Finder(const OrphanSearch& search, Progress& progress)
      : search_(search), progress_(progress), bound_(search.compacted.value_or(INT64_MAX)) {}

  StatusOr<OrphanFind> Find() {
    CAIRN_RETURN_IF_ERROR(ClipLeaves());
    CAIRN_RETURN_IF_ERROR(Collect());
    DropRemoved();
    if (!search_.compacted.has_value() && !candidates_.empty()) {
      CAIRN_RETURN_IF_ERROR(FindBound());
    }
    // What must be judged.
    std::vector<Candidate> open;
    for (Candidate& one : candidates_) {
      if (NeverRemoved(one.fill.at)) {
        found_.taken.push_back(one.fill);
      } else {
        open.push_back(one);
      }
    }
    candidates_.clear();
    if (!open.empty()) CAIRN_RETURN_IF_ERROR(Judge(open));
    CAIRN_RETURN_IF_ERROR(FindLost());
    return std::move(found_);
  }

 private:
  // Calls visit(element, view) for the leaf's records in `range`.
  Status ForEachIn(const KeyLeaf& leaf, const KeyRange& range,
                   const std::function<void(size_t, const bolt::PageView&)>& visit) {
    const auto page = search_.input.Read(leaf.page);
    if (!page.ok()) return absl::OkStatus();  // it was whole a moment ago
    CAIRN_RETURN_IF_ERROR(progress_.Update(bytes_ += page->ref.bytes.size()));
    const bolt::PageView& view = page->view;
    for (size_t i = view.LowerBound(range.low); i < view.count(); ++i) {
      if (!range.Has(view.key(i))) break;
      if (mvcc::ParseRevisionKey(view.key(i))->revision > leaf.last) break;
      visit(i, view);
    }
    return absl::OkStatus();
  }

  // A deletion's value doesn't tell its revision. Those at a leaf's end that stand far behind all
  // records that do tell it have damaged keys: taken, they would pass for the end of the store, and
  // their leaf would seem to span all that is between.
  Status ClipLeaves() {
    leaves_ = search_.leaves;
    int64_t proven = 0;
    for (const KeyLeaf& leaf : leaves_) proven = std::max(proven, leaf.proven);
    if (proven == 0) return absl::OkStatus();
    for (KeyLeaf& leaf : leaves_) {
      if (leaf.last.main - proven <= 1) continue;
      std::optional<mvcc::Revision> last;
      bool cut = false;
      CAIRN_RETURN_IF_ERROR(ForEachIn(leaf, {}, [&](size_t i, const bolt::PageView& view) {
        const mvcc::Revision at = mvcc::ParseRevisionKey(view.key(i))->revision;
        cut = cut || at.main - std::max(proven, last.has_value() ? last->main : 0) > 1;
        if (!cut) last = at;
      }));
      if (!cut) continue;
      found_.problems.push_back(
          fmt::format("page {}: revision {}.{} is far behind all others: "
                      "left out",
                      leaf.page, leaf.last.main, leaf.last.sub));
      leaf.last = last.value_or(mvcc::Revision{0, 0});
    }
    std::erase_if(leaves_, [](const KeyLeaf& leaf) { return leaf.last < leaf.first; });
    return absl::OkStatus();
  }

  Status Collect() {
    for (const KeyLeaf& leaf : leaves_) {
      const KeyRange span{KeyOf(leaf.first), After(KeyOf(leaf.last) + 't')};
      for (const LostRange& lost : search_.lost) {
        if (Intersect(span, lost.range).Empty()) continue;
        CAIRN_RETURN_IF_ERROR(
            ForEachIn(leaf, lost.range, [&](size_t i, const bolt::PageView& view) {
              const mvcc::Revision at = mvcc::ParseRevisionKey(view.key(i))->revision;
              const uint32_t crc = ExtendCrc32c(Crc32c(view.key(i)), view.value(i));
              candidates_.push_back(
                  {{at, leaf.page, static_cast<uint32_t>(i), true}, crc, Spans(leaf, at.main)});
            }));
      }
    }
    std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
      return a.fill.at != b.fill.at ? a.fill.at < b.fill.at : a.fill.page < b.fill.page;
    });
    return absl::OkStatus();
  }

  // Keeps one of each record that every leaf that spans it holds: where one doesn't, a compaction
  // has removed it since.
  void DropRemoved() {
    std::vector<int64_t> firsts;
    std::vector<int64_t> lasts;
    for (const KeyLeaf& leaf : leaves_) {
      if (leaf.first.main == leaf.last.main) continue;
      firsts.push_back(leaf.first.main);
      lasts.push_back(leaf.last.main);
    }
    std::sort(firsts.begin(), firsts.end());
    std::sort(lasts.begin(), lasts.end());
    size_t begun = 0;
    size_t ended = 0;
    std::vector<Candidate> kept;
    for (size_t i = 0; i < candidates_.size();) {
      const mvcc::Revision at = candidates_[i].fill.at;
      size_t end = i;
      size_t inner = 0;
      bool same = true;
      for (; end < candidates_.size() && candidates_[end].fill.at == at; ++end) {
        same = same && candidates_[end].crc == candidates_[i].crc;
        inner += candidates_[end].inner ? 1 : 0;
      }
      while (begun < firsts.size() && firsts[begun] < at.main) ++begun;
      while (ended < lasts.size() && lasts[ended] <= at.main) ++ended;
      if (!same) {
        found_.problems.push_back(fmt::format("revision {}.{}: pages {} and {} disagree: left out",
                                              at.main, at.sub, candidates_[i].fill.page,
                                              candidates_[end - 1].fill.page));
        disputed_.push_back({{KeyOf(at), After(KeyOf(at) + 't')},
                             candidates_[i].fill.page,
                             "two pages hold it differently"});
      } else if (begun - ended == inner) {
        kept.push_back(candidates_[i]);
      } else if (NeverRemoved(at)) {
        // Nothing removed it: in one of the leaves its key is damaged, or here that of another.
        disputed_.push_back({{KeyOf(at), After(KeyOf(at) + 't')},
                             candidates_[i].fill.page,
                             "two pages disagree whether it is there"});
      }
      i = end;
    }
    candidates_ = std::move(kept);
  }

  // Every record of the base, of older trees' fills and of the orphans goes to `see`.
  using See =
      std::function<void(const mvcc::RevisionKey&, std::string_view value, Link link, bool stands)>;
  Status ForEachSeen(const See& see) {
    class Taker : public KeyRecordTaker {
     public:
      explicit Taker(const See& see) : see_(see) {}
      Status Take(const SalvageRecord& record) override {
        see_(*mvcc::ParseRevisionKey(record.key), record.value, kInTree, true);
        return absl::OkStatus();
      }

     private:
      const See& see_;
    } taker(see);
    CAIRN_RETURN_IF_ERROR(WalkTree(search_.input, search_.base,
                                   {.range = {}, .suspect_zeros = search_.suspect_zeros}, taker,
                                   progress_)
                              .status());
    for (const KeyFill& fill : search_.fills) {
      const auto page = search_.input.Read(fill.page);
      if (!page.ok()) continue;
      const bolt::PageView& view = page->view;
      see(*mvcc::ParseRevisionKey(view.key(fill.element)), view.value(fill.element), kInTree, true);
    }
    for (const KeyLeaf& leaf : leaves_) {
      CAIRN_RETURN_IF_ERROR(ForEachIn(leaf, {}, [&](size_t i, const bolt::PageView& view) {
        const mvcc::RevisionKey at = *mvcc::ParseRevisionKey(view.key(i));
        see(at, view.value(i), i + 1 < view.count() ? kInPage : kNoLink, NeverRemoved(at.revision));
      }));
    }
    return absl::OkStatus();
  }

  bool NeverRemoved(const mvcc::Revision& at) const {
    return at.main > bound_ && (search_.compacted.has_value() || at.main <= base_end_);
  }

  // Without a compacted revision: where the base holds a record and a later one of the same key is
  // seen anywhere, no compaction of the base's time had come as far as the later one. (Half done,
  // it had not come as far as the earlier one, for it goes upwards.)
  Status FindBound() {
    struct Change {
      size_t key = 0;  // a hash
      int64_t at = 0;
      bool stands = false;
    };
    progress_.Stage("judging", search_.input.pages() * search_.input.page_size());
    bytes_ = 0;
    std::vector<Change> changes;
    CAIRN_RETURN_IF_ERROR(
        ForEachSeen([&](const mvcc::RevisionKey& at, std::string_view value, Link, bool stands) {
          proto::KeyValueView kv;
          // The key of a deletion proves nothing.
          if (at.tombstone || !proto::DecodeKeyValue(value, kv).ok()) return;
          if (stands) base_end_ = std::max(base_end_, at.revision.main);
          changes.push_back({std::hash<std::string_view>()(kv.key), at.revision.main, stands});
        }));
    std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
      return a.key != b.key ? a.key < b.key : a.at < b.at;
    });
    const Change* first = nullptr;  // of the key that stands
    for (const Change& change : changes) {
      if (first != nullptr && first->key != change.key) first = nullptr;
      if (change.at > base_end_) continue;
      if (first == nullptr) {
        if (change.stands) first = &change;
      } else if (change.at > first->at) {
        bound_ = std::min(bound_, change.at - 1);
      }
    }
    return absl::OkStatus();
  }

  // The greatest revision up to the compacted one with an unseen one behind it; 0: none.
  Status FindHole() {
    std::vector<Seen> seen;
    CAIRN_RETURN_IF_ERROR(
        ForEachSeen([&](const mvcc::RevisionKey& at, std::string_view, Link link, bool) {
          seen.push_back({at.revision, link});
        }));
    std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.at < b.at; });
    const int64_t end = search_.compacted.value_or(INT64_MAX);
    hole_ = 0;
    size_t lost = 0;
    for (size_t i = 0; i < seen.size();) {
      const mvcc::Revision at = seen[i].at;
      uint8_t links = kNoLink;
      for (; i < seen.size() && seen[i].at == at; ++i) links |= seen[i].links;
      if (at.main > end) break;
      if (i == seen.size()) {
        // Without a compacted revision what comes behind is a loss of its own.
        if (search_.compacted.has_value() && at.main < end) hole_ = end;
        break;
      }
      const mvcc::Revision next = seen[i].at;
      const KeyRange between{After(KeyOf(at) + 't'), KeyOf(next)};
      while (lost < search_.lost.size() && !search_.lost[lost].range.high.empty() &&
             search_.lost[lost].range.high <= between.low) {
        ++lost;
      }
      const bool lost_between =
          lost < search_.lost.size() && search_.lost[lost].range.low < between.high;
      const bool linked = (links & kInPage) != 0 || ((links & kInTree) != 0 && !lost_between);
      if (!Follows(at, next) || !linked) hole_ = at.main;
    }
    return absl::OkStatus();
  }

  Status Judge(const std::vector<Candidate>& open) {
    progress_.Stage("judging", search_.input.pages() * search_.input.page_size());
    bytes_ = 0;
    CAIRN_RETURN_IF_ERROR(FindHole());
    // The keys in question, and all that was seen of them.
    std::map<std::string, History, std::less<>> histories;
    std::vector<std::string> keys;
    for (const Candidate& one : open) {
      CAIRN_ASSIGN_OR_RETURN(const SalvagePage page, search_.input.Read(one.fill.page));
      proto::KeyValueView kv;
      CAIRN_RETURN_IF_ERROR(proto::DecodeKeyValue(page.view.value(one.fill.element), kv));
      keys.emplace_back(kv.key);
      histories[keys.back()];
    }
    CAIRN_RETURN_IF_ERROR(
        ForEachSeen([&](const mvcc::RevisionKey& at, std::string_view value, Link, bool stands) {
          proto::KeyValueView kv;
          if (!proto::DecodeKeyValue(value, kv).ok()) return;
          const auto history = histories.find(kv.key);
          if (history == histories.end()) return;
          Record& record = history->second[at.revision];
          record.stands = record.stands || stands;
          record.tombstone = at.tombstone;
          record.create = kv.create_revision;
          record.version = kv.version;
        }));
    for (size_t i = 0; i < open.size(); ++i) JudgeOne(open[i].fill, histories[keys[i]]);
    return absl::OkStatus();
  }

  void JudgeOne(const KeyFill& fill, const History& history) {
    const bool exact = fill.at.main > hole_;
    if (!search_.compacted.has_value() && exact) {
      found_.taken.push_back(fill);  // nothing behind it was ever removed
      return;
    }
    const auto self = history.find(fill.at);
    if (self == history.end()) return;
    const auto next = std::next(self);
    if (next != history.end() && next->first.main <= bound_) {  // superseded
      if (!search_.compacted.has_value()) found_.doubtful.push_back(fill);
      return;
    }
    if (self->second.tombstone) {
      // A compaction leaves the one that stands exactly at its revision.
      if (search_.compacted == fill.at.main) found_.taken.push_back(fill);
      if (!search_.compacted.has_value()) found_.doubtful.push_back(fill);
      return;
    }
    if (exact) {
      found_.taken.push_back(fill);
      return;
    }
    auto later = next;
    while (later != history.end() && !later->second.stands) ++later;
    if (later == history.end() || later->second.tombstone) {
      found_.doubtful.push_back(fill);
      return;
    }
    // Created anew, or with a version in between: it was gone at the compacted revision.
    if (later->second.create == self->second.create &&
        later->second.version == self->second.version + 1) {
      found_.taken.push_back(fill);
    }
  }

  // What no leaf spans. Above the compacted revision a gap in a leaf is damage, too. Where a leaf
  // begins or ends within a revision, which change of it that is stands in the record's key alone,
  // so that it answers for no other.
  Status FindLost() {
    std::vector<KeyRange> spans;
    const auto add = [&](const mvcc::Revision& first, const mvcc::Revision& last) {
      spans.push_back({KeyOf(first), After(KeyOf(last) + 't')});
    };
    for (const KeyLeaf& leaf : leaves_) {
      mvcc::Revision first = leaf.first;
      mvcc::Revision last = first;
      if ((leaf.gaps && NeverRemoved(leaf.last)) || leaf.first.sub > 0 || leaf.last.sub > 0) {
        CAIRN_RETURN_IF_ERROR(ForEachIn(leaf, {}, [&](size_t i, const bolt::PageView& view) {
          const mvcc::Revision at = mvcc::ParseRevisionKey(view.key(i))->revision;
          const bool gap = !Follows(last, at) && (NeverRemoved(at) || at == leaf.last);
          const bool alone = i == 1 && last.sub > 0 && at.main != last.main;
          if (i > 0 && (gap || alone)) {
            add(first, last);
            first = at;
          }
          last = at;
        }));
      }
      add(first, leaf.last);
    }
    std::sort(spans.begin(), spans.end(),
              [](const KeyRange& a, const KeyRange& b) { return a.low < b.low; });
    for (const LostRange& lost : search_.lost) {
      std::string low = lost.range.low;
      for (const KeyRange& span : spans) {
        if (!lost.range.high.empty() && span.low >= lost.range.high) break;
        if (span.high <= low) continue;
        if (span.low > low) found_.lost.push_back({{low, span.low}, lost.page, lost.why});
        low = span.high;
      }
      if (KeyRange rest{low, lost.range.high}; !rest.Empty()) {
        found_.lost.push_back({std::move(rest), lost.page, lost.why});
      }
    }
    found_.lost.insert(found_.lost.end(), disputed_.begin(), disputed_.end());
    Normalize(found_.lost);
    return absl::OkStatus();
  }

  const OrphanSearch& search_;
  Progress& progress_;
  std::vector<KeyLeaf> leaves_;  // the search's, clipped
  OrphanFind found_;
  std::vector<Candidate> candidates_;
  std::vector<LostRange> disputed_;
  int64_t hole_ = 0;
  int64_t bound_;         // no compaction can have removed what is above, up to base_end_
  int64_t base_end_ = 0;  // only without a compacted revision
  uint64_t bytes_ = 0;
};

}  // namespace

StatusOr<OrphanFind> FindOrphans(const OrphanSearch& search, Progress& progress) {
  return Finder(search, progress).Find();
}

}  // namespace cairn::offline
