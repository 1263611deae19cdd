// offline/inspect/log_dump.h: `inspect wal`: every entry of a log, decoded.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "offline/db_file.h"
#include "offline/log_entry.h"
#include "offline/log_walk.h"

namespace cairn::offline {

struct LogDumpOptions {
  std::set<std::string, std::less<>> kinds;  // empty: all
  std::optional<uint64_t> first_index, last_index;
  std::optional<uint64_t> first_term, last_term;
  uint64_t limit = 0;        // entries; 0: no limit
  bool overwritten = false;  // also entries that later ones replaced, which were never committed
};

// What stands around the entries.
struct LogDumpSummary {
  std::string dir;
  LogExtent log;             // all of it, whatever was asked for
  uint64_t overwritten = 0;  // entries that later ones replaced
  uint64_t shown = 0;
  struct KindTotal {
    uint64_t entries = 0, bytes = 0;
  };
  std::map<std::string, KindTotal, std::less<>> kinds;  // of those shown
};

using EntryVisitor = std::function<Status(const DecodedEntry& entry)>;

// Walks the log in `wal_dir` from its first entry on, in the order of the log, and gives `visit`
// those that `options` ask for. Constant memory: the log is read twice, and only runs of entries
// that were replaced are kept in mind. Damage does not make an error: it ends the walk and stands
// in the summary.
StatusOr<LogDumpSummary> DumpLog(const Context& context, const std::string& wal_dir,
                                 const LogDumpOptions& options, const EntryVisitor& visit);

}  // namespace cairn::offline
