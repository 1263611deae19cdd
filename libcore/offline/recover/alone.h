// offline/recover/alone.h: the ways of a recovery plan that leave something behind for good: one
// data directory goes on alone, or a new cluster is made of a snapshot or a db.
#pragma once

#include <string_view>
#include <vector>

#include "offline/recover/members.h"
#include "offline/recover/recovery.h"

namespace cairn::offline {

// Fills `plan` from `sources`, of which the first can be used, once no majority of `members` can
// come back.
void MakeAloneSteps(const std::vector<RecoverySource>& sources, const RecoveryMembers& members,
                    std::string_view program_name, RecoveryPlan& plan);

}  // namespace cairn::offline
