// tools/ctl/alarms_left.cc: see alarms_left.h.
#include "tools/ctl/alarms_left.h"

#include <fmt/format.h>

#include "etcdserverpb.grpc.pb.h"

namespace cairn::ctl {

namespace {
constexpr int64_t kAskNanos = 1'000'000'000;
}

void NoteAlarmsLeft(cli::Invocation& in, client::Client& client) {
  etcdserverpb::AlarmRequest request;
  request.set_action(etcdserverpb::AlarmRequest::GET);
  etcdserverpb::AlarmResponse response;
  using etcdserverpb::Maintenance;
  const Status asked =
      client.Call<Maintenance>(&Maintenance::Stub::AsyncAlarm, request, response,
                               client::Repeat::kSafe, client::Deadline::After(kAskNanos));
  if (!asked.ok()) return;
  for (const auto& alarm : response.alarms()) {
    in.Note(fmt::format(
        "alarm {} of member {:x} is still on: writes stay refused until "
        "`{} alarm disarm`",
        etcdserverpb::AlarmType_Name(alarm.alarm()), alarm.memberid(), in.program().shown_name()));
  }
}

}  // namespace cairn::ctl
