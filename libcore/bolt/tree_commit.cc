// bolt/tree_commit.cc: the steps of a commit over one tree: Rebalance, Release, Spill (tree.h).
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "bolt/tree.h"

namespace cairn::bolt {

PageRun RunWriter::Allocate(uint64_t pages) {
  if (const auto page = freelist.Allocate(pages)) return {*page, pages};
  const uint64_t page = high_water;
  high_water += pages;
  return {page, pages};
}

// The node is no longer part of the tree.
void Tree::Drop(Node& node) {
  if (node.committed.count > 0) context_.unused.push_back(node.committed);
  node.committed = {};
}

Status Tree::Rebalance(double fill) {
  if (!dirty()) return absl::OkStatus();
  if (!root_->leaf) CAIRN_RETURN_IF_ERROR(RebalanceChildren(*root_, fill));
  while (!root_->leaf && root_->elements.size() == 1) {
    CAIRN_RETURN_IF_ERROR(LoadChild(*root_, 0).status());
    std::unique_ptr<Node> child = std::move(root_->elements[0].child);
    Drop(*root_);
    root_ = std::move(child);
    root_->dirty = true;
  }
  if (root_->elements.empty()) root_->leaf = true;
  return absl::OkStatus();
}

Status Tree::RebalanceChildren(Node& branch, double fill) {
  for (NodeElement& element : branch.elements) {
    Node* const child = element.child.get();
    if (child != nullptr && child->dirty && !child->leaf) {
      CAIRN_RETURN_IF_ERROR(RebalanceChildren(*child, fill));
    }
  }
  return MergeChildren(branch, fill);
}

// Removes empty children and joins those that became too small with a neighbour. A result that is
// too large is cut again when it is written.
Status Tree::MergeChildren(Node& branch, double fill) {
  const auto small = static_cast<size_t>(double(context_.source.page_size()) * fill / 2);
  for (size_t i = 0; i < branch.elements.size();) {
    Node* const child = branch.elements[i].child.get();
    if (child == nullptr || !child->shrunk) {
      ++i;
      continue;
    }
    if (child->elements.empty()) {
      Drop(*child);
      branch.Remove(i);
      branch.shrunk = true;
      continue;
    }
    if (child->bytes > small && (child->leaf || child->elements.size() >= 2)) {
      child->shrunk = false;
      ++i;
      continue;
    }
    if (branch.elements.size() == 1) break;  // until the branch itself is joined
    const size_t left_index = i == 0 ? 0 : i - 1;
    CAIRN_ASSIGN_OR_RETURN(Node* const left, LoadChild(branch, left_index));
    CAIRN_ASSIGN_OR_RETURN(Node* const right, LoadChild(branch, left_index + 1));
    if (left->leaf != right->leaf) {
      return PageFault(right->committed.first, "is not of its neighbour's kind");
    }
    left->Append(*right);
    left->dirty = true;
    left->shrunk = true;
    Drop(*right);
    branch.Remove(left_index + 1);
    branch.shrunk = true;
    if (!left->leaf) CAIRN_RETURN_IF_ERROR(MergeChildren(*left, fill));
    i = left_index;  // it may still be too small
  }
  return absl::OkStatus();
}

void Tree::Release() {
  if (dirty()) ReleaseNode(*root_);
}

void Tree::ReleaseNode(Node& node) {
  Drop(node);
  for (NodeElement& element : node.elements) {
    if (element.child != nullptr && element.child->dirty) ReleaseNode(*element.child);
  }
}

bool Tree::Inlineable(size_t max_bytes) const {
  CAIRN_CHECK(root_ != nullptr);
  return root_->leaf && root_->bytes <= max_bytes &&
         std::none_of(root_->elements.begin(), root_->elements.end(),
                      [](const NodeElement& element) { return element.is_bucket; });
}

std::string Tree::EncodeInline() const {
  return EncodeNode(*root_, 0, root_->elements.size(), 0, 0, root_->bytes);
}

uint64_t Tree::Spill(RunWriter& writer, double fill) {
  CAIRN_CHECK(dirty());
  std::vector<Piece> pieces = SpillNode(*root_, writer, fill);
  while (pieces.size() > 1) {
    Node above;
    above.leaf = false;
    for (const Piece& piece : pieces) {
      NodeElement element;
      element.key = piece.first_key;
      element.page = piece.page;
      above.Insert(above.elements.size(), std::move(element));
    }
    pieces = WritePieces(above, writer, fill);
  }
  root_page_ = pieces.front().page;
  return root_page_;
}

std::vector<Tree::Piece> Tree::SpillNode(Node& node, RunWriter& writer, double fill) {
  if (!node.leaf) {
    std::vector<NodeElement> elements;
    elements.reserve(node.elements.size());
    for (NodeElement& element : node.elements) {
      if (element.child == nullptr || !element.child->dirty) {
        elements.push_back(std::move(element));
        continue;
      }
      for (const Piece& piece : SpillNode(*element.child, writer, fill)) {
        NodeElement written;
        written.key = piece.first_key;
        written.page = piece.page;
        elements.push_back(std::move(written));
      }
    }
    node.elements = std::move(elements);
    node.bytes = kPageHeaderSize;
    for (size_t i = 0; i < node.elements.size(); ++i) node.bytes += node.ElementBytes(i);
  }
  return WritePieces(node, writer, fill);
}

std::vector<Tree::Piece> Tree::WritePieces(const Node& node, RunWriter& writer, double fill) {
  const std::vector<size_t> cuts = CutPoints(node, writer.page_size, fill);
  std::vector<Piece> pieces;
  for (size_t c = 0; c + 1 < cuts.size(); ++c) {
    size_t bytes = kPageHeaderSize;
    for (size_t i = cuts[c]; i < cuts[c + 1]; ++i) bytes += node.ElementBytes(i);
    const PageRun run = writer.Allocate((bytes + writer.page_size - 1) / writer.page_size);
    writer.runs.emplace_back(
        run.first, EncodeNode(node, cuts[c], cuts[c + 1], run.first,
                              static_cast<uint32_t>(run.count - 1), run.count * writer.page_size));
    pieces.push_back(
        {node.elements.empty() ? std::string_view() : node.elements[cuts[c]].key, run.first});
  }
  return pieces;
}

}  // namespace cairn::bolt
