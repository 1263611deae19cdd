// cluster/ids.h: member and cluster ids, which are hashes of the first configuration
// (docs/formats.md, section 3, "Ids").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/strong.h"

namespace cairn::cluster {

// Of a member's peer URLs, in any order, and the cluster token. `added_at_seconds` (Unix time) goes
// in only for a member added to a running cluster.
MemberId ComputeMemberId(std::span<const std::string> peer_urls, std::string_view token,
                         std::optional<int64_t> added_at_seconds = std::nullopt);

// Of the ids of the members that form the cluster, in any order.
ClusterId ComputeClusterId(std::span<const MemberId> members);

// Hexadecimal without leading zeros, as ids are written everywhere.
std::string IdString(uint64_t id);
inline std::string IdString(MemberId id) { return IdString(id.value); }
inline std::string IdString(ClusterId id) { return IdString(id.value); }
// Nothing unless `text` is 1 to 16 hexadecimal digits.
std::optional<uint64_t> ParseIdString(std::string_view text);

}  // namespace cairn::cluster
