// bolt/check/scan.h: reading a whole file once, in file order, with every page checked on the way.
//
// A tree is read level by level: the pages of a level are fetched by ascending id in large reads,
// whatever their key order, and each leaf is given to a visitor with its place in key order. What
// depends on order (a CRC over all pairs) is computed per leaf and joined afterwards. On the way
// every page is checked as `bbolt check` does: reachable once, header and bounds right, keys
// ascending and within what the parent says; afterwards, with a stored freelist, every page is
// reachable or free. Memory: about 40 bytes a leaf page and one bit a page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/progress.h"
#include "bolt/cursor.h"
#include "bolt/format.h"
#include "bolt/page_set.h"

namespace cairn::bolt {

// One fault of a file.
struct Fault {
  uint64_t page = 0;
  uint64_t offset = 0;  // bytes from the start of the file
  std::string what;     // "multiple references", "key out of order", …
};

// Gets the leaves of one tree, in any order.
class LeafVisitor {
 public:
  virtual ~LeafVisitor() = default;
  // The tree has `leaves` leaf pages; called before the first Leaf().
  virtual void Begin(size_t leaves) = 0;
  // The leaf at place `ordinal` in key order, in phase 0 or 1 (Scanner::ScanBucket). An error stops
  // the scan and is returned by it.
  virtual Status Leaf(size_t ordinal, const PageView& page, int phase) = 0;
};

// Takes every leaf and does nothing with it: for trees that are only checked.
class IgnoreLeaves : public LeafVisitor {
 public:
  void Begin(size_t) override {}
  Status Leaf(size_t, const PageView&, int) override { return absl::OkStatus(); }
};

struct NamedBucket;

// Scans trees of one committed state of a file. Not thread-safe. `file` and `progress` must outlive
// it.
class Scanner {
 public:
  Scanner(const File& file, const Meta& meta, Progress& progress);

  // Reads one tree (or inline bucket) and gives its leaves to `visitor`. Faults are collected, and
  // what lies behind a faulty page is left out; errors are I/O, interrupt and the visitor's.
  //
  // With a `split_key`, leaves that may hold keys >= split_key are visited first (phase 0), then
  // those that may hold smaller ones (phase 1); the leaf that may hold both is visited in both.
  // Without, all are phase 0.
  Status ScanBucket(const BucketRef& bucket, LeafVisitor& visitor, std::string_view split_key = {});

  // After all buckets: the freelist (if stored) and what is neither reachable nor free.
  Status CheckFree();

  const std::vector<Fault>& faults() const { return faults_; }
  // Faults beyond this many are only counted.
  static constexpr size_t kMaxFaults = 100;
  size_t fault_count() const { return fault_count_; }
  uint64_t pages_reached() const { return reached_; }
  // How the pages read so far are filled, each counted once, whatever visitor they had.
  struct Fill {
    uint64_t branch_bytes = 0, branch_slack = 0;  // slack: after the last element's data
    uint64_t leaf_pages = 0;                      // with their overflow pages one each
    uint64_t leaf_bytes = 0, leaf_slack = 0;
  };
  const Fill& fill() const { return fill_; }
  // "page 5: multiple references; page 7: …", at most `limit` of them.
  std::string FaultText(size_t limit) const;

 private:
  friend StatusOr<std::vector<NamedBucket>> ScanRoot(Scanner& scanner, const Meta& meta);
  struct Level;     // the pages of one level of a tree, in key order
  struct Findings;  // what one thread found on its share of a level

  Status ScanTree(const BucketRef& bucket, LeafVisitor& visitor, std::string_view split_key,
                  std::vector<BucketRef>* nested);
  Status ReadBranches(const Level& level, Level& next);
  Status ReadLeaves(const Level& level, LeafVisitor& visitor, std::string_view split_key, int phase,
                    std::vector<BucketRef>* nested);
  template <typename OnPage>
  Status ReadPages(const Level& level, const std::vector<uint32_t>& order, Findings& findings,
                   std::optional<uint32_t> reread, OnPage on_page);
  StatusOr<uint16_t> PeekFlags(uint64_t id);
  void Merge(Findings& findings);
  void AddFault(uint64_t page, std::string what);
  // Marks a run as reached; false when a page of it was reached before. Any thread.
  bool Reach(uint64_t id, uint64_t pages);
  bool Reached(uint64_t id) const;
  // The pages that are neither reached nor free.
  Status AddLost(const PageSet& free);

  const File& file_;
  const Meta meta_;
  Progress& progress_;
  uint64_t bytes_read_ = 0;
  uint64_t reached_ = 0;
  Fill fill_;
  std::vector<uint64_t> reached_bits_;
  std::vector<Fault> faults_;
  size_t fault_count_ = 0;
};

// The buckets of the root tree in name order, each with its reference; scanned (and so checked) by
// `scanner`.
struct NamedBucket {
  std::string name;
  BucketRef bucket;
};
StatusOr<std::vector<NamedBucket>> ScanRoot(Scanner& scanner, const Meta& meta);

}  // namespace cairn::bolt
