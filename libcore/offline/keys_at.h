// offline/keys_at.h: the user keys of a db as they were at a revision, in key order.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "bolt/file.h"
#include "mvcc/revision.h"
#include "proto/kv_view.h"

namespace cairn::offline {

struct KeysAtOptions {
  // Keys that begin with any of these; empty: all keys.
  std::vector<std::string> prefixes;
  // Further choice by key; empty: all.
  std::function<bool(std::string_view key)> wanted;
  int64_t revision = 0;  // 0: the current one
  uint64_t limit = 0;    // keys; 0: all
  bool values = true;    // false: only what the record says besides (the visitor's value is empty)
};

struct KeysAtSummary {
  int64_t revision = 0;  // that was read
  uint64_t keys = 0;     // given to the visitor
  bool more = false;     // the limit cut it
};

// One live key. Views hold during the call; an error stops the walk and comes out of it.
using KeyVisitor =
    std::function<Status(const proto::KeyValueView& kv, const mvcc::RevisionKey& record)>;

// Gives the keys that lived at the revision, ascending. One pass over the bucket finds the records,
// a second one reads the values: memory is the wanted keys and 24 bytes each, never the values.
// OutOfRange with etcd's texts for a compacted or future revision; DataLoss naming the page or
// record.
StatusOr<KeysAtSummary> ForEachKeyAt(bolt::ReadTx& tx, const KeysAtOptions& options,
                                     Progress& progress, const KeyVisitor& visit);

}  // namespace cairn::offline
