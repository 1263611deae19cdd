// client/session.cc: see session.h.
#include "client/session.h"

#include <utility>

#include "client/keep_alive.h"

namespace cairn::client {

namespace {
constexpr int64_t kSecond = 1'000'000'000;
}

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
  int64_t ttl = ttl_seconds_;
  Deadline alive = Deadline::After(ttl * kSecond, client_.clock());
  while (!stop_.Wait(ttl * kSecond / 3)) {
    const auto renewed = KeepAliveOnce(client_, lease_, alive);
    if (stop_.IsSet()) return;
    // After Ctrl-C the owner is cleaning up; the lease lives long enough for that.
    if (!renewed.ok() && absl::IsCancelled(renewed.status())) continue;
    if (renewed.ok() && renewed->ttl() > 0) {
      ttl = renewed->ttl();
      alive = Deadline::After(ttl * kSecond, client_.clock());
      continue;
    }
    if (!renewed.ok() && alive.LeftNanos() > 0 && !absl::IsNotFound(renewed.status())) continue;
    const std::lock_guard lock(mutex_);
    lost_.Set();
    if (act_) act_();
    return;
  }
}

}  // namespace cairn::client
