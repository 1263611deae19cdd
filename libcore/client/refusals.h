// client/refusals.h: what servers refuse, and whether the same request may be sent again. The
// statuses are those of transport.h.
#pragma once

#include <string_view>

#include "base/status.h"

namespace cairn::client {

// What may follow a failed call.
enum class Again {
  kNever,      // the answer is final
  kReads,      // nobody knows whether the request took effect: only what changes nothing
  kAll,        // the request wasn't taken: writes, too, another endpoint first
  kElsewhere,  // this endpoint alone refuses, and would again: each other one, once; writes, too
  kNewToken,   // the request wasn't taken: with another token; writes, too
};

Again AgainAfter(const Status& status);

// The same for the text alone, which a watch is refused with: kNewToken, kElsewhere or else kNever.
Again AgainAfterText(std::string_view text);

// The connection didn't come about: nothing was sent.
bool NotConnected(const Status& status);

// The cluster, and not only this endpoint, has no leader or may have none: no answer in time.
bool MayLackQuorum(const Status& status);

}  // namespace cairn::client
