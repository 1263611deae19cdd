// tools/ctl/format/maintenance.cc: see maintenance.h.
#include "tools/ctl/format/maintenance.h"

#include <utility>

#include <fmt/format.h>

#include "gotext/quote.h"
#include "tools/ctl/format/pieces.h"

namespace cairn::ctl {

namespace {

using etcdserverpb::AlarmMember;
using etcdserverpb::DowngradeRequest;
using render::Format;

std::string TypeName(const AlarmMember& alarm) {
  return EnumName(etcdserverpb::AlarmType_Name<etcdserverpb::AlarmType>, alarm.alarm());
}

template <typename Response>
std::string PrintLine(const Response& response, const Style& style, std::string line) {
  if (style.format == Format::kJson || style.format == Format::kProtobuf) {
    return PrintMessage(response, style.format);
  }
  return line;
}

}  // namespace

std::string AlarmText(const AlarmMember& alarm, bool hex_ids) {
  std::string out;
  if (alarm.memberid() != 0) {
    out = "memberID:" + (hex_ids ? IdHex(alarm.memberid()) : std::to_string(alarm.memberid()));
  }
  if (alarm.alarm() != etcdserverpb::NONE) {
    if (!out.empty()) out += ' ';
    out += fmt::format("alarm:{}", TypeName(alarm));
  }
  return out;
}

std::string PrintAlarms(const etcdserverpb::AlarmResponse& response, const Style& style) {
  if (style.format == Format::kFields) {
    render::Fields out;
    AddHeader(response.header(), style.hex, &out);
    for (const AlarmMember& alarm : response.alarms()) {
      AddId("MemberID", alarm.memberid(), style.hex, &out);
      out.Add("AlarmType", TypeName(alarm)).Line("");
    }
    return std::move(out).text();
  }
  std::string lines;
  for (const AlarmMember& alarm : response.alarms()) {
    lines += AlarmText(alarm, style.hex_ids) + "\n";
  }
  return PrintLine(response, style, std::move(lines));
}

std::string PrintMoveLeader(uint64_t leader, uint64_t target,
                            const etcdserverpb::MoveLeaderResponse& response, const Style& style) {
  return PrintLine(response, style,
                   fmt::format("Leadership transferred from {:x} to {:x}\n", leader, target));
}

std::string PrintDowngrade(DowngradeRequest::DowngradeAction action,
                           const etcdserverpb::DowngradeResponse& response, const Style& style) {
  const std::string_view name = action == DowngradeRequest::VALIDATE ? "validate"
                                : action == DowngradeRequest::ENABLE ? "enable"
                                                                     : "cancel";
  return PrintLine(response, style,
                   fmt::format("Downgrade {} success, cluster version {}\n", name,
                               Printable(response.version())));
}

}  // namespace cairn::ctl
