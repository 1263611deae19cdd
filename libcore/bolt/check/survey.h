// bolt/check/survey.h: walking the trees of a file that may be damaged: each page in key order,
// what is wrong with it, and on to the next.
//
// bolt/check/scan.h is quicker and stops trusting a tree at its first fault in a page's way; this
// one is for showing what is there. Faults have the words of `bbolt check` where that knows them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/progress.h"
#include "bolt/format.h"
#include "bolt/page_set.h"
#include "bolt/page_source.h"

namespace cairn::bolt {

// A file's metas and size, however damaged they are.
struct FileLayout {
  uint32_t page_size = 0;      // by a valid meta, else by what a broken one says, else 4096
  std::optional<Meta> meta;    // the valid one with the higher txid; nothing if there is none
  std::string meta_faults[2];  // what is wrong with each meta page; empty: it is valid
  uint64_t logical_size = 0;   // of the file, without a snapshot's digest
  // Page ids that the file or the meta knows of: the higher of the two.
  uint64_t pages() const;
  // Pages that the file holds whole.
  uint64_t pages_in_file() const { return logical_size / page_size; }
};
// Only I/O errors.
StatusOr<FileLayout> ReadLayout(const File& file);

struct SurveyFault {
  uint64_t page = 0;    // 0: an inline bucket's
  uint64_t parent = 0;  // the page that refers to it, 0 for a root
  std::string what;
  bool names_page = false;  // `what` says itself which page is meant
  // As `bbolt check` prints it: "page 7: multiple references (stack: [3 7])".
  std::string Line() const;
};

// A branch or leaf page that could be read.
struct SurveyedPage {
  uint64_t id = 0;  // 0: the page inside an inline bucket's element
  PageHeader header;
  PageView view;     // good during the call
  size_t depth = 0;  // 0: the root of its bucket
  // The names of the buckets from the outermost to the one it belongs to; empty: the root bucket.
  const std::vector<std::string>& bucket;
};

class SurveyVisitor {
 public:
  virtual ~SurveyVisitor() = default;
  // An element that is a bucket, before its pages; false: they are left out.
  virtual bool Enter(const std::vector<std::string>& bucket, const BucketHeader& header) {
    (void)bucket, (void)header;
    return true;
  }
  // All of the bucket was visited.
  virtual void Leave(const std::vector<std::string>& bucket) { (void)bucket; }
  // Parents come before children, and a leaf before the buckets that its elements are. An error
  // ends the walk and comes out of it.
  virtual Status Page(const SurveyedPage& page) = 0;
  virtual Status Fault(const SurveyFault& fault) = 0;
};

// Walks one committed state of a file. What lies behind a page that can't be read is left out, and
// a page that was met already isn't entered again, so that a walk ends on any file. Not
// thread-safe; `file`, `progress` and `visitor` must outlive it.
class Survey {
 public:
  Survey(const File& file, const Meta& meta, Progress& progress, SurveyVisitor& visitor);

  // Children and elements from the last to the first; the order of keys isn't checked then.
  void set_reverse(bool reverse) { reverse_ = reverse; }
  // Pages that must not be met: "reachable freed".
  void set_free(const PageSet* free) { free_ = free; }
  // Pages that are in use otherwise: "multiple references" when they are met.
  void AddReached(PageRun run) { reached_.Add(run); }

  // All buckets, from the root bucket on. Errors: interrupt, and the visitor's.
  Status Walk() { return WalkFrom(meta_.root.root); }
  // The tree below any page, and the buckets in it.
  Status WalkFrom(uint64_t page);

  const PageSet& reached() const { return reached_; }

 private:
  using MaxKey = std::optional<std::string>;
  struct Bounds {
    std::optional<std::string_view> low, high;
  };
  using Stack = std::vector<uint64_t>;

  StatusOr<std::optional<PageRef>> ReadRun(uint64_t id, const Stack& stack);
  Status ReadPages(uint64_t id, uint64_t pages, PageRef& ref);
  StatusOr<MaxKey> Visit(uint64_t id, Stack& stack, Bounds bounds);
  StatusOr<MaxKey> VisitBranch(const PageView& view, Stack& stack, Bounds bounds);
  Status CheckLeafOrder(uint64_t id, const PageView& view, const Stack& stack, Bounds bounds);
  Status CheckKey(uint64_t id, const char* kind, size_t index, std::string_view key,
                  std::optional<std::string_view> previous, Bounds bounds, const Stack& stack);
  Status VisitBuckets(uint64_t id, const PageView& view, int nesting);
  Status EnterBucket(uint64_t id, std::string_view name, std::string_view value, int nesting);
  Status Report(uint64_t page, const Stack& stack, std::string what, bool names_page = false);

  const File& file_;
  const Meta meta_;
  Progress& progress_;
  SurveyVisitor& visitor_;
  bool reverse_ = false;
  const PageSet* free_ = nullptr;
  PageSet reached_;
  std::vector<std::string> bucket_;
  uint64_t file_pages_ = 0;
  uint64_t bytes_read_ = 0;
  uint64_t bytes_reported_ = 0;

  // Pages that were read ahead.
  std::shared_ptr<char[]> block_;
  uint64_t block_first_ = 0;
  uint64_t block_pages_ = 0;
};

// The bytes of one page run as they lie in the file, whatever they are: one page when its header
// doesn't fit. OutOfRange beyond the end of the file.
StatusOr<std::string> ReadRawRun(const File& file, uint32_t page_size, uint64_t id);

// "branch", "leaf", "meta", "freelist", "unknown<00>".
std::string PageTypeName(uint16_t flags);

// A stored freelist, as far as it can be read.
struct StoredFreelist {
  PageRun run;  // its own pages
  PageSet free;
  std::vector<SurveyFault> faults;
};
// Nothing when the file stores none.
StatusOr<std::optional<StoredFreelist>> ReadStoredFreelist(const File& file, const Meta& meta);

// A key as `bbolt check` writes it: printable text as it is, else in hexadecimal digits.
std::string TextOrHex(std::string_view bytes);
std::string Hex(std::string_view bytes);

}  // namespace cairn::bolt
