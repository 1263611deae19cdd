// bolt/bulk_loader.cc: see bulk_loader.h.
#include "bolt/bulk_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bolt/leaf_packing.h"

namespace cairn::bolt {

namespace {

constexpr size_t kWriteBytes = 1 << 20;

// A page being filled: its elements and the bytes that go after them.
struct Node {
  struct Element {
    uint32_t flags = 0;
    uint32_t key_size = 0;
    uint32_t value_size = 0;  // leaf
    uint64_t child = 0;       // branch
  };
  std::vector<Element> elements;
  std::string data;
  std::string first_key;

  size_t Size() const { return kPageHeaderSize + elements.size() * kElementSize + data.size(); }
  void Clear() {
    elements.clear();
    data.clear();
    first_key.clear();
  }
  // The page's bytes, without padding; id and overflow are filled in when it is written.
  std::string Encode(bool leaf) const {
    std::string page(Size(), '\0');
    EncodePageHeader({0, leaf ? kLeafPage : kBranchPage, static_cast<uint16_t>(elements.size()), 0},
                     page.data());
    size_t at = kPageHeaderSize;
    size_t data_at = kPageHeaderSize + elements.size() * kElementSize;
    for (const Element& e : elements) {
      char* p = page.data() + at;
      const auto pos = static_cast<uint32_t>(data_at - at);
      if (leaf) {
        StoreLE(p, e.flags);
        StoreLE(p + 4, pos);
        StoreLE(p + 8, e.key_size);
        StoreLE(p + 12, e.value_size);
      } else {
        StoreLE(p, pos);
        StoreLE(p + 4, e.key_size);
        StoreLE(p + 8, e.child);
      }
      at += kElementSize;
      data_at += e.key_size + e.value_size;
    }
    std::copy(data.begin(), data.end(), page.begin() + static_cast<std::ptrdiff_t>(at));
    return page;
  }
};

}  // namespace

// One bucket's tree under construction: elements that wait for their leaves, and a branch being
// filled on each level above.
class BulkLoader::Tree {
 public:
  Tree(BulkLoader& loader, std::string name, uint64_t sequence)
      : loader_(loader),
        name_(std::move(name)),
        sequence_(sequence),
        limit_(static_cast<size_t>(double(loader.options_.page_size) *
                                   std::clamp(loader.options_.fill, 0.1, 1.0))),
        packing_(loader.options_.page_size, limit_) {}

  Status Add(std::string_view key, std::string_view value, bool is_bucket) {
    if (key.empty()) return absl::InvalidArgumentError("key required");
    if (key.size() > kMaxKeySize) return absl::InvalidArgumentError("key too large");
    if (value.size() > kMaxValueSize) return absl::InvalidArgumentError("value too large");
    if (key <= last_key_) {  // no key is empty, as it is before the first one
      return absl::InvalidArgumentError("keys must be added in ascending order");
    }
    last_key_ = key;
    waiting_.elements.push_back({is_bucket ? kBucketElement : 0, static_cast<uint32_t>(key.size()),
                                 static_cast<uint32_t>(value.size()), 0});
    waiting_.data.append(key).append(value);
    has_buckets_ |= is_bucket;
    packing_.Add(kElementSize + key.size() + value.size());
    if (packing_.Ready()) return FlushLeaves(packing_.Take(false));
    return absl::OkStatus();
  }

  const std::string& name() const { return name_; }

  // What the parent stores as this bucket's value: an inline page when small enough, else the
  // root's page.
  StatusOr<std::string> FinishValue() {
    std::string value(kBucketHeaderSize, '\0');
    if (!wrote_leaf_ && !has_buckets_ && waiting_.Size() <= loader_.options_.page_size / 4) {
      EncodeBucketHeader({0, sequence_}, value.data());
      return value + waiting_.Encode(true);
    }
    CAIRN_ASSIGN_OR_RETURN(const uint64_t root, FinishRoot());
    EncodeBucketHeader({root, sequence_}, value.data());
    return value;
  }

  // Writes what is left and returns the root's page id.
  StatusOr<uint64_t> FinishRoot() {
    const std::vector<LeafPacking::Leaf> leaves = packing_.Take(true);
    if (!wrote_leaf_ && leaves.size() <= 1) return loader_.WriteRun(waiting_.Encode(true));
    CAIRN_RETURN_IF_ERROR(FlushLeaves(leaves));
    for (size_t level = 0; level < branches_.size(); ++level) {
      Node& node = branches_[level];
      // The topmost level that never overflowed: its node is the root, or names the root alone.
      if (level + 1 == branches_.size()) {
        if (node.elements.size() == 1) return node.elements[0].child;
        return loader_.WriteRun(node.Encode(false));
      }
      if (!node.elements.empty()) CAIRN_RETURN_IF_ERROR(FlushBranch(level));
    }
    return absl::InternalError("bulk load: a tree without root");
  }

 private:
  // Writes what waits as these leaves, the first elements first.
  Status FlushLeaves(const std::vector<LeafPacking::Leaf>& leaves) {
    size_t element = 0;
    size_t data = 0;
    for (const LeafPacking::Leaf& size : leaves) {
      const auto begin = waiting_.elements.begin() + static_cast<std::ptrdiff_t>(element);
      leaf_.elements.assign(begin, begin + static_cast<std::ptrdiff_t>(size.elements));
      const size_t bytes = size.bytes - kPageHeaderSize - size.elements * kElementSize;
      leaf_.data.assign(waiting_.data, data, bytes);
      const std::string first = leaf_.data.substr(0, leaf_.elements.front().key_size);
      CAIRN_ASSIGN_OR_RETURN(const uint64_t id, loader_.WriteRun(leaf_.Encode(true)));
      CAIRN_RETURN_IF_ERROR(AddChild(0, first, id));
      wrote_leaf_ = true;
      element += size.elements;
      data += bytes;
    }
    waiting_.elements.erase(waiting_.elements.begin(),
                            waiting_.elements.begin() + static_cast<std::ptrdiff_t>(element));
    waiting_.data.erase(0, data);
    return absl::OkStatus();
  }

  Status AddChild(size_t level, std::string_view key, uint64_t child) {
    if (level == branches_.size()) branches_.emplace_back();
    if (const Node& node = branches_[level];
        node.elements.size() >= 2 &&
        (node.Size() + kElementSize + key.size() > limit_ || node.elements.size() >= 0xFFFE)) {
      CAIRN_RETURN_IF_ERROR(FlushBranch(level));
    }
    Node& node = branches_[level];
    if (node.elements.empty()) node.first_key = key;
    node.elements.push_back({0, static_cast<uint32_t>(key.size()), 0, child});
    node.data.append(key);
    return absl::OkStatus();
  }

  Status FlushBranch(size_t level) {
    CAIRN_ASSIGN_OR_RETURN(const uint64_t id, loader_.WriteRun(branches_[level].Encode(false)));
    const std::string first = std::move(branches_[level].first_key);
    branches_[level].Clear();
    return AddChild(level + 1, first, id);
  }

  BulkLoader& loader_;
  const std::string name_;
  const uint64_t sequence_;
  const size_t limit_;
  LeafPacking packing_;
  Node waiting_;  // elements whose leaves are not decided
  Node leaf_;
  std::vector<Node> branches_;
  std::string last_key_;
  bool wrote_leaf_ = false;
  bool has_buckets_ = false;
};

BulkLoader::BulkLoader(File& file, const BulkLoadOptions& options)
    : file_(file),
      options_(options),
      writer_(file),
      buffer_offset_(2 * uint64_t{options.page_size}) {
  open_.push_back(std::make_unique<Tree>(*this, std::string(), 0));
}

BulkLoader::~BulkLoader() = default;

// Gives the page (its bytes without padding) the next ids and queues it for writing.
StatusOr<uint64_t> BulkLoader::WriteRun(std::string run) {
  const uint64_t ps = options_.page_size;
  const uint64_t pages = (run.size() + ps - 1) / ps;
  const uint64_t id = next_page_;
  StoreLE(run.data(), id);
  StoreLE(run.data() + 12, static_cast<uint32_t>(pages - 1));
  buffer_.append(run);
  buffer_.append(pages * ps - run.size(), '\0');
  next_page_ += pages;
  if (buffer_.size() >= kWriteBytes) CAIRN_RETURN_IF_ERROR(FlushBuffer());
  return id;
}

Status BulkLoader::FlushBuffer() {
  const uint64_t offset = buffer_offset_;
  buffer_offset_ += buffer_.size();
  CAIRN_RETURN_IF_ERROR(writer_.Write(offset, std::exchange(buffer_, writer_.TakeBuffer())));
  return absl::OkStatus();
}

Status BulkLoader::BeginBucket(std::string_view name, uint64_t sequence) {
  open_.push_back(std::make_unique<Tree>(*this, std::string(name), sequence));
  return absl::OkStatus();
}

Status BulkLoader::Add(std::string_view key, std::string_view value) {
  if (open_.size() < 2) return absl::InvalidArgumentError("the root holds only buckets");
  return open_.back()->Add(key, value, false);
}

Status BulkLoader::EndBucket() {
  if (open_.size() < 2) return absl::InvalidArgumentError("no bucket is open");
  CAIRN_ASSIGN_OR_RETURN(const std::string value, open_.back()->FinishValue());
  const std::string name = open_.back()->name();
  open_.pop_back();
  return open_.back()->Add(name, value, true);
}

StatusOr<uint64_t> BulkLoader::Finish() {
  if (open_.size() != 1) return absl::InvalidArgumentError("a bucket is still open");
  CAIRN_ASSIGN_OR_RETURN(const uint64_t root, open_.back()->FinishRoot());
  if (!buffer_.empty()) CAIRN_RETURN_IF_ERROR(FlushBuffer());
  CAIRN_RETURN_IF_ERROR(writer_.Drain());
  // Both metas name the same state, the second with the older txid, as in a snapshot.
  std::string metas(2 * size_t{options_.page_size}, '\0');
  for (uint64_t i = 0; i < 2; ++i) {
    Meta meta;
    meta.page_size = options_.page_size;
    meta.root = {root, 0};
    meta.high_water = next_page_;
    const bool newer = (options_.txid % 2) == i;
    meta.txid = newer || options_.txid == 0 ? options_.txid : options_.txid - 1;
    char* page = metas.data() + i * options_.page_size;
    EncodePageHeader({i, kMetaPage, 0, 0}, page);
    EncodeMeta(meta, page + kPageHeaderSize);
  }
  CAIRN_RETURN_IF_ERROR(file_.WriteAt(0, metas));
  CAIRN_RETURN_IF_ERROR(file_.Sync());
  return next_page_ * options_.page_size;
}

}  // namespace cairn::bolt
