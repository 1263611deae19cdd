// tests/unit/alarm/alarm_record_test.cc: alarm keys, byte for byte and broken.
#include <doctest/doctest.h>

#include "alarm/alarm_record.h"

namespace cairn::alarm {
namespace {

using std::string_literals::operator""s;

TEST_CASE("an alarm is a key of member and kind") {
  const AlarmRecord alarm{MemberId(300), AlarmType::kNoSpace};
  CHECK(EncodeAlarmKey(alarm) == "\x08\xac\2\x10\1"s);
  CHECK(*DecodeAlarm(EncodeAlarmKey(alarm), "") == alarm);
  CHECK(EncodeAlarmKey({MemberId(0), AlarmType::kCorrupt}) == "\x10\2"s);
  CHECK(AlarmName(AlarmType::kCorrupt) == "CORRUPT");
}

TEST_CASE("values, unknown kinds and damage are told") {
  CHECK(Message(DecodeAlarm("\x08\xac\2\x10\1"s, "x").status()) ==
        "alarm NOSPACE of member 12c: a value of 1 bytes where none is due");
  CHECK_FALSE(DecodeAlarm("\x08\1\x10\3"s, "").ok());
  CHECK_FALSE(DecodeAlarm("\x08"s, "").ok());
  CHECK_FALSE(DecodeAlarm("\x0a\1x"s, "").ok());
}

}  // namespace
}  // namespace cairn::alarm
