// offline/salvage/tree.cc: see tree.h. The leaves are listed first (tree_leaves.h), then read in
// order.
#include "offline/salvage/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "offline/salvage/tree_leaves.h"

namespace cairn::offline {

namespace {

constexpr size_t kMaxProblems = 100;

// The walk that is asked for.
struct Job {
  SalvageInput& input;
  const TreeWalkOptions& options;
  const RecordRules& rules;
  const SalvageVisitor& visit;
};

// Records in a row that can't be accepted, and what they end before if none is accepted after them.
struct BadRun {
  std::string low, high;
  uint64_t page = 0;
  std::string why;
};

// What has been read up to a leaf.
struct Reading {
  TreeWalk walk;
  std::string last_key;  // of the last good record
  std::optional<BadRun> bad;
  bolt::PageSet own;  // pages
};

// A leaf that was read, or an inline bucket (page 0).
struct Leaf {
  uint64_t id = 0;
  KeyRange range;  // where its keys belong
  SalvagePage page;
};

void Lose(const Job& job, Reading& reading, const KeyRange& range, uint64_t page, std::string why) {
  KeyRange part = Intersect(range, job.options.range);
  if (!part.Empty()) reading.walk.lost.push_back({std::move(part), page, std::move(why)});
}

// Where what comes next may begin.
std::string AfterLast(const Job& job, const Reading& reading) {
  return reading.last_key.empty() ? job.options.range.low : After(reading.last_key);
}

// Where the records of a page may begin.
std::string Begin(const Job& job, const Reading& reading, const KeyRange& range) {
  return std::min(range.low, std::max(AfterLast(job, reading), job.rules.Earliest(range.low)));
}

void LosePage(const Job& job, Reading& reading, const TreeLeaf& leaf, std::string why) {
  const KeyRange& range = leaf.span.range;
  if (leaf.span.astray) {
    if (reading.bad.has_value()) {
      reading.bad->high.clear();
    } else {
      reading.bad = BadRun{After(reading.last_key), {}, leaf.page, std::move(why)};
    }
    return;
  }
  // A separator that grew hides what is before it.
  const std::string from = AfterLast(job, reading);
  const bool grew = from < range.low && job.rules.MayHold({from, range.low});
  Lose(job, reading, {grew ? from : Begin(job, reading, range), range.high}, leaf.page,
       std::move(why));
}

void EndBadRun(const Job& job, Reading& reading, std::string_view next) {
  if (!reading.bad.has_value()) return;
  Lose(job, reading, {reading.bad->low, std::string(next)}, reading.bad->page, reading.bad->why);
  reading.bad.reset();
}

void AddProblem(TreeWalk& walk, uint64_t page, std::string_view what) {
  if (walk.problems.size() >= kMaxProblems) return;
  walk.problems.push_back(fmt::format("page {}: {}", page, what));
}

// DataLoss says why the page at a leaf's place is none.
StatusOr<SalvagePage> ReadLeaf(const Job& job, const Reading& reading, const TreeLeaf& leaf) {
  if (!leaf.fault.empty()) return absl::DataLossError(leaf.fault);
  CAIRN_ASSIGN_OR_RETURN(SalvagePage page, job.input.Read(leaf.page));
  const bolt::PageRun run{leaf.page, page.pages};
  if (reading.own.HasAny(run) ||
      (job.options.reached != nullptr && job.options.reached->HasAny(run))) {
    return absl::DataLossError("reached twice");
  }
  if (!page.view.is_leaf()) return absl::DataLossError("a branch among leaves");
  // bbolt keeps an empty bucket inline and no other empty leaf.
  if (page.view.count() == 0) return absl::DataLossError("a leaf without elements");
  return page;
}

// One key alone may be what is damaged.
bool Fits(const bolt::PageView& view, const KeyRange& range) {
  size_t fitting = 0;
  for (size_t i = 0; i < view.count(); ++i) fitting += range.Has(view.key(i)) ? 1 : 0;
  return fitting * 2 >= view.count();
}

// The first leaf from `from` on that fits its separators.
struct NextFitting {
  size_t leaf = 0;
  std::string key;  // its first one that fits; empty: there is no such leaf
};
NextFitting FindFitting(const Job& job, const Reading& reading, const std::vector<TreeLeaf>& leaves,
                        size_t from) {
  for (size_t i = from; i < leaves.size(); ++i) {
    const auto page = ReadLeaf(job, reading, leaves[i]);
    if (!page.ok() || !Fits(page->view, leaves[i].span.range)) continue;
    size_t first = 0;
    while (!leaves[i].span.range.Has(page->view.key(first))) ++first;
    return {i, std::string(page->view.key(first))};
  }
  return {leaves.size(), {}};
}

bool IsAfterLast(const Job& job, const Reading& reading, std::string_view key) {
  return job.rules.Place(key) > job.rules.Place(reading.last_key);
}

// Of a leaf whose keys don't ascend: the elements that stay in every way to leave out as few as can
// be (they are in every longest increasing subsequence), for one damaged key must not cost those
// after it, and of two that exclude each other either may be the damaged one. Empty when all
// ascend.
std::vector<bool> InOrder(const Job& job, const Reading& reading, const Leaf& leaf) {
  const bolt::PageView& view = leaf.page.view;
  const auto place = [&](size_t i) { return job.rules.Place(view.key(i)); };
  bool ascend = true;
  for (size_t i = 1; i < view.count(); ++i) ascend &= place(i - 1) < place(i);
  if (ascend) return {};
  std::vector<size_t> good;
  for (size_t i = 0; i < view.count(); ++i) {
    const std::string_view key = view.key(i);
    if (IsAfterLast(job, reading, key) && job.rules.Fault(key, view.value(i)).empty() &&
        (leaf.range.Has(key) || job.rules.Proves(key, view.value(i), leaf.range))) {
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
  std::vector<size_t> choices(longest + 1);
  const auto in_one = [&](size_t i) { return ending[i] + beginning[i] == longest + 1; };
  for (const size_t i : good) choices[ending[i]] += in_one(i) ? 1 : 0;
  std::vector<bool> stays(view.count(), false);
  for (const size_t i : good) stays[i] = in_one(i) && choices[ending[i]] == 1;
  return stays;
}

// Why an element of a leaf can't be accepted; empty when it can.
std::string ElementFault(const Job& job, const Reading& reading, const Leaf& leaf, size_t i,
                         const std::vector<bool>& in_order) {
  const bolt::PageView& view = leaf.page.view;
  const std::string_view key = view.key(i);
  const std::string_view value = view.value(i);
  if (view.is_bucket(i) != job.options.buckets) {
    return job.options.buckets ? "a key among the buckets" : "marked as a bucket";
  }
  if (!leaf.range.Has(key) && !job.rules.Proves(key, value, leaf.range)) {
    return "its key is not one that the parent says";
  }
  if (key.empty() || !IsAfterLast(job, reading, key) || (!in_order.empty() && !in_order[i])) {
    return "out of order";
  }
  if (i + 1 == view.count() && leaf.id != 0 && EndsEarly(view)) return "there is more after it";
  std::string why = job.rules.Fault(key, value);
  if (why.empty() && job.options.suspect_zeros && leaf.page.pages > 1 &&
      HoldsZeroPage(leaf.page, job.input.page_size(), value)) {
    why = "a whole page of its value is zeros";
  }
  return why;
}

// Visits the good records of a leaf.
Status Accept(const Job& job, Reading& reading, const Leaf& leaf) {
  if (leaf.id != 0) {
    reading.own.Add({leaf.id, leaf.page.pages});
    if (job.options.reached != nullptr) job.options.reached->Add({leaf.id, leaf.page.pages});
  }
  TreeWalk& walk = reading.walk;
  const bolt::PageView& view = leaf.page.view;
  const std::vector<bool> in_order = InOrder(job, reading, leaf);
  std::string low = Begin(job, reading, leaf.range);
  for (size_t i = 0; i < view.count(); ++i) {
    // A record out of the wanted range may be one of it with a damaged key.
    const std::string_view key = view.key(i);
    const std::string why = ElementFault(job, reading, leaf, i, in_order);
    if (!why.empty()) {
      if (!reading.bad.has_value()) {
        // Below what the parent says: there the parent may be wrong.
        const bool below = key > std::string_view(reading.last_key) && key < std::string_view(low);
        reading.bad = BadRun{
            below ? std::string(key) : low, {}, leaf.id, fmt::format("element {}: {}", i, why)};
      }
      continue;
    }
    EndBadRun(job, reading, key);
    low = After(key);
    reading.last_key = key;
    if (!job.options.range.Has(key)) continue;
    ++walk.records;
    CAIRN_RETURN_IF_ERROR(job.visit({key, view.value(i), leaf.id, static_cast<uint32_t>(i)}));
  }
  // It goes on to the next record that is accepted: the parent's end of this leaf may be too low.
  if (reading.bad.has_value()) reading.bad->high = leaf.range.high;
  if (job.options.written_again && view.count() > 0) {
    const std::string first(view.key(0));
    if (first != leaf.range.low) {
      Lose(job, reading, {leaf.range.low, first}, leaf.id, "written again since");
    }
    if (!leaf.range.HasEnd()) {
      Lose(job, reading, {After(view.key(view.count() - 1)), {}}, leaf.id, "written later");
    }
  }
  return absl::OkStatus();
}

// A leaf that fits the separators is accepted, and one that fits between the records before it and
// the next leaf that fits its own: a separator may be what is damaged.
Status ReadLeaves(const Job& job, Reading& reading, const TreeLeaves& listed, Progress& progress) {
  uint64_t bytes = listed.bytes;
  std::optional<NextFitting> next;
  for (size_t i = 0; i < listed.leaves.size(); ++i) {
    const TreeLeaf& leaf = listed.leaves[i];
    const auto page = ReadLeaf(job, reading, leaf);
    if (!page.ok()) {
      LosePage(job, reading, leaf, std::string(Message(page.status())));
      continue;
    }
    CAIRN_RETURN_IF_ERROR(progress.Update(bytes += page->ref.bytes.size()));
    const bolt::PageView& view = page->view;
    KeyRange range = leaf.span.range;
    if (!Fits(view, range)) {
      if (!next.has_value() || next->leaf <= i) next = FindFitting(job, reading, listed.leaves, i);
      const bool fits = view.key(0) > std::string_view(reading.last_key) &&
                        (next->key.empty() || view.key(view.count() - 1) < next->key);
      if (!fits) {
        LosePage(job, reading, leaf, "its keys are not those that the parent says");
        continue;
      }
      AddProblem(reading.walk, leaf.page, "its keys are not those that the parent says, but fit");
      range = {After(reading.last_key), next->key};
    }
    CAIRN_RETURN_IF_ERROR(Accept(job, reading, {leaf.page, std::move(range), *page}));
  }
  return absl::OkStatus();
}

}  // namespace

SalvageBucketRef ReadBucketValue(std::string_view value) {
  SalvageBucketRef ref;
  if (value.size() < bolt::kBucketHeaderSize) {
    ref.fault = "bucket header is cut short";
    return ref;
  }
  const bolt::BucketHeader header = bolt::DecodeBucketHeader(value.data());
  ref.root = header.root;
  ref.sequence = header.sequence;
  // A page after the header says that it is inline, whatever the header says.
  if (value.size() > bolt::kBucketHeaderSize) ref.root = 0;
  if (ref.root == 0) ref.inline_value = value;
  if (ref.root == 0 && value.size() == bolt::kBucketHeaderSize) {
    ref.fault = "the bucket has no root page";
  }
  return ref;
}

Status ChangedMeanwhile(const SalvageInput& input) {
  return absl::DataLossError(
      fmt::format("{}: it was changed while it was read: salvage a copy of it", input.path()));
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
                            const TreeWalkOptions& options, const RecordRules& rules,
                            const SalvageVisitor& visit, Progress& progress) {
  const Job job{input, options, rules, visit};
  Reading reading;
  if (!bucket.fault.empty()) {
    Lose(job, reading, {}, 0, bucket.fault);
  } else if (bucket.root != 0) {
    CAIRN_ASSIGN_OR_RETURN(TreeLeaves listed, ListLeaves(input, bucket.root, options, progress));
    reading.own = std::move(listed.branches);
    for (std::string& problem : listed.problems) {
      if (reading.walk.problems.size() >= kMaxProblems) break;
      reading.walk.problems.push_back(std::move(problem));
    }
    CAIRN_RETURN_IF_ERROR(ReadLeaves(job, reading, listed, progress));
  } else if (!bucket.inline_value.empty()) {
    auto page = bolt::ParseInlineBucket(bucket.inline_value);
    if (page.ok()) {
      CAIRN_RETURN_IF_ERROR(Accept(job, reading, {0, {}, {{}, *page, 0}}));
    } else {
      Lose(job, reading, {}, 0, std::string(Message(page.status())));
    }
  }
  if (reading.bad.has_value()) EndBadRun(job, reading, std::string(reading.bad->high));
  Normalize(reading.walk.lost);
  return std::move(reading.walk);
}

}  // namespace cairn::offline
