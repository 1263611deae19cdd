// bolt/page_walk.cc: see page_walk.h.
#include "bolt/page_walk.h"

#include <algorithm>
#include <utility>

namespace cairn::bolt {

namespace {

// Inline buckets inside inline buckets: no writer makes one, so a limit costs nobody anything.
constexpr int kMaxInlineNesting = 16;

}  // namespace

Status PageWalk::AddTree(PageId root) {
  waiting_.push_back(root.value);
  return Drain();
}

Status PageWalk::AddBucket(std::string_view value) {
  CAIRN_RETURN_IF_ERROR(EnterBucket(value, 0));
  return Drain();
}

Status PageWalk::AddRun(PageRun run) {
  if (reached_.HasAny(run)) {
    return PageError(source_.path(), PageId(run.first), source_.page_size(),
                     "page is used twice (run verify on the file)");
  }
  reached_.Add(run);
  runs_.push_back(run);
  return absl::OkStatus();
}

Status PageWalk::Drain() {
  // Level by level, each in the file's order.
  while (!waiting_.empty()) {
    std::vector<uint64_t> level = std::exchange(waiting_, {});
    std::sort(level.begin(), level.end());
    for (const uint64_t id : level) CAIRN_RETURN_IF_ERROR(AddPage(PageId(id)));
  }
  return absl::OkStatus();
}

Status PageWalk::AddPage(PageId id) {
  CAIRN_ASSIGN_OR_RETURN(const PageRef ref, source_.Read(id));
  CAIRN_RETURN_IF_ERROR(AddRun({id.value, ref.bytes.size() / source_.page_size()}));
  auto page = PageView::Parse(ref.bytes);
  Status status = page.status();
  if (page.ok()) status = Enter(*page, 0);
  if (status.ok()) return status;
  return PageError(source_.path(), id, source_.page_size(), Message(status));
}

Status PageWalk::Enter(const PageView& page, int nesting) {
  for (size_t i = 0; i < page.count(); ++i) {
    if (!page.is_leaf()) {
      waiting_.push_back(page.child(i).value);
    } else if (page.is_bucket(i)) {
      CAIRN_RETURN_IF_ERROR(EnterBucket(page.value(i), nesting));
    }
  }
  return absl::OkStatus();
}

Status PageWalk::EnterBucket(std::string_view value, int nesting) {
  if (value.size() < kBucketHeaderSize) return absl::DataLossError("bucket header is cut short");
  if (const BucketHeader header = DecodeBucketHeader(value.data()); header.root != 0) {
    waiting_.push_back(header.root);
    return absl::OkStatus();
  }
  if (nesting >= kMaxInlineNesting) return absl::DataLossError("inline buckets nested too deep");
  CAIRN_ASSIGN_OR_RETURN(const PageView page, ParseInlineBucket(value));
  return Enter(page, nesting + 1);
}

}  // namespace cairn::bolt
