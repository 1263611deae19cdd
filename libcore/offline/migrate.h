// offline/migrate.h: `migrate`: brings a stopped member's storage version to another release's.
#pragma once

#include <optional>
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
  // The version that the members agreed on, as the target release finds it (in the db; 3.4 and 3.5
  // in the `.snap` file and the log): a release below it refuses to start.
  // Only the members can lower it (`downgrade enable`, before they stop).
  std::optional<cluster::SemVer> cluster_version;
};

// Sets meta/storageVersion of DIR/member/snap/db step by step; term and confState, which 3.4 has
// not, are taken away on the way to it and computed from the log on the way from it. Downwards the
// log after the last snapshot must not hold entries that the target release can't read, unless
// `force`. The log lies in `wal_dir`; empty: in DIR/member/wal. Refused while a server has the file
// open.
StatusOr<MigrateResult> Migrate(const Context& context, const std::string& data_dir,
                                const cluster::SemVer& target, bool force,
                                const std::string& wal_dir = "");

}  // namespace cairn::offline
