// cluster/membership_records.h: the records of the buckets members, members_removed and cluster
// (docs/formats.md, section 2).
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "base/strong.h"
#include "cluster/member.h"

namespace cairn::cluster {

// Keys of the cluster bucket.
inline constexpr std::string_view kClusterVersionKey = "clusterVersion";
inline constexpr std::string_view kDowngradeKey = "downgrade";
// The value of every record of members_removed.
inline constexpr std::string_view kRemovedValue = "removed";

// Both buckets have the id in hexadecimal, unpadded, as their key.
std::string EncodeMemberKey(MemberId id);
// Errors: DataLoss for what is no id as etcd writes it, or the id 0.
StatusOr<MemberId> DecodeMemberKey(std::string_view key);

// A record of `members`. Errors: DataLoss "member HEX: …", also when key and value name different
// members.
StatusOr<Member> DecodeMemberRecord(std::string_view key, std::string_view value);
// A record of `members_removed`.
StatusOr<MemberId> DecodeRemovedRecord(std::string_view key, std::string_view value);

// cluster/downgrade: {"target-version":"3.6.0","enabled":true}.
struct Downgrade {
  std::string target_version;  // empty when not enabled
  bool enabled = false;
  friend bool operator==(const Downgrade&, const Downgrade&) = default;
};
std::string EncodeDowngrade(const Downgrade& downgrade);
StatusOr<Downgrade> DecodeDowngrade(std::string_view json);

}  // namespace cairn::cluster
