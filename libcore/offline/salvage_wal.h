// offline/salvage_wal.h: `salvage wal`: the longest valid prefix of a damaged log as a new log, and
// what still stands behind the damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "offline/db_file.h"

namespace cairn::offline {

// Records behind the damage that could be read again: they are told, never taken.
struct SalvageWalRest {
  std::string path;
  uint64_t offset = 0;  // where readable records begin again
  uint64_t records = 0;
  uint64_t entries = 0;
  uint64_t first_index = 0, last_index = 0;  // of the entries
};

struct SalvageWalReport {
  uint64_t segments = 0;  // in the output
  uint64_t records = 0, entries = 0;
  uint64_t first_index = 0, last_index = 0;
  uint64_t term = 0, commit = 0;  // of the last hard state in the prefix
  // Where it stopped, and why; nothing when the log was whole.
  std::optional<std::string> damage_path;
  uint64_t damage_offset = 0;
  std::string damage;
  std::vector<SalvageWalRest> rest;
  // The db beside the log (a data directory was given) is ahead of the prefix: entries that it has
  // applied are missing, and a member can't start from the two.
  std::optional<uint64_t> consistent_index;
};

// Reads the log of `input` (a data directory or a directory of segments) and writes the prefix to
// `output`, a new directory. The input is never changed. DataLoss when not even the first record of
// the first segment is whole.
StatusOr<SalvageWalReport> SalvageWal(const Context& context, const std::string& input,
                                      const std::string& output);

}  // namespace cairn::offline
