// bolt/tree.cc: see tree.h; here reading and changing, tree_commit.cc has the steps of a commit.
#include "bolt/tree.h"

#include <utility>

#include "base/check.h"

namespace cairn::bolt {

namespace {

// A node that grew past this many elements (and several pages) is cut in memory, so that a put
// never moves many elements. Appending moves none, so there larger nodes make fuller pages.
constexpr size_t kLargeNode = 512;
constexpr size_t kLargeAppendedNode = 4096;
constexpr size_t kLargeNodePages = 4;

Status IncompatibleValue() { return absl::InvalidArgumentError("incompatible value"); }

}  // namespace

Item NodeView::item(size_t i) const {
  if (node_ == nullptr) return {page_.key(i), page_.value(i), page_.is_bucket(i)};
  const NodeElement& element = node_->elements[i];
  return {element.key, element.value, element.is_bucket};
}

Status Tree::PageFault(uint64_t page, std::string_view what) const {
  return PageError(context_.source.path(), PageId(page), context_.source.page_size(), what);
}

StatusOr<NodeView> Tree::RootView() const {
  if (root_ != nullptr) return NodeView(root_.get());
  if (root_page_ == 0) return NodeView({}, inline_page_);
  CAIRN_ASSIGN_OR_RETURN(PageRef ref, context_.source.Read(PageId(root_page_)));
  const auto page = PageView::Parse(ref.bytes);
  if (!page.ok()) return PageFault(root_page_, Message(page.status()));
  return NodeView(std::move(ref), *page);
}

StatusOr<NodeView> Tree::ChildView(const NodeView& branch, size_t i) const {
  if (const Node* child = branch.ChildNode(i)) return NodeView(child);
  const uint64_t id = branch.ChildPage(i);
  CAIRN_ASSIGN_OR_RETURN(PageRef ref, context_.source.Read(PageId(id)));
  const auto page = PageView::Parse(ref.bytes);
  if (!page.ok()) return PageFault(id, Message(page.status()));
  return NodeView(std::move(ref), *page);
}

StatusOr<std::optional<Tree::Place>> Tree::Find(std::string_view key) const {
  CAIRN_ASSIGN_OR_RETURN(NodeView view, RootView());
  for (size_t depth = 0; !view.is_leaf(); ++depth) {
    if (depth >= kMaxDepth) return PageFault(root_page_, "tree too deep (a loop of pages?)");
    CAIRN_ASSIGN_OR_RETURN(NodeView child, ChildView(view, view.ChildIndex(key)));
    view = std::move(child);
  }
  const size_t i = view.LowerBound(key);
  if (i >= view.count() || view.item(i).key != key) return std::optional<Place>();
  return std::optional<Place>({std::move(view), i});
}

StatusOr<std::unique_ptr<Node>> Tree::LoadPage(uint64_t id) {
  CAIRN_ASSIGN_OR_RETURN(PageRef ref, context_.source.Read(PageId(id)));
  const auto page = PageView::Parse(ref.bytes);
  if (!page.ok()) return PageFault(id, Message(page.status()));
  auto node = MakeNode(*page, {id, ref.bytes.size() / context_.source.page_size()});
  context_.pins.push_back(std::move(ref));
  return node;
}

Status Tree::LoadRoot() {
  if (root_ != nullptr) return absl::OkStatus();
  if (root_page_ == 0) {
    root_ = MakeNode(inline_page_, {});
    return absl::OkStatus();
  }
  CAIRN_ASSIGN_OR_RETURN(root_, LoadPage(root_page_));
  return absl::OkStatus();
}

StatusOr<Node*> Tree::LoadChild(Node& branch, size_t i) {
  NodeElement& element = branch.elements[i];
  if (element.child == nullptr) {
    CAIRN_ASSIGN_OR_RETURN(element.child, LoadPage(element.page));
  }
  return element.child.get();
}

Status Tree::Descend(std::string_view key) {
  path_.clear();
  CAIRN_RETURN_IF_ERROR(LoadRoot());
  Node* node = root_.get();
  while (!node->leaf) {
    if (path_.size() >= kMaxDepth) {
      return PageFault(node->committed.first, "tree too deep (a loop of pages?)");
    }
    const size_t i = node->ChildIndex(key);
    path_.push_back({node, i});
    CAIRN_ASSIGN_OR_RETURN(node, LoadChild(*node, i));
  }
  path_.push_back({node, node->LowerBound(key)});
  return absl::OkStatus();
}

void Tree::MarkPath() {
  ++version_;
  for (const Step& step : path_) step.node->dirty = true;
}

Status Tree::Put(std::string_view key, std::string_view value, bool is_bucket) {
  CAIRN_RETURN_IF_ERROR(Descend(key));
  const Step leaf = path_.back();
  Node& node = *leaf.node;
  if (leaf.index < node.elements.size() && node.elements[leaf.index].key == key) {
    NodeElement& element = node.elements[leaf.index];
    if (element.is_bucket != is_bucket) return IncompatibleValue();
    MarkPath();
    if (value.size() < element.value.size()) node.shrunk = true;
    node.bytes = node.bytes - element.value.size() + value.size();
    element.value = context_.arena.Copy(value);
    return absl::OkStatus();
  }
  MarkPath();
  NodeElement element;
  element.key = context_.arena.Copy(key);
  element.value = context_.arena.Copy(value);
  element.is_bucket = is_bucket;
  const std::string_view stored_key = element.key;
  node.Insert(leaf.index, std::move(element));
  if (leaf.index == 0) {
    // The new lowest key of the tree: branches on the way may begin above it.
    for (size_t i = 0; i + 1 < path_.size(); ++i) {
      Node& branch = *path_[i].node;
      NodeElement& down = branch.elements[path_[i].index];
      if (down.key <= stored_key) continue;
      branch.bytes = branch.bytes - down.key.size() + stored_key.size();
      down.key = stored_key;
    }
  }
  if (node.elements.size() > kLargeNode) SplitLargeNodes();
  return absl::OkStatus();
}

// Cuts the nodes of the path that are too large, from the leaf up.
void Tree::SplitLargeNodes() {
  const size_t large_bytes = kLargeNodePages * context_.source.page_size();
  for (size_t level = path_.size(); level-- > 0;) {
    Node& node = *path_[level].node;
    const size_t count = node.elements.size();
    const bool appended = path_[level].index + 2 >= count;
    if (count <= (appended ? kLargeAppendedNode : kLargeNode) || node.bytes <= large_bytes) return;
    const size_t cut = appended ? count - 2 : count / 2;
    NodeElement right;
    right.child = node.CutOff(cut);
    right.child->shrunk = node.shrunk;
    right.key = right.child->elements.front().key;
    if (level == 0) {
      auto root = std::make_unique<Node>();
      root->leaf = false;
      root->dirty = true;
      NodeElement left;
      left.key = root_->elements.front().key;
      left.child = std::move(root_);
      root->Insert(0, std::move(left));
      root->Insert(1, std::move(right));
      root_ = std::move(root);
      return;
    }
    path_[level - 1].node->Insert(path_[level - 1].index + 1, std::move(right));
  }
}

Status Tree::Erase(std::string_view key, bool is_bucket) {
  CAIRN_RETURN_IF_ERROR(Descend(key));
  const Step leaf = path_.back();
  Node& node = *leaf.node;
  if (leaf.index >= node.elements.size() || node.elements[leaf.index].key != key) {
    return absl::OkStatus();
  }
  if (node.elements[leaf.index].is_bucket != is_bucket) return IncompatibleValue();
  MarkPath();
  node.Remove(leaf.index);
  node.shrunk = true;
  return absl::OkStatus();
}

Status Tree::Touch() {
  CAIRN_RETURN_IF_ERROR(LoadRoot());
  root_->dirty = true;
  ++version_;
  return absl::OkStatus();
}

Status Tree::TouchBucket(std::string_view name) {
  CAIRN_RETURN_IF_ERROR(Descend(name));
  const Step leaf = path_.back();
  if (leaf.index >= leaf.node->elements.size() || leaf.node->elements[leaf.index].key != name) {
    return PageFault(leaf.node->committed.first, "a bucket's element cannot be found again");
  }
  MarkPath();
  return absl::OkStatus();
}

Tree::Step Tree::FindLoaded(std::string_view key) const {
  Node* node = root_.get();
  while (node != nullptr && !node->leaf) {
    node = node->elements[node->ChildIndex(key)].child.get();
  }
  if (node == nullptr) return {nullptr, 0};
  const size_t i = node->LowerBound(key);
  if (i >= node->elements.size() || node->elements[i].key != key) return {nullptr, 0};
  return {node, i};
}

Status Tree::CheckTouchedBucket(std::string_view name) const {
  const auto [leaf, i] = FindLoaded(name);
  if (leaf != nullptr && leaf->elements[i].is_bucket) return absl::OkStatus();
  return PageFault(root_page_, "keys of the tree are out of order");
}

void Tree::SetTouchedBucket(std::string_view name, std::string_view value) {
  const auto [leaf, i] = FindLoaded(name);
  CAIRN_CHECK(leaf != nullptr);
  NodeElement& element = leaf->elements[i];
  leaf->bytes = leaf->bytes - element.value.size() + value.size();
  element.value = context_.arena.Copy(value);
}

Status Tree::Collect(PageWalk& walk, const OnBucket& on_bucket) const {
  if (root_ == nullptr) {
    if (root_page_ != 0) return walk.AddTree(PageId(root_page_));
    for (size_t i = 0; i < inline_page_.count(); ++i) {
      if (inline_page_.is_bucket(i)) CAIRN_RETURN_IF_ERROR(walk.AddBucket(inline_page_.value(i)));
    }
    return absl::OkStatus();
  }
  std::vector<const Node*> waiting = {root_.get()};
  while (!waiting.empty()) {
    const Node* node = waiting.back();
    waiting.pop_back();
    if (node->committed.count > 0) CAIRN_RETURN_IF_ERROR(walk.AddRun(node->committed));
    for (const NodeElement& element : node->elements) {
      if (element.child != nullptr) {
        waiting.push_back(element.child.get());
      } else if (!node->leaf) {
        CAIRN_RETURN_IF_ERROR(walk.AddTree(PageId(element.page)));
      } else if (element.is_bucket) {
        CAIRN_RETURN_IF_ERROR(on_bucket(element.key, element.value));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace cairn::bolt
