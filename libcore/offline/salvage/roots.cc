// offline/salvage/roots.cc: see roots.h.
#include "offline/salvage/roots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "mvcc/schema.h"
#include "offline/salvage/key_record.h"

namespace cairn::offline {

namespace {

class BucketRules : public RecordRules {
 public:
  std::string Fault(std::string_view name, std::string_view value) const override {
    if (value.size() < bolt::kBucketHeaderSize) return "bucket header is cut short";
    // One wrong byte can be mended; with more of them it is none of etcd's.
    const bool text =
        std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
    return text || !BucketName(name).empty() ? "" : "its name is not text";
  }
};

class AnyRecord : public RecordRules {
 public:
  std::string Fault(std::string_view, std::string_view) const override { return {}; }
};

constexpr std::array kMetaKeys = {mvcc::kConfStateKey,       mvcc::kConsistentIndexKey,
                                  mvcc::kFinishedCompactKey, mvcc::kScheduledCompactKey,
                                  mvcc::kStorageVersionKey,  mvcc::kTermKey};

// Nothing when a part of it can't be read.
StatusOr<std::optional<CompactionState>> ReadCompaction(SalvageInput& input,
                                                        const SalvageBucketRef& meta,
                                                        Progress& progress) {
  CompactionState state;
  bool bad = false;
  const SalvageVisitor visit = [&](const SalvageRecord& record) {
    const std::string_view name = KnownName(record.key, kMetaKeys);
    bad = bad || name.empty();  // it may have been one of these
    if (name == mvcc::kConsistentIndexKey && record.value.size() == 8) {
      state.consistent_index = LoadBE64(record.value.data());
    }
    const bool finished = name == mvcc::kFinishedCompactKey;
    if (finished || name == mvcc::kScheduledCompactKey) {
      const auto main = mvcc::DecodeCompactRevision(name, record.value);
      bad = bad || !main.ok();
      if (main.ok()) (finished ? state.finished : state.scheduled) = *main;
    }
    return absl::OkStatus();
  };
  CAIRN_ASSIGN_OR_RETURN(const TreeWalk walk,
                         WalkTree(input, meta, {}, AnyRecord(), visit, progress));
  if (bad || !walk.lost.empty()) return std::nullopt;
  return state;
}

// Names with a wrong byte, where the right one isn't there as well.
void MendNames(RootTree& root) {
  std::vector<std::pair<std::string, std::string>> renames;
  for (const auto& [name, bucket] : root.buckets) {
    const std::string known(BucketName(name));
    if (!known.empty() && known != name && !root.buckets.contains(known)) {
      renames.emplace_back(name, known);
    }
  }
  for (const auto& [name, known] : renames) {
    root.problems.push_back(fmt::format("bucket {}: its name was damaged", known));
    auto node = root.buckets.extract(name);
    node.key() = known;
    root.buckets.insert(std::move(node));
  }
}

}  // namespace

StatusOr<RootTree> ReadRoot(SalvageInput& input, std::string name, uint64_t page, uint64_t txid,
                            Progress& progress) {
  RootTree root;
  root.name = std::move(name);
  root.page = page;
  root.txid = txid;
  SalvageBucketRef ref;
  ref.root = page;
  const SalvageVisitor add = [&](const SalvageRecord& record) {
    root.buckets.emplace(std::string(record.key), ReadBucketValue(record.value));
    return absl::OkStatus();
  };
  CAIRN_ASSIGN_OR_RETURN(TreeWalk walk,
                         WalkTree(input, ref, {.buckets = true, .reached = &root.reached},
                                  BucketRules(), add, progress));
  root.lost = std::move(walk.lost);
  root.problems = std::move(walk.problems);
  MendNames(root);
  if (const auto meta = root.buckets.find(mvcc::kMetaBucket); meta != root.buckets.end()) {
    CAIRN_ASSIGN_OR_RETURN(root.compaction, ReadCompaction(input, meta->second, progress));
  }
  return root;
}

namespace {

// Whether nothing of its key bucket is lost.
bool IsWhole(SalvageInput& input, const RootTree& root, Progress& progress) {
  const auto keys = root.buckets.find(mvcc::kKeyBucket);
  if (!root.lost.empty() || keys == root.buckets.end()) return false;
  const auto walk =
      WalkTree(input, keys->second, {}, KeyRules({}),
               [](const SalvageRecord&) { return absl::OkStatus(); }, progress);
  return walk.ok() && walk->lost.empty();
}

// One of the trees that are only found by a scan, of a later transaction than the first's, comes
// first.
void PutNewestFirst(SalvageInput& input, Roots& roots, Progress& progress) {
  if (!roots.base().compaction.has_value()) return;
  for (size_t i = 1; i < roots.trees.size(); ++i) {
    const RootTree& tree = roots.trees[i];
    if (!tree.compaction.has_value() ||
        tree.compaction->consistent_index <= roots.base().compaction->consistent_index ||
        !IsWhole(input, tree, progress)) {
      continue;
    }
    const auto at = roots.trees.begin() + static_cast<std::ptrdiff_t>(i);
    std::rotate(roots.trees.begin(), at, at + 1);
    return;
  }
}

}  // namespace

StatusOr<Roots> FindRoots(SalvageInput& input, bool suspect_zeros, Progress& progress) {
  Roots roots;
  const auto& metas = input.metas();
  for (size_t i = 0; i < metas.size(); ++i) {
    const uint64_t page = metas[i].meta.root.root;
    if (i > 0 && page == metas[0].meta.root.root) continue;
    CAIRN_ASSIGN_OR_RETURN(
        RootTree root,
        ReadRoot(input, fmt::format("meta {}, transaction {}", metas[i].page, metas[i].meta.txid),
                 page, metas[i].meta.txid, progress));
    if (root.buckets.empty() && !root.lost.empty()) {
      roots.problems.push_back(
          fmt::format("{}: root page {}: {}", root.name, page, root.lost[0].why));
      continue;
    }
    if (roots.trees.empty()) roots.base_is_newest = i == 0;
    roots.trees.push_back(std::move(root));
  }
  if (roots.trees.empty()) {
    CAIRN_RETURN_IF_ERROR(ScanRoots(input, suspect_zeros, progress, roots));
    if (!roots.trees.empty()) return roots;
    // No root at all: what leaves of the key bucket there are.
    if (roots.scan->key_leaves.empty()) {
      return absl::DataLossError(
          fmt::format("{}: nothing to salvage: no page with records can be read", input.path()));
    }
    RootTree none;
    none.name = "no tree of buckets, only pages of the key bucket";
    none.lost.push_back({{}, 0, "no root page can be read"});
    roots.trees.push_back(std::move(none));
    return roots;
  }
  const bool snapshot = input.digest() != SalvageInput::Digest::kNone;
  if (metas.size() == 2 || snapshot) return roots;
  // The other meta may have been the newer one; all pages of its transaction were written first.
  roots.base_is_newest = false;
  CAIRN_RETURN_IF_ERROR(ScanRoots(input, suspect_zeros, progress, roots));
  PutNewestFirst(input, roots, progress);
  return roots;
}

Status ScanRoots(SalvageInput& input, bool suspect_zeros, Progress& progress, Roots& roots) {
  if (roots.scan.has_value()) return absl::OkStatus();
  CAIRN_ASSIGN_OR_RETURN(roots.scan, ScanPages(input, suspect_zeros, progress));
  // Those of other transactions than the metas': not more than can be of use.
  constexpr size_t kMostRoots = 32;
  for (const RootLeaf& leaf : roots.scan->roots) {
    if (roots.trees.size() >= kMostRoots) break;
    const bool known =
        std::any_of(roots.trees.begin(), roots.trees.end(), [&](const RootTree& root) {
          return root.page == leaf.page || root.reached.Has(leaf.page);
        });
    if (known) continue;
    CAIRN_ASSIGN_OR_RETURN(
        RootTree root,
        ReadRoot(input, fmt::format("page {}", leaf.page), leaf.page, 0, progress));
    if (!root.buckets.empty()) roots.trees.push_back(std::move(root));
  }
  return absl::OkStatus();
}

}  // namespace cairn::offline
