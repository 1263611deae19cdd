// offline/inspect/key_history.h: the records of the key bucket in the order of revisions: every put
// and deletion that the file still has.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "mvcc/revision.h"
#include "offline/db_file.h"
#include "proto/kv_view.h"

namespace cairn::offline {

struct HistoryOptions {
  std::vector<std::string> prefixes;  // keys that begin with any of these; empty: all keys
  int64_t first_revision = 0;
  int64_t last_revision = 0;  // 0: the current one
  uint64_t limit = 0;         // records; 0: all
};

struct HistorySummary {
  int64_t last_revision = 0;  // that was read up to
  // Of the last compaction, -1: none. Up to it there are only records of keys that lived on.
  int64_t compact_revision = -1;
  uint64_t records = 0;  // given to the visitor
};

// A put or a deletion. Views hold during the call; of a deletion `kv` has only the key.
using HistoryVisitor =
    std::function<Status(const mvcc::RevisionKey& record, const proto::KeyValueView& kv)>;

// Constant memory. OutOfRange with etcd's text for a future last revision; DataLoss naming the page
// or record; the visitor's error.
StatusOr<HistorySummary> ForEachRecordBetween(const DbFile& db, const HistoryOptions& options,
                                              Progress& progress, const HistoryVisitor& visit);

}  // namespace cairn::offline
