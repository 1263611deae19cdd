// mvcc/schema.h: the names of the backend's buckets and of the keys in `meta` (docs/formats.md,
// section 2), and the values that mvcc owns there.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/status.h"
#include "mvcc/revision.h"

namespace cairn::mvcc {

inline constexpr std::string_view kAlarmBucket = "alarm";
inline constexpr std::string_view kAuthBucket = "auth";
inline constexpr std::string_view kAuthRolesBucket = "authRoles";
inline constexpr std::string_view kAuthUsersBucket = "authUsers";
inline constexpr std::string_view kClusterBucket = "cluster";
inline constexpr std::string_view kKeyBucket = "key";
inline constexpr std::string_view kLeaseBucket = "lease";
inline constexpr std::string_view kMembersBucket = "members";
inline constexpr std::string_view kMembersRemovedBucket = "members_removed";
inline constexpr std::string_view kMetaBucket = "meta";

// All of them, in the order in which they stand in the file.
inline constexpr std::array kBuckets = {
    kAlarmBucket, kAuthBucket,  kAuthRolesBucket, kAuthUsersBucket,      kClusterBucket,
    kKeyBucket,   kLeaseBucket, kMembersBucket,   kMembersRemovedBucket, kMetaBucket};

// Keys of the meta bucket.
inline constexpr std::string_view kConfStateKey = "confState";
inline constexpr std::string_view kConsistentIndexKey = "consistent_index";
inline constexpr std::string_view kFinishedCompactKey = "finishedCompactRev";
inline constexpr std::string_view kScheduledCompactKey = "scheduledCompactRev";
inline constexpr std::string_view kStorageVersionKey = "storageVersion";
inline constexpr std::string_view kTermKey = "term";

// The value of finishedCompactRev and scheduledCompactRev: a revision key with sub 0.
std::string EncodeCompactRevision(int64_t main);
// `key` is for the message. Errors: DataLoss "meta/KEY: …".
StatusOr<int64_t> DecodeCompactRevision(std::string_view key, std::string_view value);

}  // namespace cairn::mvcc
