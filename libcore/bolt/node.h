// bolt/node.h: a page of a tree while a write transaction changes it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bolt/format.h"
#include "bolt/page_set.h"

namespace cairn::bolt {

struct Node;

// One key of a node. The bytes lie in a page that the transaction pins or in its arena.
struct NodeElement {
  std::string_view key;
  std::string_view value;       // leaf
  std::unique_ptr<Node> child;  // branch: once loaded; owns the tree downwards
  uint64_t page = 0;            // branch: where the child was committed, 0 if it is new
  bool is_bucket = false;       // leaf
};

// A node may grow far beyond a page; it is cut into pages at commit. A branch element's key is
// never above the first key below it, as in the file.
struct Node {
  bool leaf = true;
  bool dirty = false;              // is written at commit; then all its ancestors are
  bool shrunk = false;             // lost bytes since it was looked at for merging
  PageRun committed;               // the pages it came from; count 0 if it is new
  size_t bytes = kPageHeaderSize;  // as one page run
  std::vector<NodeElement> elements;

  size_t ElementBytes(size_t i) const {
    return kElementSize + elements[i].key.size() + elements[i].value.size();
  }
  // The index of the first key >= target; quick when it is past the last key.
  size_t LowerBound(std::string_view target) const;
  // Branch: the child to follow, the last key <= target, 0 if none.
  size_t ChildIndex(std::string_view target) const;
  // Inserts before `i`, keeping `bytes` right.
  void Insert(size_t i, NodeElement element);
  void Remove(size_t i);
  // Moves the elements [i, end) into a new node of the same kind.
  std::unique_ptr<Node> CutOff(size_t i);
  // Takes over all elements of `right`, whose keys are above all here.
  void Append(Node& right);
};

// A node with the page's elements; they point into the page.
std::unique_ptr<Node> MakeNode(const PageView& page, PageRun committed);

// The bytes of the elements [begin, end) as a page with this id, zero-filled to `size`.
std::string EncodeNode(const Node& node, size_t begin, size_t end, uint64_t page_id,
                       uint32_t overflow, size_t size);

// Where to cut a node into pages: the begin of each piece, and the number of elements at the end.
// A piece is filled up to `fill` of a page and has at least two elements where that is possible.
std::vector<size_t> CutPoints(const Node& node, uint32_t page_size, double fill);

}  // namespace cairn::bolt
