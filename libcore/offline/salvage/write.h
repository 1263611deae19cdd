// offline/salvage/write.h: a new db with its digest, which appears whole or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "bolt/bulk_loader.h"
#include "offline/db_file.h"

namespace cairn::offline {

// Writes a stage of OUTPUT (base/staged_output.h) through the loader that `fill` gets, puts its
// SHA-256 after it, lets `check` look at it, and gives it its name; the bytes of the file.
// AlreadyExists when OUTPUT exists, or does by then. On any error nothing is left.
StatusOr<uint64_t> WriteNewDb(const Context& context, const std::string& output,
                              const bolt::BulkLoadOptions& options,
                              const std::function<Status(bolt::BulkLoader&)>& fill,
                              const std::function<Status(const std::string& path)>& check);

// AlreadyExists, in the words of WriteNewDb.
Status RefuseExisting(Fs& fs, const std::string& output);

}  // namespace cairn::offline
