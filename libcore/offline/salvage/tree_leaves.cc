// offline/salvage/tree_leaves.cc: see tree_leaves.h.
#include "offline/salvage/tree_leaves.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace cairn::offline {

namespace {

constexpr int kMaxDepth = 64;

// All leaves of a tree are equally deep: how deep most are of three that are looked at, or the
// deeper ones, for a reference that went astray more likely meets a leaf. -1: not known.
int LeafDepth(SalvageInput& input, uint64_t root) {
  const auto top = input.Read(root);
  if (!top.ok() || top->view.count() == 0) return -1;
  if (top->view.is_leaf()) return 0;
  std::map<int, int> votes;
  const size_t count = top->view.count();
  for (const size_t child : std::set<size_t>{0, count / 2, count - 1}) {
    uint64_t id = top->view.child(child).value;
    for (int depth = 1; depth < kMaxDepth; ++depth) {
      const auto page = input.Read(id);
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

// What a walk down the branches needs, and what it has found.
struct Listing {
  SalvageInput& input;
  const TreeWalkOptions& options;
  const int leaf_depth;  // -1: not known
  Progress& progress;
  TreeLeaves found;
};

bool SeparatorsAscend(const bolt::PageView& view) {
  for (size_t i = 1; i < view.count(); ++i) {
    if (view.key(i - 1) >= view.key(i)) return false;
  }
  return true;
}

Status ListBelow(Listing& listing, uint64_t id, const LeafSpan& span, int depth) {
  const auto fault = [&](std::string why) {
    listing.found.leaves.push_back({id, span, std::move(why)});
    return absl::OkStatus();
  };
  if (depth == listing.leaf_depth) return fault({});
  const auto page = listing.input.Read(id);
  if (!page.ok()) return fault(std::string(Message(page.status())));
  if (page->view.is_leaf() && listing.leaf_depth < 0) return fault({});
  CAIRN_RETURN_IF_ERROR(listing.progress.Update(listing.found.bytes += page->ref.bytes.size()));
  const bolt::PageRun run{id, page->pages};
  if (listing.found.branches.HasAny(run) ||
      (listing.options.reached != nullptr && listing.options.reached->HasAny(run))) {
    return fault("reached twice");
  }
  // A reference that went astray.
  if (page->view.is_leaf()) return fault("a leaf among branches");
  if (depth >= kMaxDepth) return fault("the tree is too deep (a loop of pages?)");
  listing.found.branches.Add(run);
  if (listing.options.reached != nullptr) listing.options.reached->Add(run);
  const bolt::PageView& view = page->view;
  const bool ascend = SeparatorsAscend(view);
  // Where the children belong is not known from here; what they hold may say it.
  if (!ascend) {
    listing.found.problems.push_back(fmt::format("page {}: separators out of order", id));
  }
  const KeyRange& range = span.range;
  for (size_t i = 0; i < view.count(); ++i) {
    // An older tree has nothing below its first leaf; the newest may have lost that.
    const bool inherits = i == 0 && !(listing.options.written_again && range.low.empty());
    KeyRange part{inherits ? range.low : std::string(view.key(i)),
                  i + 1 < view.count() ? std::string(view.key(i + 1)) : range.high};
    if (part.Empty()) part = range;
    if (Intersect(part, listing.options.range).Empty()) continue;
    CAIRN_RETURN_IF_ERROR(
        ListBelow(listing, view.child(i).value, {std::move(part), span.astray || !ascend},
                  depth + 1));
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<TreeLeaves> ListLeaves(SalvageInput& input, uint64_t root, const TreeWalkOptions& options,
                                Progress& progress) {
  Listing listing{input, options, LeafDepth(input, root), progress, {}};
  CAIRN_RETURN_IF_ERROR(ListBelow(listing, root, {}, 0));
  return std::move(listing.found);
}

}  // namespace cairn::offline
