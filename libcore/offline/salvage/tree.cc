// offline/salvage/tree.cc: see tree.h.
#include "offline/salvage/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace cairn::offline {

namespace {

constexpr int kMaxDepth = 64;
constexpr size_t kMaxProblems = 100;

// Whether `a` ends behind `b`.
bool EndsBehind(const std::string& a, const std::string& b) {
  return a.empty() ? !b.empty() : !b.empty() && a > b;
}

class Walker {
 public:
  Walker(SalvageInput& input, const TreeWalkOptions& options, RecordTaker& taker,
         Progress& progress)
      : input_(input), options_(options), taker_(taker), progress_(progress) {}

  StatusOr<TreeWalk> Walk(const SalvageBucketRef& bucket) {
    if (!bucket.fault.empty()) {
      Lose({}, 0, bucket.fault);
    } else if (bucket.root != 0) {
      leaf_depth_ = LeafDepth(bucket.root);
      CAIRN_RETURN_IF_ERROR(Visit(bucket.root, {}, 0));
    } else if (!bucket.inline_value.empty()) {
      auto page = bolt::ParseInlineBucket(bucket.inline_value);
      if (page.ok()) {
        CAIRN_RETURN_IF_ERROR(Accept({0, {}, {{}, *page, 0}, {}}));
      } else {
        Lose({}, 0, std::string(Message(page.status())));
      }
    }
    CAIRN_RETURN_IF_ERROR(Settle({}));
    if (bad_.has_value()) EndBadRun(std::string(bad_->high));
    Normalize(walk_.lost);
    return std::move(walk_);
  }

 private:
  // Where a page's keys belong, by its parent.
  struct Span {
    KeyRange range;
    // The parent's separators don't ascend: one of them, who knows which, is damaged.
    bool astray = false;
  };
  struct Leaf {
    uint64_t id = 0;
    Span span;
    SalvagePage page;
    std::string lost_why;  // not empty: a page that can't be read, and no leaf
  };

  void Lose(const KeyRange& range, uint64_t page, std::string why) {
    const KeyRange part = Intersect(range, options_.range);
    if (part.Empty()) return;
    walk_.lost.push_back({part, page, std::move(why)});
  }

  // All leaves of a tree are equally deep: how deep most are of three that are looked at, or the
  // deeper ones, for a reference that went astray more likely meets a leaf. -1: can't be told.
  int LeafDepth(uint64_t root) {
    const auto top = input_.Read(root);
    if (!top.ok() || top->view.count() == 0) return -1;
    if (top->view.is_leaf()) return 0;
    std::map<int, int> votes;
    const size_t count = top->view.count();
    for (const size_t child : std::set<size_t>{0, count / 2, count - 1}) {
      uint64_t id = top->view.child(child).value;
      for (int depth = 1; depth < kMaxDepth; ++depth) {
        const auto page = input_.Read(id);
        if (!page.ok() || page->view.count() == 0) break;
        if (page->view.is_leaf()) {
          ++votes[depth];
          break;
        }
        id = page->view.child(0).value;
      }
    }
    int best = -1;
    for (const auto& [depth, number] : votes) {
      if (best < 0 || number >= votes[best]) best = depth;
    }
    return best;
  }

  // Where what comes next may begin.
  std::string AfterLast() const {
    return walk_.last_key.empty() ? options_.range.low : After(walk_.last_key);
  }
  // Where the records of a page may begin.
  std::string Begin(const KeyRange& range) const {
    return std::min(range.low, std::max(AfterLast(), taker_.Earliest(range.low)));
  }

  void LosePage(const Span& span, uint64_t page, std::string why) {
    if (!span.astray) {
      // A separator that grew hides what is before it.
      const std::string from = AfterLast();
      const KeyRange hidden{from, span.range.low};
      const bool grew = from < span.range.low && taker_.MayHold(hidden);
      Lose({grew ? from : Begin(span.range), span.range.high}, page, std::move(why));
    } else if (!waiting_.empty()) {
      waiting_.push_back({page, span, {}, std::move(why)});  // what stands before it isn't decided
    } else if (bad_.has_value()) {
      bad_->high.clear();
    } else {
      bad_ = BadRun{After(walk_.last_key), {}, page, std::move(why)};
    }
  }

  // One key alone may be what is damaged.
  static bool Fits(const bolt::PageView& view, const KeyRange& range) {
    size_t fitting = 0;
    for (size_t i = 0; i < view.count(); ++i) fitting += range.Has(view.key(i)) ? 1 : 0;
    return fitting * 2 >= view.count();
  }

  bool Reached(uint64_t id, uint64_t pages) const {
    return options_.reached != nullptr && options_.reached->HasAny({id, pages});
  }
  void Reach(uint64_t id, uint64_t pages) {
    own_.Add({id, pages});
    if (options_.reached != nullptr) options_.reached->Add({id, pages});
  }

  Status Visit(uint64_t id, const Span& span, int depth) {
    auto page = input_.Read(id);
    if (!page.ok()) {
      LosePage(span, id, std::string(Message(page.status())));
      return absl::OkStatus();
    }
    CAIRN_RETURN_IF_ERROR(progress_.Update(bytes_ += page->ref.bytes.size()));
    if (Reached(id, page->pages) || own_.HasAny({id, page->pages})) {
      LosePage(span, id, "reached twice");
      return absl::OkStatus();
    }
    if (page->view.is_leaf() != (depth == leaf_depth_) && leaf_depth_ >= 0) {
      // A reference that went astray.
      LosePage(span, id, page->view.is_leaf() ? "a leaf among branches" : "a branch among leaves");
      return absl::OkStatus();
    }
    if (page->view.is_leaf()) return VisitLeaf({id, span, *std::move(page), {}});
    if (depth >= kMaxDepth) {
      LosePage(span, id, "the tree is too deep (a loop of pages?)");
      return absl::OkStatus();
    }
    const bolt::PageView& view = page->view;
    bool astray = span.astray;
    for (size_t i = 1; i < view.count(); ++i) {
      if (view.key(i - 1) < view.key(i)) continue;
      // Where the children belong can't be told; what they hold may tell it.
      Problem(id, "separators out of order");
      astray = true;
      break;
    }
    const KeyRange& range = span.range;
    Reach(id, page->pages);
    for (size_t i = 0; i < view.count(); ++i) {
      // An older tree has nothing below its first leaf; the newest may have lost that.
      const bool inherits = i == 0 && !(options_.written_again && range.low.empty());
      KeyRange part{inherits ? range.low : std::string(view.key(i)),
                    i + 1 < view.count() ? std::string(view.key(i + 1)) : range.high};
      if (part.Empty()) part = range;
      if (Intersect(part, options_.range).Empty()) continue;
      CAIRN_RETURN_IF_ERROR(Visit(view.child(i).value, {part, astray}, depth + 1));
    }
    return absl::OkStatus();
  }

  // A leaf that fits the separators is taken; one that doesn't waits for the next one that does: a
  // separator may be what is damaged.
  Status VisitLeaf(Leaf leaf) {
    const bolt::PageView& view = leaf.page.view;
    if (view.count() == 0) {
      // bbolt keeps an empty bucket inline and no other empty leaf.
      LosePage(leaf.span, leaf.id, "a leaf without elements");
      return absl::OkStatus();
    }
    if (!Fits(view, leaf.span.range)) {
      waiting_.push_back(std::move(leaf));
      return absl::OkStatus();
    }
    size_t first = 0;
    while (!leaf.span.range.Has(view.key(first))) ++first;
    CAIRN_RETURN_IF_ERROR(Settle(view.key(first)));
    return Accept(leaf);
  }

  // Decides over the waiting leaves; what follows begins with `next` (empty: nothing follows).
  Status Settle(std::string_view next) {
    std::vector<Leaf> waiting = std::exchange(waiting_, {});
    for (const Leaf& leaf : waiting) {
      if (!leaf.lost_why.empty()) {
        LosePage(leaf.span, leaf.id, leaf.lost_why);
        continue;
      }
      const bolt::PageView& view = leaf.page.view;
      const bool fits = view.key(0) > std::string_view(walk_.last_key) &&
                        (next.empty() || view.key(view.count() - 1) < next);
      if (!fits) {
        LosePage(leaf.span, leaf.id, "its keys are not those that the parent says");
        continue;
      }
      Problem(leaf.id, "its keys are not those that the parent says, but fit");
      Leaf own = leaf;
      own.span.range = {After(walk_.last_key), std::string(next)};
      CAIRN_RETURN_IF_ERROR(Accept(own));
    }
    return absl::OkStatus();
  }

  bool BehindLast(std::string_view key) const {
    return taker_.Place(key) > taker_.Place(walk_.last_key);
  }

  // Of a leaf whose keys don't ascend: the elements that stay in every way to leave out as few as
  // can be (they are in every longest increasing subsequence), for one damaged key must not cost
  // those behind it, and of two that exclude each other which one is damaged can't be told. Empty
  // when all ascend.
  std::vector<bool> InOrder(const Leaf& leaf) {
    const bolt::PageView& view = leaf.page.view;
    const auto place = [&](size_t i) { return taker_.Place(view.key(i)); };
    bool ascend = true;
    for (size_t i = 1; i < view.count(); ++i) ascend &= place(i - 1) < place(i);
    if (ascend) return {};
    std::vector<size_t> good;
    for (size_t i = 0; i < view.count(); ++i) {
      const std::string_view key = view.key(i);
      if (BehindLast(key) && taker_.Fault(key, view.value(i)).empty() &&
          (leaf.span.range.Has(key) || taker_.Proves(key, view.value(i), leaf.span.range))) {
        good.push_back(i);
      }
    }
    // The length of the longest one that ends, and of the longest that begins, with each.
    const auto lengths = [&](const auto& before) {
      std::vector<size_t> length(view.count()), ends;  // ends: by length, the best to go on from
      for (const size_t i : good) {
        const auto at = std::lower_bound(ends.begin(), ends.end(), i, before);
        length[i] = static_cast<size_t>(at - ends.begin()) + 1;
        if (at == ends.end()) {
          ends.push_back(i);
        } else {
          *at = i;
        }
      }
      return length;
    };
    const std::vector<size_t> ending =
        lengths([&](size_t a, size_t b) { return place(a) < place(b); });
    std::reverse(good.begin(), good.end());
    const std::vector<size_t> beginning =
        lengths([&](size_t a, size_t b) { return place(a) > place(b); });
    size_t longest = 0;
    for (const size_t i : good) longest = std::max(longest, ending[i]);
    std::vector<size_t> rivals(longest + 1);
    const auto in_one = [&](size_t i) { return ending[i] + beginning[i] == longest + 1; };
    for (const size_t i : good) rivals[ending[i]] += in_one(i) ? 1 : 0;
    std::vector<bool> stays(view.count(), false);
    for (const size_t i : good) stays[i] = in_one(i) && rivals[ending[i]] == 1;
    return stays;
  }

  Status Accept(const Leaf& leaf) {
    if (leaf.id != 0) Reach(leaf.id, leaf.page.pages);
    const bolt::PageView& view = leaf.page.view;
    const std::vector<bool> in_order = InOrder(leaf);
    std::string low = Begin(leaf.span.range);
    for (size_t i = 0; i < view.count(); ++i) {
      // A record out of the wanted range may be one of it with a damaged key.
      const std::string_view key = view.key(i);
      std::string why;
      if (view.is_bucket(i) != options_.buckets) {
        why = options_.buckets ? "a key among the buckets" : "marked as a bucket";
      } else if (!leaf.span.range.Has(key) && !taker_.Proves(key, view.value(i), leaf.span.range)) {
        why = "its key is not one that the parent says";
      } else if (key.empty() || !BehindLast(key) || (!in_order.empty() && !in_order[i])) {
        why = "out of order";
      } else if (i + 1 == view.count() && leaf.id != 0 && EndsEarly(view)) {
        why = "there is more behind it";
      } else {
        why = taker_.Fault(key, view.value(i));
        if (why.empty() && options_.suspect_zeros && leaf.page.pages > 1 &&
            HoldsZeroPage(leaf.page, input_.page_size(), view.value(i))) {
          why = "a whole page of its value is zeros";
        }
      }
      if (!why.empty()) {
        if (!bad_.has_value()) {
          // Below what the parent says: there the parent may be wrong.
          const bool below = key > std::string_view(walk_.last_key) && key < std::string_view(low);
          bad_ = BadRun{
              below ? std::string(key) : low, {}, leaf.id, fmt::format("element {}: {}", i, why)};
        }
        continue;
      }
      EndBadRun(key);
      low = After(key);
      walk_.last_key = key;
      if (!options_.range.Has(key)) continue;
      ++walk_.records;
      CAIRN_RETURN_IF_ERROR(taker_.Take({key, view.value(i), leaf.id, static_cast<uint32_t>(i)}));
    }
    // It goes on to the next record that is taken: the parent may say too low where this leaf ends.
    if (bad_.has_value()) bad_->high = leaf.span.range.high;
    if (options_.written_again && view.count() > 0) {
      const std::string first(view.key(0));
      if (first != leaf.span.range.low) {
        Lose({leaf.span.range.low, first}, leaf.id, "written again since");
      }
      if (leaf.span.range.high.empty()) {
        Lose({After(view.key(view.count() - 1)), {}}, leaf.id, "written later");
      }
    }
    return absl::OkStatus();
  }

  void EndBadRun(std::string_view next) {
    if (!bad_.has_value()) return;
    Lose({bad_->low, std::string(next)}, bad_->page, bad_->why);
    bad_.reset();
  }

  void Problem(uint64_t page, std::string_view what) {
    if (walk_.problems.size() >= kMaxProblems) return;
    walk_.problems.push_back(fmt::format("page {}: {}", page, what));
  }

  SalvageInput& input_;
  const TreeWalkOptions& options_;
  RecordTaker& taker_;
  Progress& progress_;
  TreeWalk walk_;
  std::vector<Leaf> waiting_;
  int leaf_depth_ = -1;  // not known
  // Records one behind the other that can't be taken, and what they end before if none is taken
  // behind them.
  struct BadRun {
    std::string low, high;
    uint64_t page = 0;
    std::string why;
  };
  std::optional<BadRun> bad_;
  bolt::PageSet own_;
  uint64_t bytes_ = 0;
};

}  // namespace

KeyRange Intersect(const KeyRange& a, const KeyRange& b) {
  return {std::max(a.low, b.low), EndsBehind(a.high, b.high) ? b.high : a.high};
}

void Normalize(std::vector<LostRange>& lost) {
  std::stable_sort(lost.begin(), lost.end(), [](const LostRange& a, const LostRange& b) {
    return a.range.low < b.range.low;
  });
  std::vector<LostRange> apart;
  for (LostRange& next : lost) {
    if (next.range.Empty()) continue;
    if (apart.empty() ||
        (!apart.back().range.high.empty() && next.range.low >= apart.back().range.high)) {
      apart.push_back(std::move(next));
      continue;
    }
    std::string& high = apart.back().range.high;
    if (EndsBehind(next.range.high, high)) high = next.range.high;
  }
  lost = std::move(apart);
}

std::vector<LostRange> Within(const KeyRange& range, const std::vector<LostRange>& lost) {
  std::vector<LostRange> parts;
  for (const LostRange& one : lost) {
    LostRange part = one;
    part.range = Intersect(range, one.range);
    if (!part.range.Empty()) parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<KeyRange> Outside(const KeyRange& range, const std::vector<LostRange>& lost) {
  std::vector<KeyRange> parts;
  std::string low = range.low;
  for (const LostRange& one : lost) {
    if (!range.high.empty() && one.range.low >= range.high) break;
    if (!one.range.high.empty() && one.range.high <= low) continue;
    if (one.range.low > low) parts.push_back({low, one.range.low});
    if (one.range.high.empty()) return parts;
    low = one.range.high;
  }
  if (KeyRange rest{std::move(low), range.high}; !rest.Empty()) parts.push_back(std::move(rest));
  return parts;
}

SalvageBucketRef ReadBucketValue(std::string_view value) {
  SalvageBucketRef ref;
  if (value.size() < bolt::kBucketHeaderSize) {
    ref.fault = "bucket header is cut short";
    return ref;
  }
  const bolt::BucketHeader header = bolt::DecodeBucketHeader(value.data());
  ref.root = header.root;
  ref.sequence = header.sequence;
  // A page behind the header says that it is inline, whatever the header says.
  if (value.size() > bolt::kBucketHeaderSize) ref.root = 0;
  if (ref.root == 0) ref.inline_value = value;
  if (ref.root == 0 && value.size() == bolt::kBucketHeaderSize) {
    ref.fault = "the bucket has no root page";
  }
  return ref;
}

bool EndsEarly(const bolt::PageView& leaf) {
  return leaf.Slack().find_first_not_of('\0') != std::string_view::npos;
}

bool HoldsZeroPage(const SalvagePage& page, uint32_t page_size, std::string_view value) {
  constexpr size_t kSuspicious = 8;
  const char* const begin = page.ref.bytes.data();
  const auto value_begin = static_cast<uint64_t>(value.data() - begin);
  const uint64_t value_end = value_begin + value.size();
  for (uint64_t at = page_size; at < page.ref.bytes.size(); at += page_size) {
    const uint64_t from = std::max<uint64_t>(at, value_begin);
    const uint64_t to = std::min<uint64_t>(at + page_size, value_end);
    if (from != at || to < from + kSuspicious) continue;
    const std::string_view part(begin + from, to - from);
    if (part.find_first_not_of('\0') == std::string_view::npos) return true;
  }
  return false;
}

StatusOr<TreeWalk> WalkTree(SalvageInput& input, const SalvageBucketRef& bucket,
                            const TreeWalkOptions& options, RecordTaker& taker,
                            Progress& progress) {
  return Walker(input, options, taker, progress).Walk(bucket);
}

}  // namespace cairn::offline
