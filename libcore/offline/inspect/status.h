// offline/inspect/status.h: `snapshot status`: what a backend file holds, after checking every page
// of it.
#pragma once

#include <string>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

// etcdutl 3.7's answer (formats.md, section 3).
struct SnapshotStatus {
  uint32_t hash = 0;                  // CRC-32C over every bucket's name and its keys and values
  int64_t revision = 0;               // of the last key of bucket `key`
  int64_t total_keys = 0;             // live user keys
  int64_t total_size = 0;             // bytes up to the high-water mark
  std::string version;                // storageVersion, empty before 3.6
  std::vector<std::string> warnings;  // StartWarnings
};

// Reads the file once, in file order. Damage anywhere is an error that names file and page.
StatusOr<SnapshotStatus> ReadSnapshotStatus(const Context& context, const std::string& path);

}  // namespace cairn::offline
