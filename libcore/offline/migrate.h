// offline/migrate.h: `migrate`: brings a stopped member's storage version to another release's.
#pragma once

#include <string>
#include <vector>

#include "cluster/storage_version.h"
#include "offline/db_file.h"

namespace cairn::offline {

struct MigrateResult {
  cluster::SemVer before;
  // The versions gone through, the target last; empty when it was there already.
  std::vector<cluster::SemVer> steps;
  // With `force`, why the plain way was refused.
  std::string forced;
};

// Sets meta/storageVersion of DIR/member/snap/db step by step. Downwards the log behind the last
// snapshot must not hold entries that the target release can't read, unless `force`. Refused while
// a server has the file open.
StatusOr<MigrateResult> Migrate(const Context& context, const std::string& data_dir,
                                const cluster::SemVer& target, bool force);

}  // namespace cairn::offline
