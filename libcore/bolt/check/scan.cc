// bolt/check/scan.cc: see scan.h.
#include "bolt/check/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <utility>

#include "os/interrupt.h"

namespace cairn::bolt {

namespace {

constexpr size_t kMaxDepth = 64;
// One read: small enough to stay in the processor's second-level cache.
constexpr uint64_t kWindowBytes = 256 << 10;
// Pages that nobody asked for are read over when the gap is at most this.
constexpr uint64_t kMaxGapPages = 8;

// Keys ascend, and lie in [low, high); what is wrong, or nothing.
std::string OrderFault(const PageView& page, std::string_view low, std::string_view high) {
  if (page.count() == 0) return {};
  std::string_view previous = page.key(0);
  if (previous < low) return "first key is smaller than the parent's key";
  for (size_t i = 1; i < page.count(); ++i) {
    const std::string_view key = page.key(i);
    if (!(previous < key)) return fmt::format("key out of order at element {}", i);
    previous = key;
  }
  if (!high.empty() && !(previous < high)) return "last key is not below the next page's";
  return {};
}

}  // namespace

// Page i's keys are at least Low(i) and below High(i) (empty: no bound).
struct Scanner::Level {
  std::vector<uint64_t> ids;
  std::string arena;
  std::vector<uint64_t> low_at, bound_at;
  std::vector<uint16_t> low_size, bound_size;

  // `bound` is what the page before this one must stay below: the parent's own low key for a
  // parent's first child, `low` for the others.
  void Add(uint64_t id, std::string_view low, std::string_view bound) {
    ids.push_back(id);
    low_at.push_back(arena.size());
    low_size.push_back(static_cast<uint16_t>(low.size()));
    arena.append(low);
    if (bound != low) {
      bound_at.push_back(arena.size());
      arena.append(bound);
    } else {
      bound_at.push_back(low_at.back());
    }
    bound_size.push_back(static_cast<uint16_t>(bound.size()));
  }
  std::string_view Low(size_t i) const {
    return std::string_view(arena).substr(low_at[i], low_size[i]);
  }
  std::string_view Bound(size_t i) const {
    return std::string_view(arena).substr(bound_at[i], bound_size[i]);
  }
  std::string_view High(size_t i) const {
    return i + 1 < ids.size() ? Bound(i + 1) : std::string_view();
  }
};

struct Scanner::Findings {
  std::vector<Fault> faults;
  size_t fault_count = 0;
  uint64_t pages = 0;
  uint64_t bytes = 0;
  Fill fill;
  std::vector<BucketRef> nested;

  void CountFill(const PageView& page, uint64_t page_bytes) {
    if (page.is_leaf()) ++fill.leaf_pages;
    (page.is_leaf() ? fill.leaf_bytes : fill.branch_bytes) += page_bytes;
    (page.is_leaf() ? fill.leaf_slack : fill.branch_slack) += page.Slack().size();
  }
};

Scanner::Scanner(const File& file, const Meta& meta, Progress& progress)
    : file_(file), meta_(meta), progress_(progress), reached_bits_((meta.high_water + 63) / 64) {}

void Scanner::AddFault(uint64_t page, std::string what) {
  ++fault_count_;
  if (faults_.size() < kMaxFaults) faults_.push_back({page, page * meta_.page_size, what});
}

void Scanner::Merge(Findings& findings) {
  fault_count_ += findings.fault_count;
  for (Fault& fault : findings.faults) {
    if (faults_.size() < kMaxFaults) faults_.push_back(std::move(fault));
  }
  reached_ += findings.pages;
  bytes_read_ += findings.bytes;
  fill_.branch_bytes += findings.fill.branch_bytes;
  fill_.branch_slack += findings.fill.branch_slack;
  fill_.leaf_pages += findings.fill.leaf_pages;
  fill_.leaf_bytes += findings.fill.leaf_bytes;
  fill_.leaf_slack += findings.fill.leaf_slack;
}

// Stops at the first page that somebody has: runs that all reach to the end of the file would take
// the square of their number.
bool Scanner::Reach(uint64_t id, uint64_t pages) {
  for (uint64_t page = id; page < id + pages; ++page) {
    const uint64_t bit = uint64_t{1} << (page % 64);
    std::atomic_ref<uint64_t> word(reached_bits_[page / 64]);
    if ((word.fetch_or(bit, std::memory_order_relaxed) & bit) != 0) return false;
  }
  return true;
}

bool Scanner::Reached(uint64_t id) const { return (reached_bits_[id / 64] >> (id % 64) & 1) != 0; }

std::string Scanner::FaultText(size_t limit) const {
  std::string text;
  for (size_t i = 0; i < std::min(limit, faults_.size()); ++i) {
    if (i > 0) text += "; ";
    text += fmt::format("page {}: {}", faults_[i].page, faults_[i].what);
  }
  if (fault_count_ > limit) text += fmt::format("; and {} more", fault_count_ - limit);
  return text;
}

StatusOr<uint16_t> Scanner::PeekFlags(uint64_t id) {
  char header[kPageHeaderSize];
  CAIRN_RETURN_IF_ERROR(ReadExactly(file_, id * meta_.page_size, header));
  return DecodePageHeader(header).flags;
}

// Reads the level's pages named by `order` (positions by ascending id), and gives each whose header
// and parse are right, and which nobody reached before, to on_page(position, view).
template <typename OnPage>
Status Scanner::ReadPages(const Level& level, const std::vector<uint32_t>& order,
                          Findings& findings, std::optional<uint32_t> reread, OnPage on_page) {
  const uint64_t ps = meta_.page_size;
  std::string window;
  std::string run;
  const auto fault = [&](uint64_t id, std::string what) {
    ++findings.fault_count;
    if (findings.faults.size() < kMaxFaults) findings.faults.push_back({id, id * ps, what});
  };
  for (size_t first = 0; first < order.size();) {
    // The window: from this page as far as the next ones lie close by.
    const uint64_t begin = level.ids[order[first]];
    uint64_t end = begin + 1;
    size_t last = first + 1;
    for (; last < order.size(); ++last) {
      const uint64_t id = level.ids[order[last]];
      if (id > end + kMaxGapPages || (id + 1 - begin) * ps > kWindowBytes) break;
      end = id + 1;
    }
    window.resize((end - begin) * ps);
    CAIRN_RETURN_IF_ERROR(ReadExactly(file_, begin * ps, window));
    for (; first < last; ++first) {
      const uint32_t position = order[first];
      const uint64_t id = level.ids[position];
      const char* page = window.data() + (id - begin) * ps;
      const PageHeader header = DecodePageHeader(page);
      if (header.id != id) {
        fault(id, fmt::format("header says page {}", header.id));
        continue;
      }
      if (header.overflow >= meta_.high_water - id) {
        fault(id, fmt::format("overflow of {} pages leaves the file", header.overflow));
        continue;
      }
      const uint64_t pages = uint64_t{header.overflow} + 1;
      if (position == reread) {
        // Reached (or found faulty) already in phase 0.
        if (!Reached(id)) continue;
      } else if (!Reach(id, pages)) {
        fault(id, "multiple references");
        continue;
      }
      if (position != reread) findings.pages += pages;
      findings.bytes += pages * ps;
      std::string_view bytes(page, ps);
      if (pages > 1) {
        if (id + pages <= end) {
          bytes = std::string_view(page, pages * ps);
        } else {
          run.resize(pages * ps);
          CAIRN_RETURN_IF_ERROR(ReadExactly(file_, id * ps, run));
          bytes = run;
        }
      }
      const auto view = PageView::Parse(bytes);
      if (!view.ok()) {
        fault(id, std::string(Message(view.status())));
        continue;
      }
      if (std::string what = OrderFault(*view, level.Low(position), level.High(position));
          !what.empty()) {
        fault(id, std::move(what));
        continue;
      }
      if (position != reread) findings.CountFill(*view, bytes.size());
      CAIRN_RETURN_IF_ERROR(on_page(position, *view));
    }
    CAIRN_RETURN_IF_ERROR(progress_.Update(bytes_read_ + findings.bytes));
  }
  return absl::OkStatus();
}

Status Scanner::ReadBranches(const Level& level, Level& next) {
  std::vector<uint32_t> order(level.ids.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return level.ids[a] < level.ids[b]; });
  // Children of each page, until they can be joined in key order.
  std::vector<std::vector<std::pair<uint64_t, std::string>>> children(level.ids.size());
  Findings findings;
  const auto on_page = [&](uint32_t position, const PageView& page) -> Status {
    if (page.is_leaf()) {
      ++findings.fault_count;
      findings.faults.push_back({level.ids[position], level.ids[position] * meta_.page_size,
                                 "leaf page at the height of branch pages"});
      return absl::OkStatus();
    }
    for (size_t i = 0; i < page.count(); ++i) {
      children[position].emplace_back(page.child(i).value, page.key(i));
    }
    return absl::OkStatus();
  };
  CAIRN_RETURN_IF_ERROR(ReadPages(level, order, findings, std::nullopt, on_page));
  Merge(findings);
  for (size_t position = 0; position < children.size(); ++position) {
    bool first = true;
    for (const auto& [id, key] : children[position]) {
      if (id < 2 || id >= meta_.high_water) {
        AddFault(level.ids[position], fmt::format("child page {} is out of bounds", id));
        continue;
      }
      next.Add(id, key, first ? level.Bound(position) : std::string_view(key));
      first = false;
    }
    children[position] = {};
  }
  return absl::OkStatus();
}

Status Scanner::ReadLeaves(const Level& level, LeafVisitor& visitor, std::string_view split_key,
                           int phase, std::vector<BucketRef>* nested) {
  std::vector<uint32_t> order;
  order.reserve(level.ids.size());
  std::optional<uint32_t> both;
  for (uint32_t i = 0; i < level.ids.size(); ++i) {
    if (!split_key.empty()) {
      const std::string_view high = level.High(i);
      const bool may_be_above = high.empty() || high > split_key;
      const bool may_be_below = level.Low(i) < split_key;
      if (phase == 0 ? !may_be_above : !may_be_below) continue;
      if (phase == 1 && may_be_above) both = i;
    }
    order.push_back(i);
  }
  const auto by_id = [&](uint32_t a, uint32_t b) { return level.ids[a] < level.ids[b]; };
  if (!std::is_sorted(order.begin(), order.end(), by_id)) {
    std::sort(order.begin(), order.end(), by_id);
  }
  Findings findings;
  const auto on_page = [&](uint32_t position, const PageView& page) -> Status {
    if (!page.is_leaf()) {
      ++findings.fault_count;
      findings.faults.push_back({level.ids[position], level.ids[position] * meta_.page_size,
                                 "branch page at the height of leaf pages"});
      return absl::OkStatus();
    }
    if (nested != nullptr && position != both) {
      for (size_t i = 0; i < page.count(); ++i) {
        if (!page.is_bucket(i)) continue;
        auto bucket = ParseBucket(page.value(i));
        if (bucket.ok()) {
          findings.nested.push_back(std::move(*bucket));
        } else {
          ++findings.fault_count;
          findings.faults.push_back({level.ids[position], level.ids[position] * meta_.page_size,
                                     std::string(Message(bucket.status()))});
        }
      }
    }
    return visitor.Leaf(position, page, phase);
  };
  CAIRN_RETURN_IF_ERROR(ReadPages(level, order, findings, both, on_page));
  Merge(findings);
  if (nested != nullptr) {
    std::move(findings.nested.begin(), findings.nested.end(), std::back_inserter(*nested));
  }
  return absl::OkStatus();
}

Status Scanner::ScanTree(const BucketRef& bucket, LeafVisitor& visitor, std::string_view split_key,
                         std::vector<BucketRef>* nested) {
  if (bucket.header.root == 0) {
    PageView page;
    if (!bucket.inline_value.empty()) {
      CAIRN_ASSIGN_OR_RETURN(page, ParseInlineBucket(bucket.inline_value));
    }
    if (std::string what = OrderFault(page, {}, {}); !what.empty()) {
      AddFault(0, "inline bucket: " + what);
      return absl::OkStatus();
    }
    visitor.Begin(1);
    CAIRN_RETURN_IF_ERROR(visitor.Leaf(0, page, 0));
    if (!split_key.empty()) CAIRN_RETURN_IF_ERROR(visitor.Leaf(0, page, 1));
    return absl::OkStatus();
  }
  if (bucket.header.root < 2 || bucket.header.root >= meta_.high_water) {
    AddFault(bucket.header.root, "root page of a bucket is out of bounds");
    return absl::OkStatus();
  }
  Level level;
  level.Add(bucket.header.root, {}, {});
  for (size_t depth = 0; depth < kMaxDepth; ++depth) {
    if (level.ids.empty()) return absl::OkStatus();  // everything behind faulty pages
    CAIRN_ASSIGN_OR_RETURN(const uint16_t flags, PeekFlags(level.ids[0]));
    if (flags != kBranchPage) {
      visitor.Begin(level.ids.size());
      if (split_key.empty()) return ReadLeaves(level, visitor, {}, 0, nested);
      CAIRN_RETURN_IF_ERROR(ReadLeaves(level, visitor, split_key, 0, nested));
      return ReadLeaves(level, visitor, split_key, 1, nested);
    }
    Level next;
    CAIRN_RETURN_IF_ERROR(ReadBranches(level, next));
    level = std::move(next);
  }
  AddFault(bucket.header.root, "tree too deep (a loop of pages?)");
  return absl::OkStatus();
}

Status Scanner::ScanBucket(const BucketRef& bucket, LeafVisitor& visitor,
                           std::string_view split_key) {
  std::vector<BucketRef> nested;
  CAIRN_RETURN_IF_ERROR(ScanTree(bucket, visitor, split_key, &nested));
  // Buckets inside this one are only checked; a bucket is reached once, so this ends.
  while (!nested.empty()) {
    const BucketRef inner = std::move(nested.back());
    nested.pop_back();
    IgnoreLeaves ignore;
    CAIRN_RETURN_IF_ERROR(ScanTree(inner, ignore, {}, &nested));
  }
  return absl::OkStatus();
}

Status Scanner::CheckFree() {
  if (meta_.freelist == kNoFreelist) return absl::OkStatus();
  WindowSource source(file_, meta_.page_size, meta_.high_water, 0);
  const auto ref = source.Read(PageId(meta_.freelist));
  if (absl::IsDataLoss(ref.status())) {
    AddFault(meta_.freelist, "freelist page is damaged");
    return absl::OkStatus();
  }
  CAIRN_RETURN_IF_ERROR(ref.status());
  const std::string_view bytes = ref->bytes;
  const PageHeader header = DecodePageHeader(bytes.data());
  if (header.flags != kFreelistPage) {
    AddFault(meta_.freelist, "no freelist page");
    return absl::OkStatus();
  }
  if (!Reach(meta_.freelist, bytes.size() / meta_.page_size)) {
    AddFault(meta_.freelist, "multiple references");
    return absl::OkStatus();
  }
  const FreelistView ids = FreelistView::Parse(bytes);
  if (!ids.fits()) {
    AddFault(meta_.freelist, fmt::format("freelist of {} pages does not fit", ids.stored()));
    return absl::OkStatus();
  }
  PageSet free;
  for (size_t i = 0; i < ids.size(); ++i) {
    const uint64_t id = ids[i];
    if (id < 2 || id >= meta_.high_water) {
      AddFault(meta_.freelist, fmt::format("free page {} is out of bounds", id));
    } else if (free.Has(id)) {
      AddFault(id, "already freed");
    } else {
      free.Add({id, 1});
      if (Reached(id)) AddFault(id, "reachable freed");
    }
  }
  return AddLost(free);
}

Status Scanner::AddLost(const PageSet& free) {
  constexpr uint64_t kPagesBetweenLooks = uint64_t{1} << 24;
  uint64_t looked = 0;
  uint64_t next_free = free.NextIn(2);
  for (uint64_t id = 2; id < meta_.high_water;) {
    if (id - looked >= kPagesBetweenLooks) {
      looked = id;
      CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    }
    // Sixty-four pages at a time where nothing is known of them, as in the hole of a sparse file.
    const uint64_t end = std::min(id / 64 * 64 + 64, meta_.high_water);
    if (reached_bits_[id / 64] == 0 && faults_.size() >= kMaxFaults && next_free >= end) {
      fault_count_ += end - id;
      id = end;
      continue;
    }
    if (id == next_free) {
      next_free = free.NextIn(id + 1);
    } else if (!Reached(id)) {
      AddFault(id, "unreachable unfreed");
    }
    ++id;
  }
  return absl::OkStatus();
}

StatusOr<std::vector<NamedBucket>> ScanRoot(Scanner& scanner, const Meta& meta) {
  class Collect : public LeafVisitor {
   public:
    void Begin(size_t leaves) override { found_.resize(leaves); }
    Status Leaf(size_t ordinal, const PageView& page, int) override {
      for (size_t i = 0; i < page.count(); ++i) {
        const std::string name(page.key(i));
        if (!page.is_bucket(i)) {
          return absl::DataLossError(
              fmt::format("root bucket holds a key, \"{}\", that is not a bucket", name));
        }
        CAIRN_ASSIGN_OR_RETURN(BucketRef bucket, ParseBucket(page.value(i)));
        found_[ordinal].push_back({name, std::move(bucket)});
      }
      return absl::OkStatus();
    }
    std::vector<std::vector<NamedBucket>> found_;
  };
  Collect collect;
  CAIRN_RETURN_IF_ERROR(scanner.ScanTree(BucketRef{meta.root, {}}, collect, {}, nullptr));
  std::vector<NamedBucket> buckets;
  for (auto& page : collect.found_) {
    std::move(page.begin(), page.end(), std::back_inserter(buckets));
  }
  return buckets;
}

}  // namespace cairn::bolt
