// tools/utl/format/record_text.cc: see record_text.h.
#include "tools/utl/format/record_text.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "cluster/ids.h"
#include "cluster/membership_records.h"
#include "gotext/quote.h"
#include "mvcc/schema.h"
#include "proto/key_range.h"
#include "proto/kv_view.h"

namespace cairn::utl {

namespace {

std::string_view TypeName(auth::PermissionType type) {
  switch (type) {
    case auth::PermissionType::kRead:
      return "READ";
    case auth::PermissionType::kWrite:
      return "WRITE";
    case auth::PermissionType::kReadWrite:
      return "READWRITE";
  }
  return "";
}

struct KeyRecord {
  mvcc::RevisionKey at;
  proto::KeyValueView kv;
};
StatusOr<KeyRecord> DecodeKeyRecord(std::string_view key, std::string_view value) {
  KeyRecord record;
  const auto at = mvcc::ParseRevisionKey(key);
  if (!at.has_value()) return absl::DataLossError("is not a revision");
  record.at = *at;
  CAIRN_RETURN_IF_ERROR(proto::DecodeKeyValue(value, record.kv));
  return record;
}

bool IsNumber(std::string_view bucket, std::string_view key) {
  if (bucket == mvcc::kAuthBucket) return key == auth::kAuthRevisionKey;
  return bucket == mvcc::kMetaBucket && (key == mvcc::kConsistentIndexKey || key == mvcc::kTermKey);
}

bool IsCompactRevision(std::string_view bucket, std::string_view key) {
  return bucket == mvcc::kMetaBucket &&
         (key == mvcc::kFinishedCompactKey || key == mvcc::kScheduledCompactKey);
}

StatusOr<uint64_t> DecodeNumber(std::string_view value) {
  if (value.size() == 8) return LoadBE64(value.data());
  return absl::DataLossError(fmt::format("{} bytes instead of 8", value.size()));
}

// Members, versions, confState and the like: JSON and text.
bool IsText(std::string_view bucket) {
  return bucket == mvcc::kMembersBucket || bucket == mvcc::kMembersRemovedBucket ||
         bucket == mvcc::kClusterBucket || bucket == mvcc::kMetaBucket;
}

std::string KeyRecordText(const KeyRecord& record) {
  const proto::KeyValueView& kv = record.kv;
  if (record.at.tombstone) return fmt::format("{} deleted", QuoteGo(kv.key));
  std::string text = fmt::format("{} created {} modified {} version {}", QuoteGo(kv.key),
                                 kv.create_revision, kv.mod_revision, kv.version);
  if (kv.lease != 0) text += fmt::format(" lease {:016x}", static_cast<uint64_t>(kv.lease));
  return text + " value " + QuoteGo(kv.value);
}

}  // namespace

std::string PermissionText(const auth::Permission& permission) {
  std::string text;
  for (const char c : TypeName(permission.type)) text += static_cast<char>(c | 0x20);
  text += ' ' + QuoteGo(permission.key);
  if (permission.range_end.empty()) return text;
  if (permission.range_end == std::string_view("\0", 1)) {
    return permission.key.empty() ? text + " (all keys)" : text + " (and all keys after it)";
  }
  if (permission.range_end == proto::PrefixEnd(permission.key)) return text + " (prefix)";
  return text + " to " + QuoteGo(permission.range_end);
}

std::string RolesText(const auth::User& user) {
  std::string text;
  for (const std::string& role : user.roles) {
    if (!text.empty()) text += ", ";
    text += Printable(role);
  }
  return text.empty() ? "-" : text;
}

std::string UrlsText(const std::vector<std::string>& urls) {
  std::string text;
  for (const std::string& url : urls) {
    if (!text.empty()) text += ",";
    text += url;
  }
  return text;
}

void WriteUser(const auth::User& user, render::JsonWriter& json) {
  json.BeginObject().Field("user", user.name).Key("roles").BeginArray();
  for (const std::string& role : user.roles) json.Value(role);
  json.EndArray().Field("noPassword", user.no_password).EndObject();
}

void WriteRole(const auth::Role& role, render::JsonWriter& json) {
  json.BeginObject().Field("role", role.name).Key("perm").BeginArray();
  for (const auth::Permission& permission : role.permissions) {
    json.BeginObject().Field("permType", TypeName(permission.type));
    json.Key("key").Base64(permission.key).Key("range_end").Base64(permission.range_end);
    json.EndObject();
  }
  json.EndArray().EndObject();
}

void WriteMember(const cluster::Member& member, render::JsonWriter& json) {
  json.BeginObject().Field("ID", member.id.value).Field("name", member.name);
  json.Key("peerURLs").BeginArray();
  for (const std::string& url : member.peer_urls) json.Value(url);
  json.EndArray().Key("clientURLs").BeginArray();
  for (const std::string& url : member.client_urls) json.Value(url);
  json.EndArray().Field("isLearner", member.is_learner).EndObject();
}

void WriteAlarm(const alarm::AlarmRecord& alarm, render::JsonWriter& json) {
  json.BeginObject().Field("memberID", alarm.member.value);
  json.Field("alarm", alarm::AlarmName(alarm.type)).EndObject();
}

void WriteLeaseFields(const lease::LeaseRecord& lease, render::JsonWriter& json) {
  json.Field("ID", lease.id.value).Field("TTL", lease.ttl_seconds);
  json.Field("remainingTTL", lease.remaining_ttl_seconds);
}

StatusOr<DecodedPair> DecodePair(std::string_view bucket, std::string_view key,
                                 std::string_view value) {
  if (bucket == mvcc::kKeyBucket) {
    CAIRN_ASSIGN_OR_RETURN(const KeyRecord record, DecodeKeyRecord(key, value));
    return DecodedPair{fmt::format("{}.{}", record.at.revision.main, record.at.revision.sub),
                       KeyRecordText(record)};
  }
  if (bucket == mvcc::kLeaseBucket) {
    CAIRN_ASSIGN_OR_RETURN(const lease::LeaseRecord lease, lease::DecodeLease(key, value));
    return DecodedPair{
        fmt::format("{:016x}", static_cast<uint64_t>(lease.id.value)),
        fmt::format("ttl {} s, remaining {} s", lease.ttl_seconds, lease.remaining_ttl_seconds)};
  }
  if (bucket == mvcc::kAuthUsersBucket) {
    CAIRN_ASSIGN_OR_RETURN(const auth::User user, auth::DecodeUser(key, value));
    return DecodedPair{QuoteGo(user.name), fmt::format("roles {}{}", RolesText(user),
                                                       user.no_password ? ", no password" : "")};
  }
  if (bucket == mvcc::kAuthRolesBucket) {
    CAIRN_ASSIGN_OR_RETURN(const auth::Role role, auth::DecodeRole(key, value));
    std::string text;
    for (const auth::Permission& permission : role.permissions) {
      if (!text.empty()) text += ", ";
      text += PermissionText(permission);
    }
    return DecodedPair{QuoteGo(role.name), text.empty() ? "no permissions" : text};
  }
  if (bucket == mvcc::kAlarmBucket) {
    CAIRN_ASSIGN_OR_RETURN(const alarm::AlarmRecord alarm, alarm::DecodeAlarm(key, value));
    return DecodedPair{std::string(alarm::AlarmName(alarm.type)),
                       fmt::format("member {}", cluster::IdString(alarm.member))};
  }
  const std::string name(key);
  if (bucket == mvcc::kAuthBucket && key == auth::kAuthEnabledKey) {
    CAIRN_ASSIGN_OR_RETURN(const bool enabled, auth::DecodeAuthEnabled(value));
    return DecodedPair{name, enabled ? "true" : "false"};
  }
  if (IsNumber(bucket, key)) {
    CAIRN_ASSIGN_OR_RETURN(const uint64_t number, DecodeNumber(value));
    return DecodedPair{name, std::to_string(number)};
  }
  if (IsCompactRevision(bucket, key)) {
    CAIRN_ASSIGN_OR_RETURN(const int64_t revision, mvcc::DecodeCompactRevision(key, value));
    return DecodedPair{name, std::to_string(revision)};
  }
  // Also the texts and JSON of members, cluster and meta.
  return DecodedPair{QuoteGo(key), QuoteGo(value)};
}

Status WriteDecodedPair(std::string_view bucket, std::string_view key, std::string_view value,
                        render::JsonWriter& json) {
  if (bucket == mvcc::kKeyBucket) {
    CAIRN_ASSIGN_OR_RETURN(const KeyRecord record, DecodeKeyRecord(key, value));
    json.Field("revision", record.at.revision.main).Field("sub", record.at.revision.sub);
    json.Field("tombstone", record.at.tombstone).Key("kv").BeginObject();
    const proto::KeyValueView& kv = record.kv;
    json.Key("key").Base64(kv.key).Field("create_revision", kv.create_revision);
    json.Field("mod_revision", kv.mod_revision).Field("version", kv.version);
    json.Key("value").Base64(kv.value).Field("lease", kv.lease).EndObject();
    return absl::OkStatus();
  }
  if (bucket == mvcc::kLeaseBucket) {
    CAIRN_ASSIGN_OR_RETURN(const lease::LeaseRecord lease, lease::DecodeLease(key, value));
    WriteLeaseFields(lease, json);
    return absl::OkStatus();
  }
  if (bucket == mvcc::kAuthUsersBucket) {
    CAIRN_ASSIGN_OR_RETURN(const auth::User user, auth::DecodeUser(key, value));
    WriteUser(user, json.Key("user"));
    return absl::OkStatus();
  }
  if (bucket == mvcc::kAuthRolesBucket) {
    CAIRN_ASSIGN_OR_RETURN(const auth::Role role, auth::DecodeRole(key, value));
    WriteRole(role, json.Key("role"));
    return absl::OkStatus();
  }
  if (bucket == mvcc::kAlarmBucket) {
    CAIRN_ASSIGN_OR_RETURN(const alarm::AlarmRecord alarm, alarm::DecodeAlarm(key, value));
    WriteAlarm(alarm, json.Key("alarm"));
    return absl::OkStatus();
  }
  if (bucket == mvcc::kAuthBucket && key == auth::kAuthEnabledKey) {
    CAIRN_ASSIGN_OR_RETURN(const bool enabled, auth::DecodeAuthEnabled(value));
    json.Field("key", key).Field("value", enabled);
  } else if (IsNumber(bucket, key)) {
    CAIRN_ASSIGN_OR_RETURN(const uint64_t number, DecodeNumber(value));
    json.Field("key", key).Field("value", number);
  } else if (IsCompactRevision(bucket, key)) {
    CAIRN_ASSIGN_OR_RETURN(const int64_t revision, mvcc::DecodeCompactRevision(key, value));
    json.Field("key", key).Field("value", revision);
  } else if (IsText(bucket)) {
    json.Field("key", key).Field("value", value);
  } else {
    json.Key("key").Base64(key).Key("value").Base64(value);
  }
  return absl::OkStatus();
}

}  // namespace cairn::utl
