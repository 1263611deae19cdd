// cluster/membership_records.cc: encoding and checks of membership records.
#include "cluster/membership_records.h"

#include <fmt/format.h>

#include "cluster/ids.h"
#include "cluster/json_fields.h"
#include "gotext/json.h"
#include "gotext/quote.h"

namespace cairn::cluster {

std::string EncodeMemberKey(MemberId id) { return IdString(id); }

StatusOr<MemberId> DecodeMemberKey(std::string_view key) {
  const auto id = ParseIdString(key);
  if (!id || *id == 0 || IdString(*id) != key) {
    return absl::DataLossError(fmt::format("member {}: the key is not a member id", QuoteGo(key)));
  }
  return MemberId(*id);
}

StatusOr<Member> DecodeMemberRecord(std::string_view key, std::string_view value) {
  CAIRN_ASSIGN_OR_RETURN(const MemberId id, DecodeMemberKey(key));
  auto member = DecodeMember(value);
  if (!member.ok()) return Annotate(member.status(), fmt::format("member {}", key));
  if (member->id != id) {
    return absl::DataLossError(
        fmt::format("member {}: the value says it is member {}", key, IdString(member->id)));
  }
  return member;
}

StatusOr<MemberId> DecodeRemovedRecord(std::string_view key, std::string_view value) {
  CAIRN_ASSIGN_OR_RETURN(const MemberId id, DecodeMemberKey(key));
  if (value != kRemovedValue) {
    return absl::DataLossError(fmt::format("removed member {}: the value is not \"removed\"", key));
  }
  return id;
}

std::string EncodeDowngrade(const Downgrade& downgrade) {
  std::string out = "{\"target-version\":";
  AppendJsonString(downgrade.target_version, &out);
  return out += downgrade.enabled ? ",\"enabled\":true}" : ",\"enabled\":false}";
}

StatusOr<Downgrade> DecodeDowngrade(std::string_view json) {
  const auto decode = [&json]() -> StatusOr<Downgrade> {
    CAIRN_ASSIGN_OR_RETURN(const JsonFields fields, JsonFields::Parse(json));
    Downgrade downgrade;
    CAIRN_ASSIGN_OR_RETURN(downgrade.target_version, fields.Text("target-version"));
    CAIRN_ASSIGN_OR_RETURN(downgrade.enabled, fields.Bool("enabled"));
    return downgrade;
  };
  auto downgrade = decode();
  if (!downgrade.ok()) return Annotate(downgrade.status(), "cluster/downgrade");
  return downgrade;
}

}  // namespace cairn::cluster
