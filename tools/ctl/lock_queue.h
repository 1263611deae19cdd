// tools/ctl/lock_queue.h: what lock and elect have in common: they wait in a queue, hold the first
// place, and leave.
#pragma once

#include <functional>
#include <string_view>

#include "client/queue_place.h"
#include "tools/ctl/connection.h"

namespace cairn::ctl {

// Waits for the first place in the queue `name` with a session of `ttl_seconds`, and then calls
// `hold`, which returns when the place is to be given up. It is given up, too, after a signal
// during the wait. The lease lives on until it runs out, as etcdctl leaves it.
//
// Not OK: what `hold` returns; "context canceled" after a signal during the wait; failed calls.
cli::Outcome HoldPlace(
    cli::Invocation& in, client::Client& client, std::string_view name, std::string_view value,
    int64_t ttl_seconds,
    const std::function<cli::Outcome(client::Session&, client::QueuePlace&)>& hold);

// Waits until a signal comes (OK) or the session is lost (`lost`, as an error).
cli::Outcome HoldUntilSignal(client::Session& session, std::string_view lost);

}  // namespace cairn::ctl
