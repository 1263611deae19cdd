// offline/log_walk.h: walks a log that may be damaged, from its first record to the last one that
// is whole.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline/db_file.h"
#include "proto/raft_view.h"
#include "proto/wal_view.h"
#include "wal/log_reader.h"

namespace cairn::offline {

// A place in a log: a segment, by its number in the list, and an offset in it.
struct LogPosition {
  size_t segment = 0;
  uint64_t offset = 0;
};

// What the whole part of a log says.
struct LogExtent {
  std::vector<wal::SegmentName> segments;  // all that were to be read, also those never reached
  std::string metadata;                    // etcdserverpb.Metadata as written
  proto::HardState hard_state;             // the last one
  std::vector<proto::WalSnapshot> snapshots;
  uint64_t records = 0;
  uint64_t entries = 0;  // those that later ones replaced, too
  // Of the entries in force; first_index is 0 when there is none.
  uint64_t first_index = 0, last_index = 0;

  LogPosition end;   // after the last whole record
  uint32_t crc = 0;  // the chain's value there

  // Where and why it is not whole, in words; at most one of the two. Torn is what a crash leaves
  // and the next start repairs.
  std::string torn, damage;
  // Of `damage`: a segment that is missing counts as damage at the start of the one after it.
  LogPosition damage_at;

  bool whole() const { return torn.empty() && damage.empty(); }
  // Path of the segment in `dir`.
  std::string PathOf(const std::string& dir, size_t segment) const;
  // The newest snapshot that a member may start from: recorded, committed, and with a segment that
  // covers it.
  std::optional<proto::WalSnapshot> Start() const;
};

// Walks the segments of `dir` from number `first_segment` of its list on. Locks nothing, changes
// nothing. Unlike wal::ReadLog it needs no snapshot to begin from, and damage is no error but the
// end of the walk: of a record, of a segment that is missing, of entries that are missing, of
// reading itself. Errors: NotFound for a directory without segments; an interrupt; the visitor's.
StatusOr<LogExtent> WalkLog(const Context& context, const std::string& dir,
                            wal::LogVisitor& visitor, size_t first_segment = 0);

}  // namespace cairn::offline
