// wal/purge.h: removes WAL segments that nobody needs any more.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/status.h"

namespace cairn::wal {

// While more than `max_files` segments are in `dir`, removes the oldest one if its lock can be
// taken; stops at the first that can't: the log still holds it (Log::ReleaseTo). `max_files` is at
// least 1. Returns the names removed; the directory is synced when there are any.
StatusOr<std::vector<std::string>> Purge(Fs& fs, const std::string& dir, size_t max_files);

}  // namespace cairn::wal
