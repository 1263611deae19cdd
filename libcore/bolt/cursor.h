// bolt/cursor.h: walking the keys of one bucket, in both directions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bolt/page_source.h"

namespace cairn::bolt {

// One key of a bucket. The bytes are valid until the cursor moves or dies.
struct Item {
  std::string_view key;
  std::string_view value;  // for a bucket: its header and, if inline, its page
  bool is_bucket = false;
};

// A bucket as it stands in a committed transaction: its root page, or its inline page (a copy held
// here).
struct BucketRef {
  BucketHeader header;
  std::string inline_value;  // the element's whole value when header.root is 0
};
// The bucket in a leaf element's value. DataLoss text without place, as PageView::Parse.
StatusOr<BucketRef> ParseBucket(std::string_view value);

// Walks the keys of a bucket of a read transaction. Any page that fails its checks ends the walk
// with an error naming file and page; the depth is limited, so that a loop of pages ends too. Not
// thread-safe; `source` must outlive it.
class Cursor {
 public:
  Cursor(PageSource& source, BucketRef bucket);

  StatusOr<std::optional<Item>> First();
  StatusOr<std::optional<Item>> Last();
  StatusOr<std::optional<Item>> Next();
  StatusOr<std::optional<Item>> Prev();
  // The first key >= target.
  StatusOr<std::optional<Item>> Seek(std::string_view target);
  // The value of exactly `key`.
  StatusOr<std::optional<Item>> Find(std::string_view key);

 private:
  struct Level {
    PageRef ref;
    PageView page;
    size_t index = 0;
  };

  Status Push(PageId id);
  Status PushRoot();
  // Goes down from the top level's element to a leaf, taking the first or last child each time.
  Status Descend(bool to_last);
  // From the current position (possibly outside the leaf) to the nearest item in that direction.
  StatusOr<std::optional<Item>> Settle(bool forward);

  PageSource& source_;
  BucketRef bucket_;
  std::vector<Level> stack_;
};

}  // namespace cairn::bolt
