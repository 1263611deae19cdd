// offline/recover/steps.h: from the ranked sources of one cluster to the commands that bring it
// back, and what they lose.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "offline/recover/recovery.h"

namespace cairn::offline {

// Chooses the way and adds its headline, steps, notes and losses to `plan`. `sources` are of one
// cluster, best first. `program_name` is cairnutl or etcdutl: the commands over the network are
// then those of cairnctl or etcdctl. Error: InvalidArgument for one of `lost` that is not a member.
Status MakeSteps(const std::vector<RecoverySource>& sources, const std::vector<std::string>& lost,
                 std::string_view program_name, RecoveryPlan& plan);

}  // namespace cairn::offline
