// offline/log_dump.h: `inspect wal`: every entry of a log, decoded.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "offline/db_file.h"
#include "proto/raft_view.h"
#include "proto/wal_view.h"

namespace cairn::offline {

// What an entry is, by its data; the names are etcd-dump-logs' (-entry-type) where it has one.
struct DecodedEntry {
  uint64_t index = 0, term = 0;
  proto::EntryType type = proto::EntryType::kNormal;
  // "Normal" (empty data), "ConfigChange", "Request" (the v2 API's), "IRRPut", "IRRTxn", …,
  // "Unknown".
  std::string_view kind;
  std::string path;  // of the segment
  uint64_t offset = 0;
  uint64_t data_bytes = 0;
  uint64_t request_id = 0;
  std::string user;  // of the request's header
  // One line for people: `put key "/a" value 12 bytes lease 7`.
  std::string text;
  // The request as a JSON object, bytes as base64, names as in the .proto files.
  std::string json;
};

struct LogDumpOptions {
  std::set<std::string, std::less<>> kinds;  // empty: all
  std::optional<uint64_t> first_index, last_index;
  std::optional<uint64_t> first_term, last_term;
  uint64_t limit = 0;
  bool with_json = false;
  bool overwritten = false;  // also entries that later ones replaced, which were never committed
};

// What stands before and behind the entries.
struct LogDumpSummary {
  proto::MemberMetadata member;
  proto::WalSnapshot start;
  proto::HardState hard_state;
  uint64_t first_index = 0, last_index = 0;  // of the whole log
  uint64_t entries = 0;                      // in the whole log
  uint64_t shown = 0;
  std::vector<proto::WalSnapshot> snapshots;  // records that the log holds
  std::string torn;                           // a torn tail, in words; empty when there is none
  std::string damage;  // corruption that ended the reading; entries before it were given
};

using EntryVisitor = std::function<Status(const DecodedEntry& entry)>;

// Walks the log of `path` (a data directory or a directory of segments) from its first entry on.
// Constant memory but for 16 bytes an entry. Damage does not make an error: it ends the walk and
// stands in the summary.
StatusOr<LogDumpSummary> DumpLog(const Context& context, const std::string& path,
                                 const LogDumpOptions& options, const EntryVisitor& visit);

}  // namespace cairn::offline
