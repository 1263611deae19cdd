// bolt/surgery.h: the repairs of `bbolt surgery`, each on a copy: the input is read, the output is
// a new file that appears whole or not at all.
//
// They change what the file says without understanding it: for files that nothing else can read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/progress.h"
#include "base/status.h"

namespace cairn::bolt {

struct SurgeryFiles {
  Fs& fs;
  std::string input;
  std::string output;  // must not exist
};

// The older meta takes the place of the newer one.
Status RevertMetaPage(const SurgeryFiles& files, Progress& progress);
// The run at `from` also stands at `to`, with `to` as its id.
Status CopyPage(const SurgeryFiles& files, uint64_t from, uint64_t to, Progress& progress);
// A page without elements.
Status ClearPage(const SurgeryFiles& files, uint64_t page, Progress& progress);
// Elements [first, last) of a leaf or branch page go; last < 0: to the end.
Status ClearPageElements(const SurgeryFiles& files, uint64_t page, int64_t first, int64_t last,
                         Progress& progress);
// The metas say that the freelist is not stored.
Status AbandonFreelist(const SurgeryFiles& files, Progress& progress);
// The freelist is computed from the trees and stored. FailedPrecondition when it is stored already.
Status RebuildFreelist(const SurgeryFiles& files, Progress& progress);

// The verdict on each meta page, a line each; empty: both are valid.
StatusOr<std::vector<std::string>> ValidateMetaPages(Fs& fs, const std::string& path);
struct MetaChange {
  std::optional<uint64_t> root, freelist, high_water, txid;
};
// Sets fields of meta page `page` (0 or 1) and its checksum.
Status UpdateMetaPage(const SurgeryFiles& files, uint64_t page, const MetaChange& change,
                      Progress& progress);

}  // namespace cairn::bolt
