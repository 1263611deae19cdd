// wal/repair.h: cuts the torn tail that a crash leaves in the last segment of a log.
//
// The last segment is read from its first record. When it ends cleanly there is nothing to do. When
// it ends in a torn tail it is copied to `<name>.broken` first, whole and synced, and then cut
// behind its last whole record; the cut is synced too. A crash in between leaves the segment as it
// was, or cut: the repair can be run again. Corruption is never cut away: that could lose
// acknowledged writes.
#pragma once

#include <cstdint>
#include <string>

#include "base/fs.h"
#include "base/status.h"

namespace cairn::wal {

struct RepairResult {
  bool repaired = false;
  std::string path;         // the last segment
  std::string broken_path;  // where it was copied to; empty unless repaired
  uint64_t good_bytes = 0;  // its length after the last whole record
  std::string problem;      // what was wrong, with its offset; empty unless repaired
};

// Repairs the log in `dir`. FailedPrecondition when another process has it open; DataLoss, naming
// the offset, for corruption and for a segment without one whole record.
StatusOr<RepairResult> RepairTornTail(Fs& fs, const std::string& dir);

}  // namespace cairn::wal
