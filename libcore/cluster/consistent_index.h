// cluster/consistent_index.h: up to which log entry a backend holds the effects of: meta keys
// consistent_index and term (docs/formats.md, section 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/strong.h"

namespace cairn::cluster {

// Zero where a key is missing; releases before 3.5 write no term.
struct ConsistentIndex {
  RaftIndex index;
  Term term;
};

// Both values are u64BE.
std::string EncodeU64(uint64_t value);

// The values of the two keys, nothing where a key is missing. Errors: DataLoss.
StatusOr<ConsistentIndex> DecodeConsistentIndex(std::optional<std::string_view> index,
                                                std::optional<std::string_view> term);

}  // namespace cairn::cluster
