// cluster/conf_state.h: raft's configuration as meta/confState keeps it: JSON, ids as decimal
// numbers (docs/formats.md, section 2). A restore leaves a stale one behind, so it is never trusted
// over the members bucket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::cluster {

struct ConfState {
  std::vector<uint64_t> voters;
  std::vector<uint64_t> learners;
  std::vector<uint64_t> voters_outgoing;
  std::vector<uint64_t> learners_next;
  bool auto_leave = false;
  friend bool operator==(const ConfState&, const ConfState&) = default;
};

// Empty lists are left out; auto_leave is always there.
std::string EncodeConfState(const ConfState& state);
// Errors: DataLoss "meta/confState: …".
StatusOr<ConfState> DecodeConfState(std::string_view json);

}  // namespace cairn::cluster
