// offline/verify/v2_check.h: `check v2store`: whether users keep keys by the v2 API, with which 3.6
// and later refuse to start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

struct V2StoreCheck {
  // The `.snap` file that a server would start from; empty: there is none.
  std::string snap_path;
  bool in_store = false;     // users' keys in it
  uint64_t log_entries = 0;  // after it
  // Users' requests among them, and where the first one stands.
  uint64_t log_requests = 0;
  uint64_t first_index = 0;
  std::string first_request;        // "PUT /1/a"
  std::vector<std::string> broken;  // `.snap` files that were passed over, with the reason
  std::string torn;                 // a torn last write, which the next start repairs
  std::string no_log;  // the data directory's log holds no segment (a new member's): where it was
                       // looked for

  bool custom_content() const { return in_store || log_requests > 0; }
};

// Looks at the `.snap` file that a server would start from and at the log after it, both only
// read. `wal_dir` may be empty: DATA_DIR/member/wal. Errors: those of wal::ReadLog and
// snap::LoadNewestSnap; DataLoss, naming file and offset, for an entry that can't be decoded.
StatusOr<V2StoreCheck> CheckV2Store(const Context& context, const std::string& data_dir,
                                    const std::string& wal_dir);

}  // namespace cairn::offline
