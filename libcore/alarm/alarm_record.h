// alarm/alarm_record.h: the records of the alarm bucket: the key is an etcdserverpb.AlarmMember,
// the value is empty (docs/formats.md, section 2).
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "base/strong.h"

namespace cairn::alarm {

enum class AlarmType { kNone = 0, kNoSpace = 1, kCorrupt = 2 };

// "NONE", "NOSPACE", "CORRUPT".
std::string_view AlarmName(AlarmType type);

// Raised by a member for itself; member 0 when a corruption check found no majority.
struct AlarmRecord {
  MemberId member;
  AlarmType type = AlarmType::kNone;
  friend bool operator==(const AlarmRecord&, const AlarmRecord&) = default;
};

std::string EncodeAlarmKey(const AlarmRecord& alarm);

// Errors: DataLoss "alarm: …" for damage, an alarm that no release knows, or a value.
StatusOr<AlarmRecord> DecodeAlarm(std::string_view key, std::string_view value);

}  // namespace cairn::alarm
