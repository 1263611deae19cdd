// tools/ctl/alarms_left.cc: see alarms_left.h.
#include "tools/ctl/alarms_left.h"

#include <fmt/format.h>

namespace cairn::ctl {

namespace {
constexpr int64_t kAskNanos = 1'000'000'000;
}

void NoteAlarmsLeft(cli::Invocation& in, client::Client& client) {
  etcdserverpb::AlarmRequest request;
  request.set_action(etcdserverpb::AlarmRequest::GET);
  etcdserverpb::AlarmResponse response;
  const Status asked =
      client.Call(client::kAlarm, request, response, client::Deadline::After(kAskNanos));
  if (!asked.ok()) return;
  for (const auto& alarm : response.alarms()) {
    in.Note(fmt::format(
        "alarm {} of member {:x} is still on: writes stay refused until "
        "`{} alarm disarm`",
        etcdserverpb::AlarmType_Name(alarm.alarm()), alarm.memberid(), in.program().shown_name()));
  }
}

}  // namespace cairn::ctl
