// offline/salvage/orphans.h: the records of orphaned pages: leaves of the key bucket that no tree
// of the newest transaction reaches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bolt/page_set.h"
#include "offline/salvage/evidence.h"
#include "offline/salvage/scan.h"

namespace cairn::offline {

// Adds the rows of all leaves that are not in `reached` to the table, page by page. Errors:
// interrupt.
Status AddOrphans(SalvageInput& input, const PageScan& scan, const bolt::PageSet& reached,
                  KeyTable& table, std::vector<std::string>& problems, Progress& progress);

struct OrphanVerdicts {
  uint64_t unverified = 0;
  std::vector<LostRevisions> lost;  // what no leaf spans, and what is disputed; apart
  std::vector<std::string> problems;
};

// Keeps one row a revision, in order: of the trees where they have one; else that of an orphan that
// is accepted, or unverified with `take_unverified`, and was lost. `lost` is apart.
OrphanVerdicts JudgeOrphans(KeyTable& table, const std::vector<LostRevisions>& lost,
                            std::optional<int64_t> compacted, bool take_unverified);

}  // namespace cairn::offline
