// bolt/tree.h: the keys of one bucket inside a write transaction.
//
// Pages become nodes when a change needs them; everything else is read from the file. Changes only
// touch memory. At commit three steps follow each other: Rebalance (merges what became too small;
// the last step that reads the file and so may fail), Release (says which committed pages are no
// longer used) and Spill (cuts nodes into pages and gives them ids, children first).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bolt/arena.h"
#include "bolt/cursor.h"
#include "bolt/freelist.h"
#include "bolt/node.h"
#include "bolt/page_source.h"
#include "bolt/page_walk.h"

namespace cairn::bolt {

// What the trees of a write transaction share.
struct TreeContext {
  PageSource& source;  // the last committed state
  Arena arena;
  std::vector<PageRef> pins;    // pages that nodes point into
  std::vector<PageRun> unused;  // committed pages that the next state does not need
};

// Gives page ids to new runs and collects their bytes.
struct RunWriter {
  Freelist& freelist;
  uint64_t high_water;
  const uint32_t page_size;
  std::vector<std::pair<uint64_t, std::string>> runs;

  PageRun Allocate(uint64_t pages);
};

// A node or a page of the file, seen the same way.
class NodeView {
 public:
  explicit NodeView(const Node* node) : node_(node) {}
  NodeView(PageRef ref, PageView page) : ref_(std::move(ref)), page_(page) {}

  bool is_leaf() const { return node_ != nullptr ? node_->leaf : page_.is_leaf(); }
  size_t count() const { return node_ != nullptr ? node_->elements.size() : page_.count(); }
  Item item(size_t i) const;
  size_t LowerBound(std::string_view target) const {
    return node_ != nullptr ? node_->LowerBound(target) : page_.LowerBound(target);
  }
  size_t ChildIndex(std::string_view target) const {
    return node_ != nullptr ? node_->ChildIndex(target) : page_.ChildIndex(target);
  }
  // The child as a node if it is loaded, else the page to read.
  const Node* ChildNode(size_t i) const {
    return node_ != nullptr ? node_->elements[i].child.get() : nullptr;
  }
  uint64_t ChildPage(size_t i) const {
    return node_ != nullptr ? node_->elements[i].page : page_.child(i).value;
  }
  // What keeps the bytes of a page; nothing for a node, whose bytes live as long as the
  // transaction.
  const PageRef& ref() const { return ref_; }

 private:
  const Node* node_ = nullptr;
  PageRef ref_;
  PageView page_;
};

// Not thread-safe; `context` must outlive it.
class Tree {
 public:
  // A tree of the file (`root` is its page), or nothing yet.
  Tree(TreeContext& context, uint64_t root) : context_(context), root_page_(root) {}
  // An inline bucket: `page` lies in bytes that live as long as the context.
  Tree(TreeContext& context, PageView page) : context_(context), inline_page_(page) {}

  // Deeper than any real tree; a loop of pages gets here.
  static constexpr size_t kMaxDepth = 64;

  // Grows with every change, so that cursors notice.
  uint64_t version() const { return version_; }
  bool dirty() const { return root_ != nullptr && root_->dirty; }

  StatusOr<NodeView> RootView() const;
  StatusOr<NodeView> ChildView(const NodeView& branch, size_t i) const;

  // Where `key` stands; nothing if it doesn't.
  struct Place {
    NodeView leaf;
    size_t index;
    Item item() const { return leaf.item(index); }
  };
  StatusOr<std::optional<Place>> Find(std::string_view key) const;

  // Sets a key. InvalidArgument "incompatible value" when it stands there as the other kind.
  Status Put(std::string_view key, std::string_view value, bool is_bucket);
  // Removes a key; OK if it is not there, "incompatible value" if it is the other kind.
  Status Erase(std::string_view key, bool is_bucket);
  // Loads the root and marks it as changed.
  Status Touch();
  // The value of a bucket element that will change at commit: loads its path and marks it.
  Status TouchBucket(std::string_view name);
  // The same element after Rebalance: whether it is still found (in a file with keys out of order
  // it may not be), then the value it is committed with.
  Status CheckTouchedBucket(std::string_view name) const;
  void SetTouchedBucket(std::string_view name, std::string_view value);

  // All committed pages of the tree go to `walk`; `on_bucket` gets its bucket elements that are
  // loaded (those that are not are walked as they are in the file).
  using OnBucket = std::function<Status(std::string_view name, std::string_view value)>;
  Status Collect(PageWalk& walk, const OnBucket& on_bucket) const;

  Status Rebalance(double fill);
  void Release();
  // Whether it is one leaf without sub-buckets of at most `max_bytes`; loaded trees only.
  bool Inlineable(size_t max_bytes) const;
  // The inline bucket's page.
  std::string EncodeInline() const;
  // Returns the new root's page.
  uint64_t Spill(RunWriter& writer, double fill);
  // 0 for an inline bucket.
  uint64_t root_page() const { return root_page_; }

 private:
  struct Step {
    Node* node;
    size_t index;
  };
  using Path = std::vector<Step>;
  struct Piece {
    std::string_view first_key;
    uint64_t page;
  };

  Status PageFault(uint64_t page, std::string_view what) const;
  StatusOr<std::unique_ptr<Node>> LoadPage(uint64_t page);
  Status LoadRoot();
  StatusOr<Node*> LoadChild(Node& branch, size_t i);
  // Loads the path to the leaf for `key`, whose index is that of the first key >= `key`.
  Status Descend(std::string_view key);
  void MarkPath();
  // Nothing if the key or a node on the way to it is not loaded.
  Step FindLoaded(std::string_view key) const;
  void SplitLargeNodes();
  void Drop(Node& node);
  Status RebalanceChildren(Node& branch, double fill);
  Status MergeChildren(Node& branch, double fill);
  void ReleaseNode(Node& node);
  std::vector<Piece> SpillNode(Node& node, RunWriter& writer, double fill);
  std::vector<Piece> WritePieces(const Node& node, RunWriter& writer, double fill);

  TreeContext& context_;
  uint64_t root_page_ = 0;
  PageView inline_page_;  // when root_page_ is 0
  std::unique_ptr<Node> root_;
  uint64_t version_ = 0;
  Path path_;  // of the last Descend; a member to spare an allocation a put
};

}  // namespace cairn::bolt
