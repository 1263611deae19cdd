// client/session.h: a lease that lives as long as its owner: what locks and elections are held by.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/background_thread.h"
#include "base/event.h"
#include "client/client.h"

namespace cairn::client {

// Grants a lease and renews it every third of its TTL on a thread of its own. The destructor ends
// the renewing but does not revoke the lease. Thread-safe; `client` must outlive it.
class Session {
 public:
  static StatusOr<std::unique_ptr<Session>> Start(Client& client, int64_t ttl_seconds,
                                                  Deadline deadline);
  ~Session();

  int64_t lease() const { return lease_; }
  // The lease is gone, or may be: nobody answered for as long as it lives. Stays so.
  bool lost() const { return lost_.IsSet(); }
  // Calls `act`, on the renewing thread, when the session is lost. To be called once, before
  // anything depends on it.
  void OnLost(std::function<void()> act);

 private:
  Session(Client& client, int64_t lease, int64_t ttl_seconds)
      : client_(client), lease_(lease), ttl_seconds_(ttl_seconds) {}
  void Renew();

  Client& client_;
  const int64_t lease_;
  const int64_t ttl_seconds_;
  Event stop_, lost_;
  std::mutex mutex_;
  std::function<void()> act_;
  std::unique_ptr<BackgroundThread> thread_;
};

}  // namespace cairn::client
