// bolt/tx_cursor.cc: see tx_cursor.h.
#include "bolt/tx_cursor.h"

#include <utility>

namespace cairn::bolt {

Status TxCursor::PushRoot() {
  CAIRN_RETURN_IF_ERROR(bucket_.Usable());
  stack_.clear();
  version_ = bucket_.tree_.version();
  CAIRN_ASSIGN_OR_RETURN(NodeView root, bucket_.tree_.RootView());
  stack_.push_back({std::move(root), 0});
  return absl::OkStatus();
}

Status TxCursor::PushChild() {
  if (stack_.size() >= Tree::kMaxDepth) {
    return absl::DataLossError("tree too deep (a loop of pages?)");
  }
  const Level& top = stack_.back();
  CAIRN_ASSIGN_OR_RETURN(NodeView child, bucket_.tree_.ChildView(top.view, top.index));
  stack_.push_back({std::move(child), 0});
  return absl::OkStatus();
}

Status TxCursor::Descend(bool to_last) {
  for (;;) {
    Level& top = stack_.back();
    if (to_last && top.view.count() > 0) top.index = top.view.count() - 1;
    // An emptied node has no children to go to; Settle steps over it.
    if (top.view.is_leaf() || top.view.count() == 0) return absl::OkStatus();
    CAIRN_RETURN_IF_ERROR(PushChild());
  }
}

StatusOr<std::optional<Item>> TxCursor::Settle(bool forward) {
  while (!stack_.empty()) {
    const Level& leaf = stack_.back();
    if (leaf.view.is_leaf() && leaf.index < leaf.view.count()) {
      const Item item = leaf.view.item(leaf.index);
      key_ = item.key;
      return std::optional<Item>(item);
    }
    stack_.pop_back();
    while (!stack_.empty()) {
      Level& branch = stack_.back();
      if (forward ? branch.index + 1 < branch.view.count() : branch.index > 0) {
        branch.index = forward ? branch.index + 1 : branch.index - 1;
        CAIRN_RETURN_IF_ERROR(PushChild());
        CAIRN_RETURN_IF_ERROR(Descend(!forward));
        break;
      }
      stack_.pop_back();
    }
  }
  return std::optional<Item>();
}

StatusOr<std::optional<Item>> TxCursor::First() {
  CAIRN_RETURN_IF_ERROR(PushRoot());
  CAIRN_RETURN_IF_ERROR(Descend(false));
  return Settle(true);
}

StatusOr<std::optional<Item>> TxCursor::Last() {
  CAIRN_RETURN_IF_ERROR(PushRoot());
  CAIRN_RETURN_IF_ERROR(Descend(true));
  return Settle(false);
}

StatusOr<std::optional<Item>> TxCursor::Seek(std::string_view target) {
  CAIRN_RETURN_IF_ERROR(PushRoot());
  while (!stack_.back().view.is_leaf()) {
    Level& top = stack_.back();
    top.index = top.view.ChildIndex(target);
    CAIRN_RETURN_IF_ERROR(PushChild());
  }
  stack_.back().index = stack_.back().view.LowerBound(target);
  return Settle(true);
}

std::optional<std::string> TxCursor::Displaced() const {
  if (version_ == bucket_.tree_.version()) return std::nullopt;
  return std::string(key_);
}

StatusOr<std::optional<Item>> TxCursor::Next() {
  CAIRN_RETURN_IF_ERROR(bucket_.Usable());
  if (stack_.empty()) return std::optional<Item>();
  if (const std::optional<std::string> key = Displaced()) {
    CAIRN_ASSIGN_OR_RETURN(std::optional<Item> item, Seek(*key));
    if (!item.has_value() || item->key != *key) return item;
  }
  ++stack_.back().index;
  return Settle(true);
}

StatusOr<std::optional<Item>> TxCursor::Prev() {
  CAIRN_RETURN_IF_ERROR(bucket_.Usable());
  if (stack_.empty()) return std::optional<Item>();
  if (const std::optional<std::string> key = Displaced()) {
    CAIRN_ASSIGN_OR_RETURN(const std::optional<Item> item, Seek(*key));
    if (!item.has_value()) return Last();
  }
  Level& leaf = stack_.back();
  // An index past the end is what Settle takes for "this node is done".
  leaf.index = leaf.index == 0 ? leaf.view.count() : leaf.index - 1;
  return Settle(false);
}

}  // namespace cairn::bolt
