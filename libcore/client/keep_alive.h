// client/keep_alive.h: one renewal of a lease.
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

}  // namespace cairn::client
