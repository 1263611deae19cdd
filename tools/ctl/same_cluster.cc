// tools/ctl/same_cluster.cc: see same_cluster.h.
#include "tools/ctl/same_cluster.h"

#include "os/interrupt.h"

namespace cairn::ctl {

namespace {

using etcdserverpb::StatusResponse;

// A member may be a moment behind the leader: looked at again after these pauses.
constexpr int64_t kPausesNanos[] = {0, 100'000'000, 400'000'000};

// Needs no permission, and no quorum.
StatusOr<StatusResponse> Ask(client::Client& client, client::Deadline deadline) {
  StatusResponse response;
  CAIRN_RETURN_IF_ERROR(
      client.Call(client::kStatus, etcdserverpb::StatusRequest(), response, deadline));
  return response;
}

bool Between(const StatusResponse& before, const StatusResponse& at, const StatusResponse& after) {
  const auto& a = before.header();
  const auto& b = at.header();
  const auto& c = after.header();
  if (a.revision() > b.revision() || b.revision() > c.revision()) return false;
  if (a.member_id() != b.member_id() || b.member_id() != c.member_id()) return true;
  return before.raftterm() <= at.raftterm() && at.raftterm() <= after.raftterm() &&
         before.raftindex() <= at.raftindex() && at.raftindex() <= after.raftindex();
}

}  // namespace

StatusOr<uint64_t> SharedClusterId(client::Client& first, client::Client& second,
                                   client::Deadline deadline) {
  for (const int64_t pause_nanos : kPausesNanos) {
    CAIRN_ASSIGN_OR_RETURN(const StatusResponse before, Ask(first, deadline));
    SystemClock().SleepNanos(pause_nanos / 2);
    const auto at = Ask(second, deadline);
    if (!at.ok()) return Annotate(at.status(), "destination");
    if (before.header().cluster_id() != at->header().cluster_id()) return 0;
    SystemClock().SleepNanos(pause_nanos / 2);
    CAIRN_ASSIGN_OR_RETURN(const StatusResponse after, Ask(first, deadline));
    if (Between(before, *at, after)) return at->header().cluster_id();
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  }
  return 0;
}

}  // namespace cairn::ctl
