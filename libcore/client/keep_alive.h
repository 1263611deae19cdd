// client/keep_alive.h: one renewal of a lease, and how long a lease lives by those before it.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "client/client.h"
#include "etcdserverpb.pb.h"

namespace cairn::client {

// Renews the lease `id` at any endpoint; while none answers, again until the deadline. An answer
// with a TTL of 0 says that the lease is gone.
StatusOr<etcdserverpb::LeaseKeepAliveResponse> KeepAliveOnce(Client& client, int64_t id,
                                                             Deadline deadline);

// The life of a lease that is renewed three times in its TTL. Used by one thread; `clock` must
// outlive it.
class LeaseLife {
 public:
  LeaseLife(int64_t ttl_seconds, Clock& clock);

  // Until the next renewal.
  int64_t PauseNanos() const;
  // When the lease ends if it is not renewed.
  Deadline alive() const { return alive_; }
  // Takes the result of a renewal. False when the lease is gone, or may be: nobody answered for as
  // long as it lives. A renewal that was cancelled says nothing.
  bool Take(const StatusOr<etcdserverpb::LeaseKeepAliveResponse>& renewed);

 private:
  Clock& clock_;
  int64_t ttl_seconds_;
  Deadline alive_;
};

}  // namespace cairn::client
