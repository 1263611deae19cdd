// bolt/cursor.cc: see cursor.h.
#include "bolt/cursor.h"

#include <utility>

namespace cairn::bolt {

namespace {

// A tree of the smallest pages that fills 2^47 bytes is not this deep; a loop of pages is.
constexpr size_t kMaxDepth = 64;

}  // namespace

StatusOr<BucketRef> ParseBucket(std::string_view value) {
  if (value.size() < kBucketHeaderSize) return absl::DataLossError("bucket header is cut short");
  BucketRef bucket;
  bucket.header = DecodeBucketHeader(value.data());
  if (bucket.header.root == 0) {
    CAIRN_RETURN_IF_ERROR(ParseInlineBucket(value).status());
    bucket.inline_value = std::string(value);
  }
  return bucket;
}

Cursor::Cursor(PageSource& source, BucketRef bucket)
    : source_(source), bucket_(std::move(bucket)) {}

Status Cursor::Push(PageId id) {
  if (stack_.size() >= kMaxDepth) {
    return PageError(source_.path(), id, source_.page_size(), "tree too deep (a loop of pages?)");
  }
  CAIRN_ASSIGN_OR_RETURN(PageRef ref, source_.Read(id));
  auto page = PageView::Parse(ref.bytes);
  if (!page.ok()) {
    return PageError(source_.path(), id, source_.page_size(), Message(page.status()));
  }
  stack_.push_back({std::move(ref), *page, 0});
  return absl::OkStatus();
}

Status Cursor::PushRoot() {
  stack_.clear();
  if (bucket_.header.root != 0) return Push(PageId(bucket_.header.root));
  if (bucket_.inline_value.empty()) {
    stack_.push_back({{}, PageView(), 0});
    return absl::OkStatus();
  }
  CAIRN_ASSIGN_OR_RETURN(const PageView page, ParseInlineBucket(bucket_.inline_value));
  stack_.push_back({{}, page, 0});
  return absl::OkStatus();
}

Status Cursor::Descend(bool to_last) {
  while (!stack_.back().page.is_leaf()) {
    const Level& top = stack_.back();
    CAIRN_RETURN_IF_ERROR(Push(top.page.child(top.index)));
    Level& next = stack_.back();
    if (to_last && next.page.count() > 0) next.index = next.page.count() - 1;
  }
  return absl::OkStatus();
}

StatusOr<std::optional<Item>> Cursor::Settle(bool forward) {
  for (;;) {
    if (stack_.empty()) return std::optional<Item>();
    const Level& leaf = stack_.back();
    if (leaf.page.is_leaf() && leaf.index < leaf.page.count()) {
      return std::optional<Item>(Item{leaf.page.key(leaf.index), leaf.page.value(leaf.index),
                                      leaf.page.is_bucket(leaf.index)});
    }
    // This page is done (or an empty leaf): step at the nearest branch that has a further child.
    stack_.pop_back();
    while (!stack_.empty()) {
      Level& branch = stack_.back();
      if (forward ? branch.index + 1 < branch.page.count() : branch.index > 0) {
        branch.index = forward ? branch.index + 1 : branch.index - 1;
        CAIRN_RETURN_IF_ERROR(Descend(!forward));
        break;
      }
      stack_.pop_back();
    }
  }
}

StatusOr<std::optional<Item>> Cursor::First() {
  CAIRN_RETURN_IF_ERROR(PushRoot());
  CAIRN_RETURN_IF_ERROR(Descend(false));
  return Settle(true);
}

StatusOr<std::optional<Item>> Cursor::Last() {
  CAIRN_RETURN_IF_ERROR(PushRoot());
  Level& root = stack_.back();
  if (root.page.count() > 0) root.index = root.page.count() - 1;
  CAIRN_RETURN_IF_ERROR(Descend(true));
  return Settle(false);
}

StatusOr<std::optional<Item>> Cursor::Next() {
  if (stack_.empty()) return std::optional<Item>();
  ++stack_.back().index;
  return Settle(true);
}

StatusOr<std::optional<Item>> Cursor::Prev() {
  if (stack_.empty()) return std::optional<Item>();
  Level& leaf = stack_.back();
  // An index past the end is what Settle takes for "this page is done".
  leaf.index = leaf.index == 0 ? leaf.page.count() : leaf.index - 1;
  return Settle(false);
}

StatusOr<std::optional<Item>> Cursor::Seek(std::string_view target) {
  CAIRN_RETURN_IF_ERROR(PushRoot());
  while (!stack_.back().page.is_leaf()) {
    Level& top = stack_.back();
    top.index = top.page.ChildIndex(target);
    CAIRN_RETURN_IF_ERROR(Push(top.page.child(top.index)));
  }
  stack_.back().index = stack_.back().page.LowerBound(target);
  return Settle(true);
}

StatusOr<std::optional<Item>> Cursor::Find(std::string_view key) {
  CAIRN_ASSIGN_OR_RETURN(std::optional<Item> item, Seek(key));
  if (item.has_value() && item->key != key) item.reset();
  return item;
}

}  // namespace cairn::bolt
