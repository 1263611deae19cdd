// cluster/conf_state.h: raft's configuration as meta/confState keeps it: JSON, ids as decimal
// numbers (docs/formats.md, section 2). A restore leaves a stale one behind, so it is never trusted
// over the members bucket.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "proto/raft_view.h"

namespace cairn::cluster {

using proto::ConfState;

// Empty lists are left out; auto_leave is always there.
std::string EncodeConfState(const ConfState& state);
// Errors: DataLoss "meta/confState: …".
StatusOr<ConfState> DecodeConfState(std::string_view json);

}  // namespace cairn::cluster
