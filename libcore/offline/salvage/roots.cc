// offline/salvage/roots.cc: see roots.h.
#include "offline/salvage/roots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "mvcc/schema.h"

namespace cairn::offline {

namespace {

class BucketTaker : public RecordTaker {
 public:
  explicit BucketTaker(RootTree& root) : root_(root) {}
  std::string Fault(std::string_view name, std::string_view value) override {
    if (value.size() < bolt::kBucketHeaderSize) return "bucket header is cut short";
    // One wrong byte can be mended; with more of them it is none of etcd's.
    const bool text =
        std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
    return text || !BucketName(name).empty() ? "" : "its name is no text";
  }
  Status Take(const SalvageRecord& record) override {
    root_.buckets.emplace(std::string(record.key), ReadBucketValue(record.value));
    return absl::OkStatus();
  }

 private:
  RootTree& root_;
};

constexpr std::array kMetaKeys = {mvcc::kConfStateKey,       mvcc::kConsistentIndexKey,
                                  mvcc::kFinishedCompactKey, mvcc::kScheduledCompactKey,
                                  mvcc::kStorageVersionKey,  mvcc::kTermKey};

class MarksTaker : public RecordTaker {
 public:
  std::string Fault(std::string_view, std::string_view) override { return {}; }
  Status Take(const SalvageRecord& record) override {
    const std::string_view name = KnownName(record.key, kMetaKeys);
    bad = bad || name.empty();  // it may have been a mark's
    if (name == mvcc::kConsistentIndexKey && record.value.size() == 8) {
      marks.consistent_index = LoadBE64(record.value.data());
    }
    const bool finished = name == mvcc::kFinishedCompactKey;
    if (finished || name == mvcc::kScheduledCompactKey) {
      const auto main = mvcc::DecodeCompactRevision(name, record.value);
      if (!main.ok()) {
        bad = true;
      } else {
        (finished ? marks.finished : marks.scheduled) = *main;
      }
    }
    return absl::OkStatus();
  }
  RootTree::Marks marks;
  bool bad = false;
};

class IgnoreRecords : public RecordTaker {
 public:
  std::string Fault(std::string_view key, std::string_view value) override {
    return KeyRecordFault(key, value);
  }
  Status Take(const SalvageRecord&) override { return absl::OkStatus(); }
};

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
  BucketTaker taker(root);
  CAIRN_ASSIGN_OR_RETURN(
      TreeWalk walk,
      WalkTree(input, ref,
               {.range = {}, .buckets = true, .suspect_zeros = false, .reached = &root.reached},
               taker, progress));
  root.lost = std::move(walk.lost);
  root.problems = std::move(walk.problems);
  MendNames(root);
  if (const auto meta = root.buckets.find(mvcc::kMetaBucket); meta != root.buckets.end()) {
    MarksTaker marks;
    CAIRN_ASSIGN_OR_RETURN(const TreeWalk read, WalkTree(input, meta->second, {}, marks, progress));
    if (read.lost.empty() && !marks.bad) root.marks = marks.marks;
  }
  return root;
}

bool Roots::orphans_may_count() const {
  if (input_.digest() == SalvageInput::Digest::kMatches) return false;
  const auto& metas = input_.metas();
  return metas.size() < 2 || metas[0].meta.root.root == metas[1].meta.root.root;
}

bool Roots::IsWhole(const RootTree& root) {
  const auto keys = root.buckets.find(mvcc::kKeyBucket);
  if (!root.lost.empty() || keys == root.buckets.end()) return false;
  IgnoreRecords ignore;
  const auto walk = WalkTree(input_, keys->second, {}, ignore, progress_);
  return walk.ok() && walk->lost.empty();
}

Status Roots::Find() {
  const auto& metas = input_.metas();
  for (size_t i = 0; i < metas.size(); ++i) {
    const uint64_t page = metas[i].meta.root.root;
    if (i > 0 && page == metas[0].meta.root.root) continue;
    CAIRN_ASSIGN_OR_RETURN(
        RootTree root,
        ReadRoot(input_, fmt::format("meta {}, transaction {}", metas[i].page, metas[i].meta.txid),
                 page, metas[i].meta.txid, progress_));
    if (root.buckets.empty() && !root.lost.empty()) {
      problems_.push_back(fmt::format("{}: root page {}: {}", root.name, page, root.lost[0].why));
      continue;
    }
    if (roots_.empty()) base_is_newest_ = i == 0;
    roots_.push_back(std::move(root));
  }
  const bool snapshot = input_.digest() != SalvageInput::Digest::kNone;
  if (roots_.empty()) {
    CAIRN_RETURN_IF_ERROR(Scan().status());
    if (!roots_.empty()) return absl::OkStatus();
    // No root at all: what leaves of the key bucket there are.
    if (scan_.key_leaves.empty()) {
      return absl::DataLossError(
          fmt::format("{}: nothing to salvage: no page with records can be read", input_.path()));
    }
    RootTree none;
    none.name = "no tree of buckets, only pages of the key bucket";
    none.lost.push_back({{}, 0, "no root page can be read"});
    roots_.push_back(std::move(none));
    return absl::OkStatus();
  }
  if (metas.size() == 2 || snapshot) return absl::OkStatus();
  // The other meta may have been the newer one; all pages of its transaction were written first.
  base_is_newest_ = false;
  CAIRN_RETURN_IF_ERROR(Scan().status());
  if (!base().marks.has_value()) return absl::OkStatus();
  for (size_t i = 1; i < roots_.size(); ++i) {
    if (!roots_[i].marks.has_value() ||
        roots_[i].marks->consistent_index <= base().marks->consistent_index ||
        !IsWhole(roots_[i])) {
      continue;
    }
    std::rotate(roots_.begin(), roots_.begin() + static_cast<std::ptrdiff_t>(i),
                roots_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    break;
  }
  return absl::OkStatus();
}

std::vector<const RootTree*> Roots::older() const {
  std::vector<const RootTree*> all;
  for (size_t i = 1; i < roots_.size(); ++i) all.push_back(&roots_[i]);
  return all;
}

StatusOr<const PageScan*> Roots::Scan() {
  if (scanned_) return &scan_;
  CAIRN_ASSIGN_OR_RETURN(scan_, ScanPages(input_, suspect_zeros_, progress_));
  scanned_ = true;
  // Those of other transactions than the metas': not more than can be of use.
  constexpr size_t kMostRoots = 32;
  for (const RootLeaf& leaf : scan_.roots) {
    if (roots_.size() >= kMostRoots) break;
    const bool known = std::any_of(roots_.begin(), roots_.end(), [&](const RootTree& root) {
      return root.page == leaf.page || root.reached.Has(leaf.page);
    });
    if (known) continue;
    CAIRN_ASSIGN_OR_RETURN(RootTree root, ReadRoot(input_, fmt::format("page {}", leaf.page),
                                                   leaf.page, 0, progress_));
    if (!root.buckets.empty()) roots_.push_back(std::move(root));
  }
  return &scan_;
}

}  // namespace cairn::offline
