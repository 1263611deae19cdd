// client/session.cc: see session.h.
#include "client/session.h"

#include <utility>

#include "client/keep_alive.h"

namespace cairn::client {

StatusOr<std::unique_ptr<Session>> Session::Start(Client& client, int64_t ttl_seconds,
                                                  Deadline deadline) {
  etcdserverpb::LeaseGrantRequest request;
  request.set_ttl(ttl_seconds);
  etcdserverpb::LeaseGrantResponse response;
  // A lease that was granted twice harms nobody: the first runs out.
  CAIRN_RETURN_IF_ERROR(client.Call(kLeaseGrant.Repeatable(), request, response, deadline));
  std::unique_ptr<Session> session(new Session(client, response.id(), response.ttl()));
  CAIRN_ASSIGN_OR_RETURN(session->thread_,
                         BackgroundThread::Start([raw = session.get()] { raw->Renew(); }));
  return session;
}

Session::~Session() { stop_.Set(); }

void Session::OnLost(std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  act_ = std::move(act);
  if (lost() && act_) act_();
}

void Session::Renew() {
  LeaseLife life(ttl_seconds_, client_.clock());
  while (!stop_.Wait(life.PauseNanos())) {
    const auto renewed = KeepAliveOnce(client_, lease_, life.alive());
    if (stop_.IsSet()) return;
    // After Ctrl-C the owner is cleaning up; the lease lives long enough for that.
    if (life.Take(renewed)) continue;
    const std::lock_guard lock(mutex_);
    lost_.Set();
    if (act_) act_();
    return;
  }
}

}  // namespace cairn::client
