// offline/salvage/wal.h: `salvage wal`: the longest valid prefix of a damaged log as a new log, and
// what still stands after the damage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/db_file.h"
#include "offline/log_walk.h"

namespace cairn::offline {

struct SalvageWalOptions {
  std::string wal_dir;
  std::string output;  // a new directory
  // The db beside the log, where there is one.
  std::optional<std::string> db;
  // Write what stands after the damage instead, from the segment on that covers the newest
  // snapshot. FailedPrecondition when that is not whole up to the end.
  bool behind_damage = false;
};

// Records after the damage that could be read again: they are told, never taken.
struct SalvageWalRest {
  std::string path;
  uint64_t offset = 0;  // where readable records begin again
  uint64_t records = 0;
  uint64_t entries = 0;
  uint64_t first_index = 0, last_index = 0;  // of the entries; 0 without any
};

struct SalvageWalReport {
  uint64_t segments = 0;  // in the output
  LogExtent written;      // the output, as it was read again
  LogExtent input;        // the input's whole part, and what ends it
  std::optional<std::string> damage_path;
  // Names of the input's segments that are not in the output, not even a part of them.
  std::vector<std::string> left_out;
  std::vector<SalvageWalRest> rest;
  // The segment from which on the log is whole and covers a snapshot of index `rest_start`.
  std::optional<std::string> whole_from;
  uint64_t rest_start = 0;
  // Up to where the db beside the log has applied entries, or why that can't be told.
  std::optional<uint64_t> consistent_index;
  std::string db_problem;

  // Entries are missing that the db has applied: a member must not start from the two.
  bool db_is_ahead() const {
    return consistent_index.has_value() && *consistent_index > LastIndex();
  }
  // The newest index that the output tells of, by an entry or a snapshot.
  uint64_t LastIndex() const;
};

// Reads the log and writes its prefix, cut after the last whole record. The input is only read.
// The output appears whole or not at all, and has been read again. A log that is whole is copied as
// it is. DataLoss when not even the head of the first segment is whole; AlreadyExists for an output
// that exists.
StatusOr<SalvageWalReport> SalvageWal(const Context& context, const SalvageWalOptions& options);

}  // namespace cairn::offline
