// bolt/page_walk.h: which pages a tree uses, sub-buckets and overflow pages included.
#pragma once

#include <string_view>
#include <vector>

#include "bolt/page_set.h"
#include "bolt/page_source.h"

namespace cairn::bolt {

// Collects the pages of committed trees. It checks what it needs (headers, bounds, every page once)
// and so ends on any file; it does not check key order (bolt/check/scan.h does). Not thread-safe;
// `source` must outlive it.
class PageWalk {
 public:
  explicit PageWalk(PageSource& source) : source_(source) {}

  // Everything below the page `root`. DataLoss when a page is reached twice or is broken.
  Status AddTree(PageId root);
  // Everything below the bucket in a leaf element's value.
  Status AddBucket(std::string_view value);
  // A run that the caller knows of.
  Status AddRun(PageRun run);

  const PageSet& reached() const { return reached_; }
  const std::vector<PageRun>& runs() const { return runs_; }

 private:
  Status AddPage(PageId id);
  Status Enter(const PageView& page, int nesting);
  Status EnterBucket(std::string_view value, int nesting);
  Status Drain();

  PageSource& source_;
  PageSet reached_;
  std::vector<PageRun> runs_;
  std::vector<uint64_t> waiting_;
};

}  // namespace cairn::bolt
