// tools/utl/format/record_text.h: the records of a db's buckets as text and as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alarm/alarm_record.h"
#include "auth/auth_records.h"
#include "base/status.h"
#include "cluster/member.h"
#include "lease/lease_record.h"
#include "render/json.h"

namespace cairn::utl {

// `readwrite "/a/" (prefix)`, `read "a" to "b"`, `write "a" (and all keys after it)`, `read "a"`.
std::string PermissionText(const auth::Permission& permission);
// "root, reader"; "-" for none.
std::string RolesText(const auth::User& user);
// `http://a:2380,http://b:2380`.
std::string UrlsText(const std::vector<std::string>& urls);

// Each writes an object, with etcdctl's names of fields.
void WriteUser(const auth::User& user, render::JsonWriter& json);  // without the password's hash
void WriteRole(const auth::Role& role, render::JsonWriter& json);
void WriteMember(const cluster::Member& member, render::JsonWriter& json);
void WriteAlarm(const alarm::AlarmRecord& alarm, render::JsonWriter& json);
void WriteLeaseFields(const lease::LeaseRecord& lease, render::JsonWriter& json);

// A pair of a bucket by what the bucket holds: two cells of text, or fields of an open object.
struct DecodedPair {
  std::string key, value;
};
// Errors: DataLoss for a record that is none. Buckets that etcd doesn't have are quoted bytes.
StatusOr<DecodedPair> DecodePair(std::string_view bucket, std::string_view key,
                                 std::string_view value);
Status WriteDecodedPair(std::string_view bucket, std::string_view key, std::string_view value,
                        render::JsonWriter& json);

}  // namespace cairn::utl
