// bolt/bucket.cc: the buckets of a write transaction (write_tx.h).
#include <algorithm>
#include <utility>

#include "bolt/write_tx.h"

namespace cairn::bolt {

namespace {

Status BucketNotFound() { return absl::NotFoundError("bucket not found"); }
Status IncompatibleValue() { return absl::InvalidArgumentError("incompatible value"); }

}  // namespace

template <typename Root>
Bucket::Bucket(WriteTx& tx, Bucket* parent, uint64_t sequence, Root root)
    : tx_(tx), parent_(parent), tree_(tx.context_, root), sequence_(sequence) {}
template Bucket::Bucket(WriteTx&, Bucket*, uint64_t, uint64_t);
template Bucket::Bucket(WriteTx&, Bucket*, uint64_t, PageView);

Status Bucket::Usable() const {
  if (!tx_.open_) return absl::FailedPreconditionError("tx closed");
  if (gone_) return BucketNotFound();
  return absl::OkStatus();
}

StatusOr<std::optional<std::string_view>> Bucket::Get(std::string_view key) {
  CAIRN_RETURN_IF_ERROR(Usable());
  CAIRN_ASSIGN_OR_RETURN(std::optional<Tree::Place> place, tree_.Find(key));
  if (!place.has_value() || place->item().is_bucket) return std::optional<std::string_view>();
  const std::string_view value = place->item().value;
  held_ = std::move(place->leaf);
  return std::optional<std::string_view>(value);
}

Status Bucket::Put(std::string_view key, std::string_view value) {
  CAIRN_RETURN_IF_ERROR(Usable());
  if (parent_ == nullptr) return IncompatibleValue();
  if (key.empty()) return absl::InvalidArgumentError("key required");
  if (key.size() > kMaxKeySize) return absl::InvalidArgumentError("key too large");
  if (value.size() > kMaxValueSize) return absl::InvalidArgumentError("value too large");
  return tree_.Put(key, value, false);
}

Status Bucket::Delete(std::string_view key) {
  CAIRN_RETURN_IF_ERROR(Usable());
  return tree_.Erase(key, false);
}

Status Bucket::CheckName(std::string_view name) const {
  CAIRN_RETURN_IF_ERROR(Usable());
  if (name.empty()) return absl::InvalidArgumentError("bucket name required");
  if (name.size() > kMaxKeySize) return absl::InvalidArgumentError("key too large");
  return absl::OkStatus();
}

StatusOr<Bucket*> Bucket::FindBucket(std::string_view name) {
  if (const auto it = open_.find(name); it != open_.end()) return it->second.get();
  CAIRN_ASSIGN_OR_RETURN(const std::optional<Tree::Place> place, tree_.Find(name));
  if (!place.has_value()) return BucketNotFound();
  const Item item = place->item();
  if (!item.is_bucket) return IncompatibleValue();
  if (item.value.size() < kBucketHeaderSize) {
    return absl::DataLossError("bucket header is cut short");
  }
  const BucketHeader header = DecodeBucketHeader(item.value.data());
  std::unique_ptr<Bucket> bucket;
  if (header.root != 0) {
    bucket.reset(new Bucket(tx_, this, header.sequence, header.root));
  } else {
    CAIRN_ASSIGN_OR_RETURN(const PageView page, ParseInlineBucket(item.value));
    if (place->leaf.ref().pin != nullptr) tx_.context_.pins.push_back(place->leaf.ref());
    bucket.reset(new Bucket(tx_, this, header.sequence, page));
  }
  return open_.emplace(name, std::move(bucket)).first->second.get();
}

StatusOr<Bucket*> Bucket::OpenBucket(std::string_view name) {
  CAIRN_RETURN_IF_ERROR(CheckName(name));
  return FindBucket(name);
}

StatusOr<Bucket*> Bucket::CreateBucket(std::string_view name) {
  CAIRN_RETURN_IF_ERROR(CheckName(name));
  if (const auto found = FindBucket(name); found.ok()) {
    return absl::AlreadyExistsError("bucket already exists");
  } else if (!absl::IsNotFound(found.status())) {
    return found.status();
  }
  // An inline bucket without keys, until commit gives it the form that fits.
  std::string value(kBucketHeaderSize + kPageHeaderSize, '\0');
  EncodePageHeader({0, kLeafPage, 0, 0}, value.data() + kBucketHeaderSize);
  CAIRN_RETURN_IF_ERROR(tree_.Put(name, value, true));
  return FindBucket(name);
}

StatusOr<Bucket*> Bucket::CreateBucketIfNotExists(std::string_view name) {
  CAIRN_RETURN_IF_ERROR(CheckName(name));
  auto found = FindBucket(name);
  if (!absl::IsNotFound(found.status())) return found;
  return CreateBucket(name);
}

Status Bucket::DeleteBucket(std::string_view name) {
  CAIRN_RETURN_IF_ERROR(CheckName(name));
  CAIRN_ASSIGN_OR_RETURN(Bucket* const bucket, FindBucket(name));
  // Nothing changes before all its pages are known.
  PageWalk walk(tx_.source_);
  CAIRN_RETURN_IF_ERROR(bucket->Collect(walk));
  CAIRN_RETURN_IF_ERROR(tree_.Erase(name, true));
  for (const PageRun& run : walk.runs()) tx_.context_.unused.push_back(run);
  bucket->MarkGone();
  const auto it = open_.find(name);
  tx_.deleted_.push_back(std::move(it->second));
  open_.erase(it);
  return absl::OkStatus();
}

// All committed pages that the bucket still owns.
Status Bucket::Collect(PageWalk& walk) {
  // A changed sub-bucket may own less than the file says: its element must be seen on the way.
  for (const auto& [name, child] : open_) {
    if (child->Changed()) CAIRN_RETURN_IF_ERROR(tree_.TouchBucket(name));
  }
  return tree_.Collect(walk, [&](std::string_view name, std::string_view value) {
    const auto it = open_.find(name);
    return it != open_.end() ? it->second->Collect(walk) : walk.AddBucket(value);
  });
}

void Bucket::MarkGone() {
  gone_ = true;
  for (const auto& [name, child] : open_) child->MarkGone();
}

Status Bucket::SetSequence(uint64_t sequence) {
  CAIRN_RETURN_IF_ERROR(Usable());
  CAIRN_RETURN_IF_ERROR(tree_.Touch());
  sequence_ = sequence;
  return absl::OkStatus();
}

void Bucket::SetFillPercent(double fill) { fill_ = std::clamp(fill, 0.1, 1.0); }

Status Bucket::Rebalance() {
  for (const auto& [name, child] : open_) {
    CAIRN_RETURN_IF_ERROR(child->Rebalance());
    if (child->Changed()) CAIRN_RETURN_IF_ERROR(tree_.TouchBucket(name));
  }
  CAIRN_RETURN_IF_ERROR(tree_.Rebalance(fill_));
  for (const auto& [name, child] : open_) {
    if (child->Changed()) CAIRN_RETURN_IF_ERROR(tree_.CheckTouchedBucket(name));
  }
  return absl::OkStatus();
}

void Bucket::Release() {
  for (const auto& [name, child] : open_) child->Release();
  tree_.Release();
}

void Bucket::SettleChildren(RunWriter& writer) {
  for (const auto& [name, child] : open_) {
    if (child->Changed()) tree_.SetTouchedBucket(name, child->Settle(writer));
  }
}

std::string Bucket::Settle(RunWriter& writer) {
  SettleChildren(writer);
  std::string value(kBucketHeaderSize, '\0');
  if (tree_.Inlineable(writer.page_size / 4)) {
    EncodeBucketHeader({0, sequence_}, value.data());
    return value + tree_.EncodeInline();
  }
  EncodeBucketHeader({tree_.Spill(writer, fill_), sequence_}, value.data());
  return value;
}

}  // namespace cairn::bolt
