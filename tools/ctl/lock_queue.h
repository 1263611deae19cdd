// tools/ctl/lock_queue.h: what lock and elect have in common: they wait for their turn, have it,
// and give it back.
#pragma once

#include <functional>
#include <string_view>

#include "client/queue_place.h"
#include "tools/ctl/connection.h"

namespace cairn::ctl {

// A place in the queue `name`, held by a session of `ttl_seconds`. When it is the first, `had` is
// called, for as long as it is to be had; then, or after a signal while it waits, the place is
// given up. The lease lives on until it runs out, as etcdctl leaves it.
//
// Not OK: what `had` returns; "context canceled" after a signal during the wait; failed calls.
cli::Outcome TakeTurn(
    cli::Invocation& in, client::Client& client, std::string_view name, std::string_view value,
    int64_t ttl_seconds,
    const std::function<cli::Outcome(client::Session&, client::QueuePlace&)>& had);

// Waits until a signal comes (OK) or the session is lost (`lost`, as an error).
cli::Outcome HoldUntilSignal(client::Session& session, std::string_view lost);

}  // namespace cairn::ctl
