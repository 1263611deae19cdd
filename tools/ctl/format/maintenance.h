// tools/ctl/format/maintenance.h: the answers to `alarm list|disarm`, `move-leader` and
// `downgrade`.
#pragma once

#include <cstdint>
#include <string>

#include "etcdserverpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

// `memberID:7383792418829112008 alarm:NOSPACE`: an alarm as people read it; with `hex_ids` the
// member as `member list` shows it, `memberID:667880157b8812c8`.
std::string AlarmText(const etcdserverpb::AlarmMember& alarm, bool hex_ids = false);

// alarm list and alarm disarm: simple, json, fields, protobuf.
std::string PrintAlarms(const etcdserverpb::AlarmResponse& response, const Style& style);

// simple, json, protobuf.
std::string PrintMoveLeader(uint64_t leader, uint64_t target,
                            const etcdserverpb::MoveLeaderResponse& response, const Style& style);
std::string PrintDowngrade(etcdserverpb::DowngradeRequest::DowngradeAction action,
                           const etcdserverpb::DowngradeResponse& response, const Style& style);

}  // namespace cairn::ctl
