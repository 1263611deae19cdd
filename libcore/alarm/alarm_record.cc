// alarm/alarm_record.cc: encoding and checks of alarm records.
#include "alarm/alarm_record.h"

#include <fmt/format.h>

#include "proto/wire.h"

namespace cairn::alarm {

std::string_view AlarmName(AlarmType type) {
  switch (type) {
    case AlarmType::kNoSpace:
      return "NOSPACE";
    case AlarmType::kCorrupt:
      return "CORRUPT";
    case AlarmType::kNone:
      break;
  }
  return "NONE";
}

std::string EncodeAlarmKey(const AlarmRecord& alarm) {
  std::string out;
  proto::WireWriter writer(out);
  writer.VarintNonZero(1, alarm.member.value);
  writer.VarintNonZero(2, static_cast<uint64_t>(alarm.type));
  return out;
}

StatusOr<AlarmRecord> DecodeAlarm(std::string_view key, std::string_view value) {
  AlarmRecord alarm;
  proto::WireReader reader(key);
  proto::WireField field;
  while (reader.Next(field)) {
    if (field.number != 1 && field.number != 2) continue;
    if (field.type != proto::WireType::kVarint) reader.Refuse("not a number");
    if (field.number == 1) alarm.member.value = field.value;
    if (field.number == 2) {
      if (field.value > 2) reader.Refuse("unknown alarm");
      alarm.type = static_cast<AlarmType>(field.value & 3);
    }
  }
  if (Status status = reader.status("etcdserverpb.AlarmMember"); !status.ok()) {
    return Annotate(status, "alarm");
  }
  if (!value.empty()) {
    return absl::DataLossError(
        fmt::format("alarm {} of member {:x}: a value of {} bytes where none is due",
                    AlarmName(alarm.type), alarm.member.value, value.size()));
  }
  return alarm;
}

}  // namespace cairn::alarm
