// lease/lease_record.h: the records of the lease bucket: key u64BE id, value leasepb.Lease
// (docs/formats.md, section 2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/strong.h"

namespace cairn::lease {

// The longest time-to-live that a grant may ask for.
inline constexpr int64_t kMaxTtlSeconds = 9'000'000'000;

struct LeaseRecord {
  LeaseId id;
  int64_t ttl_seconds = 0;
  // What a checkpoint left of it; 0 when none was written.
  int64_t remaining_ttl_seconds = 0;
  friend bool operator==(const LeaseRecord&, const LeaseRecord&) = default;
};

std::string EncodeLeaseKey(LeaseId id);
std::string EncodeLease(const LeaseRecord& lease);

// Errors: DataLoss "lease 32695410dcc0ca06: …" for a key that is no id, a value that is no Lease or
// one of another id, or times out of bounds.
StatusOr<LeaseRecord> DecodeLease(std::string_view key, std::string_view value);

}  // namespace cairn::lease
