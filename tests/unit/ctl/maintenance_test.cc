// tests/unit/ctl/maintenance_test.cc: alarms, move-leader and downgrade print as in etcdctl.
#include "tools/ctl/format/maintenance.h"

#include <doctest/doctest.h>

#include "tests/unit/ctl/samples.h"

namespace cairn::ctl {
namespace {

using etcdserverpb::AlarmMember;
using etcdserverpb::AlarmResponse;
using etcdserverpb::DowngradeRequest;
using etcdserverpb::DowngradeResponse;
using etcdserverpb::MoveLeaderResponse;

TEST_CASE("alarm list") {
  const auto none = Make<AlarmResponse>(45, "");
  CHECK(PrintAlarms(none, kSimple) == "");
  CHECK(PrintAlarms(none, kJson) == HeaderJson(45, ""));
  CHECK(PrintAlarms(none, kFields) == HeaderFields(45, ""));
  const auto full =
      Make<AlarmResponse>(45, "alarms { memberID: 7383792418829112008 alarm: NOSPACE }");
  CHECK(PrintAlarms(full, kSimple) == "memberID:7383792418829112008 alarm:NOSPACE\n");
  Style hex_ids = kSimple;
  hex_ids.hex_ids = true;
  CHECK(PrintAlarms(full, hex_ids) == "memberID:667880157b8812c8 alarm:NOSPACE\n");
  CHECK(PrintAlarms(full, kJson) ==
        HeaderJson(45, R"(,"alarms":[{"memberID":7383792418829112008,"alarm":1}])"));
  CHECK(PrintAlarms(full, kFields) ==
        HeaderFields(45, "\"MemberID\" : 7383792418829112008\n\"AlarmType\" : NOSPACE\n\n"));
  CHECK(PrintAlarms(full, kFieldsHex) ==
        HeaderFieldsHex(45, "\"MemberID\" : 667880157b8812c8\n\"AlarmType\" : NOSPACE\n\n"));
  CHECK(PrintAlarms(full, kProtobuf) ==
        Bytes("0a19 08e0 e7ce f4aa 9bae a8dc 0110 c8a5 a0dc d782 a0bc 6618 2d20 0212 0c08 c8a5"
              "a0dc d782 a0bc 6610 01"));
}

TEST_CASE("an answer without anything is an empty object") {
  CHECK(PrintAlarms(AlarmResponse(), kJson) == "{}\n");
  CHECK(PrintMoveLeader(1, 2, MoveLeaderResponse(), kJson) == "{}\n");
}

TEST_CASE("an alarm's text leaves out what is zero and numbers what it doesn't know") {
  CHECK(AlarmText(AlarmMember()) == "");
  CHECK(AlarmText(Make<AlarmMember>("memberID: 7")) == "memberID:7");
  CHECK(AlarmText(Make<AlarmMember>("alarm: CORRUPT")) == "alarm:CORRUPT");
  CHECK(AlarmText(Make<AlarmMember>("memberID: 7 alarm: 9")) == "memberID:7 alarm:9");
}

TEST_CASE("move-leader") {
  CHECK(PrintMoveLeader(0xe5f0258ab079f081, 0x569616708c60ba66, MoveLeaderResponse(), kSimple) ==
        "Leadership transferred from e5f0258ab079f081 to 569616708c60ba66\n");
  CHECK(PrintMoveLeader(1, 0xff, MoveLeaderResponse(), kSimple) ==
        "Leadership transferred from 1 to ff\n");
}

TEST_CASE("downgrade") {
  const auto answer = Make<DowngradeResponse>(1, "version: '3.7'");
  CHECK(PrintDowngrade(DowngradeRequest::VALIDATE, answer, kSimple) ==
        "Downgrade validate success, cluster version 3.7\n");
  CHECK(PrintDowngrade(DowngradeRequest::ENABLE, answer, kSimple) ==
        "Downgrade enable success, cluster version 3.7\n");
  CHECK(PrintDowngrade(DowngradeRequest::CANCEL, answer, kSimple) ==
        "Downgrade cancel success, cluster version 3.7\n");
  CHECK(PrintDowngrade(DowngradeRequest::VALIDATE, answer, kJson) ==
        HeaderJson(1, R"(,"version":"3.7")"));
}

}  // namespace
}  // namespace cairn::ctl
