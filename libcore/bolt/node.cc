// bolt/node.cc: see node.h.
#include "bolt/node.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace cairn::bolt {

namespace {

// The header counts elements in 16 bits, and 0xFFFF means something else to some readers.
constexpr size_t kMaxElements = 0xFFFE;
// An element's position in its run is 32 bits; a value is at most 2^31 - 2.
constexpr size_t kMaxJoinedBytes = size_t{1} << 31;
// Nodes of up to this many elements stay whole whatever their size.
constexpr size_t kAlwaysWhole = 4;

}  // namespace

size_t Node::LowerBound(std::string_view target) const {
  if (elements.empty() || elements.back().key < target) return elements.size();
  size_t low = 0;
  size_t high = elements.size() - 1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (elements[middle].key < target) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

size_t Node::ChildIndex(std::string_view target) const {
  const size_t i = LowerBound(target);
  if (i < elements.size() && elements[i].key == target) return i;
  return i == 0 ? 0 : i - 1;
}

void Node::Insert(size_t i, NodeElement element) {
  elements.insert(elements.begin() + static_cast<ptrdiff_t>(i), std::move(element));
  bytes += ElementBytes(i);
}

void Node::Remove(size_t i) {
  bytes -= ElementBytes(i);
  elements.erase(elements.begin() + static_cast<ptrdiff_t>(i));
}

std::unique_ptr<Node> Node::CutOff(size_t i) {
  auto right = std::make_unique<Node>();
  right->leaf = leaf;
  right->dirty = true;
  for (size_t k = i; k < elements.size(); ++k) right->bytes += ElementBytes(k);
  bytes -= right->bytes - kPageHeaderSize;
  const auto from = elements.begin() + static_cast<ptrdiff_t>(i);
  right->elements.assign(std::make_move_iterator(from), std::make_move_iterator(elements.end()));
  elements.erase(from, elements.end());
  return right;
}

void Node::Append(Node& right) {
  bytes += right.bytes - kPageHeaderSize;
  elements.insert(elements.end(), std::make_move_iterator(right.elements.begin()),
                  std::make_move_iterator(right.elements.end()));
  right.elements.clear();
  right.bytes = kPageHeaderSize;
}

std::unique_ptr<Node> MakeNode(const PageView& page, PageRun committed) {
  auto node = std::make_unique<Node>();
  node->leaf = page.is_leaf();
  node->committed = committed;
  node->elements.resize(page.count());
  for (size_t i = 0; i < page.count(); ++i) {
    NodeElement& element = node->elements[i];
    element.key = page.key(i);
    if (node->leaf) {
      element.value = page.value(i);
      element.is_bucket = page.is_bucket(i);
    } else {
      element.page = page.child(i).value;
    }
    node->bytes += node->ElementBytes(i);
  }
  return node;
}

std::string EncodeNode(const Node& node, size_t begin, size_t end, uint64_t page_id,
                       uint32_t overflow, size_t size) {
  CAIRN_CHECK(end - begin <= kMaxElements);
  std::string page(size, '\0');
  EncodePageHeader(
      {page_id, node.leaf ? kLeafPage : kBranchPage, static_cast<uint16_t>(end - begin), overflow},
      page.data());
  size_t at = kPageHeaderSize;
  size_t data = at + (end - begin) * kElementSize;
  for (size_t i = begin; i < end; ++i, at += kElementSize) {
    const NodeElement& element = node.elements[i];
    char* const e = page.data() + at;
    const auto position = static_cast<uint32_t>(data - at);
    const auto key_size = static_cast<uint32_t>(element.key.size());
    const size_t data_end = data + element.key.size() + element.value.size();
    CAIRN_CHECK(data_end <= size && data - at <= UINT32_MAX);
    if (node.leaf) {
      StoreLE<uint32_t>(e, element.is_bucket ? kBucketElement : 0);
      StoreLE(e + 4, position);
      StoreLE(e + 8, key_size);
      StoreLE(e + 12, static_cast<uint32_t>(element.value.size()));
    } else {
      CAIRN_CHECK(element.page >= 2);
      StoreLE(e, position);
      StoreLE(e + 4, key_size);
      StoreLE(e + 8, element.page);
    }
    std::copy(element.key.begin(), element.key.end(), page.data() + data);
    std::copy(element.value.begin(), element.value.end(), page.data() + data + key_size);
    data = data_end;
  }
  return page;
}

std::vector<size_t> CutPoints(const Node& node, uint32_t page_size, double fill) {
  const size_t count = node.elements.size();
  const auto threshold = static_cast<size_t>(double(page_size) * fill);
  std::vector<size_t> cuts = {0};
  size_t rest = node.bytes;  // of a page run with everything from cuts.back() on
  size_t piece = kPageHeaderSize;
  for (size_t i = 0; i < count; ++i) {
    const size_t element = node.ElementBytes(i);
    const size_t in_piece = i - cuts.back();
    const bool full = rest > page_size && count - cuts.back() > kAlwaysWhole && in_piece >= 2 &&
                      count - i >= 2 && piece + element > threshold;
    const bool impossible =
        in_piece >= kMaxElements || (in_piece >= 1 && piece + element > kMaxJoinedBytes);
    if (full || impossible) {
      cuts.push_back(i);
      rest -= piece - kPageHeaderSize;
      piece = kPageHeaderSize;
    }
    piece += element;
  }
  cuts.push_back(count);
  return cuts;
}

}  // namespace cairn::bolt
