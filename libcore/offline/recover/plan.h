// offline/recover/plan.h: `recover plan`: which of several data directories and snapshots to start
// a lost cluster from, with which commands, and what that loses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "offline/recover/recovery.h"

namespace cairn::offline {

// Reads every path; a directory of a log (*.wal) among them is taken for one more of
// `options.wal_dirs`. The plan is for one cluster: where the paths are of several, the one with
// most members to start. A way that throws something away is taken only when no majority of the
// members can come back: of each the directory was among the paths, or it was said to be lost; or
// when there is no data directory at all.
//
// Errors: those of ReadRecoverySource, of all paths together; InvalidArgument for options that fit
// no member or directory; NotFound for a data directory without a log when the plan would have to
// do without it.
//
// Order: what can be started or restored, before what has to be salvaged; what agrees with the
// others in its hash; the greatest index up to which a source keeps its entries
// (RecoverySource::kept_index); then term and last index; then revision; then data directories
// before snapshots, as they keep the members' ids.
StatusOr<RecoveryPlan> PlanRecovery(const Context& context, const std::vector<std::string>& paths,
                                    const RecoveryOptions& options, std::string_view program_name);

}  // namespace cairn::offline
