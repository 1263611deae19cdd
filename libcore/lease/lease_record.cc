// lease/lease_record.cc: encoding and checks of lease records.
#include "lease/lease_record.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "proto/wire.h"

namespace cairn::lease {

std::string EncodeLeaseKey(LeaseId id) {
  std::string key(8, '\0');
  StoreBE64(key.data(), static_cast<uint64_t>(id.value));
  return key;
}

std::string EncodeLease(const LeaseRecord& lease) {
  std::string out;
  proto::WireWriter writer(out);
  writer.IntNonZero(1, lease.id.value);
  writer.IntNonZero(2, lease.ttl_seconds);
  writer.IntNonZero(3, lease.remaining_ttl_seconds);
  return out;
}

StatusOr<LeaseRecord> DecodeLease(std::string_view key, std::string_view value) {
  if (key.size() != 8) {
    return absl::DataLossError(
        fmt::format("lease: a key of {} bytes is not a lease id", key.size()));
  }
  const LeaseId id(static_cast<int64_t>(LoadBE64(key.data())));
  const std::string name = fmt::format("lease {:016x}", static_cast<uint64_t>(id.value));
  LeaseRecord lease;
  proto::WireReader reader(value);
  proto::WireField field;
  while (reader.Next(field)) {
    if (field.number < 1 || field.number > 3) continue;
    if (field.type != proto::WireType::kVarint) reader.Refuse("not a number");
    if (field.number == 1) lease.id.value = field.AsInt64();
    if (field.number == 2) lease.ttl_seconds = field.AsInt64();
    if (field.number == 3) lease.remaining_ttl_seconds = field.AsInt64();
  }
  if (Status status = reader.status("leasepb.Lease"); !status.ok()) return Annotate(status, name);
  if (lease.id != id) {
    return absl::DataLossError(fmt::format("{}: the value says it is lease {:016x}", name,
                                           static_cast<uint64_t>(lease.id.value)));
  }
  if (id.value <= 0) return absl::DataLossError(name + ": not a positive id");
  if (lease.ttl_seconds <= 0 || lease.ttl_seconds > kMaxTtlSeconds) {
    return absl::DataLossError(
        fmt::format("{}: time-to-live of {} s is out of bounds", name, lease.ttl_seconds));
  }
  if (lease.remaining_ttl_seconds < 0 || lease.remaining_ttl_seconds > lease.ttl_seconds) {
    return absl::DataLossError(fmt::format("{}: {} s remain of {} s", name,
                                           lease.remaining_ttl_seconds, lease.ttl_seconds));
  }
  return lease;
}

}  // namespace cairn::lease
