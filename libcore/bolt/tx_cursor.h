// bolt/tx_cursor.h: walking a bucket inside a write transaction, its own changes included.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bolt/write_tx.h"

namespace cairn::bolt {

// Changing the bucket while walking is allowed: the cursor stands at a key, and Next and Prev go to
// the nearest key after or before it that is there then (deleting the current key and going on
// works as expected). An item's bytes are good until the cursor moves or the bucket changes; the
// value of a sub-bucket changed in this transaction is not up to date.
//
// Not thread-safe. The transaction must outlive it; errors as Bucket's.
class TxCursor {
 public:
  explicit TxCursor(Bucket& bucket) : bucket_(bucket) {}

  StatusOr<std::optional<Item>> First();
  StatusOr<std::optional<Item>> Last();
  // Nothing at the end, and then until another call places the cursor again.
  StatusOr<std::optional<Item>> Next();
  StatusOr<std::optional<Item>> Prev();
  // The first key >= target.
  StatusOr<std::optional<Item>> Seek(std::string_view target);

 private:
  struct Level {
    NodeView view;
    size_t index = 0;
  };

  Status PushRoot();
  Status PushChild();
  Status Descend(bool to_last);
  StatusOr<std::optional<Item>> Settle(bool forward);
  // The key it stands at when the bucket changed since; nothing when the place is still good.
  std::optional<std::string> Displaced() const;

  Bucket& bucket_;
  std::vector<Level> stack_;
  uint64_t version_ = 0;
  std::string_view key_;  // where it stands; lives in the transaction or in the stack's page
};

}  // namespace cairn::bolt
