// bolt/commit.h: what a commit writes, as data, and how it is carried out.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/fs.h"

namespace cairn::bolt {

// One gather write.
struct Write {
  uint64_t offset = 0;             // bytes
  std::vector<std::string> parts;  // page runs, one after the other
};

// The steps of a commit, in order: grow, data, sync, meta, sync. Until the meta is durable the file
// is at the last transaction, afterwards at this one.
struct CommitPlan {
  uint64_t grow_to = 0;     // bytes; 0: the file is long enough
  std::vector<Write> data;  // ascending, never touching each other
  Write meta;               // the whole meta page of this txid
};

// Makes few large writes of dirty page runs: sorted by page, adjacent ones joined.
std::vector<Write> GatherWrites(std::vector<std::pair<uint64_t, std::string>> runs,
                                uint32_t page_size);

// Two syncs, and one more when the file grows. After any error the file is at the last transaction
// or, if the last sync failed, maybe at this one: the caller must not write to it any more.
Status RunCommit(File& file, const CommitPlan& plan);

}  // namespace cairn::bolt
