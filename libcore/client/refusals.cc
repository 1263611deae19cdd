// client/refusals.cc: see refusals.h. The texts are those of etcd's api/v3rpc/rpctypes. etcd's
// client repeats a read whenever the code is Unavailable, a write only when no connection is there,
// and both for another token and when a learner refuses; what it doesn't repeat and we do is marked
// with a +.
#include "client/refusals.h"

#include <string>

namespace cairn::client {

namespace {

struct Refusal {
  std::string_view text;
  Again again;
};

constexpr Refusal kRefusals[] = {
    // Asked for before a request is proposed, or while its leader is looked for. (+ writes)
    {"etcdserver: no leader", Again::kAll},
    // The method isn't served until the cluster's version is known. (+ writes)
    {"etcdserver: not capable", Again::kAll},
    // Given to linearizable reads and to lease timetolive alone, which change nothing; a
    // transaction that gets it has not been proposed yet. (+ transactions)
    {"etcdserver: leader changed", Again::kAll},
    // A member change that would lose the quorum: refused before it is proposed, and again.
    {"etcdserver: unhealthy cluster", Again::kNever},
    // A learner refuses before it looks at the request. Voters don't.
    {"etcdserver: rpc not supported for learner", Again::kElsewhere},
    // This member lags behind in applying; refused before it is proposed. (+)
    {"etcdserver: too many requests", Again::kElsewhere},
    // The token's user was judged by older users and roles than those at the time when the request
    // came to be applied: it was not applied. Also without a token, when a certificate names the
    // user: then the same again is right.
    {"etcdserver: revision of auth store is old", Again::kNewToken},
    // Refused before the request is proposed.
    {"etcdserver: invalid auth token", Again::kNewToken},
    // Authentication was enabled after the server had said that there is none.
    {"etcdserver: user name is empty", Again::kNewToken},
    // The member stops, or its proposal timed out: it may still be applied.
    {"etcdserver: server stopped", Again::kReads},
    {"etcdserver: request timed out", Again::kReads},
    {"etcdserver: request timed out, possibly due to previous leader failure", Again::kReads},
    {"etcdserver: request timed out, possibly due to connection lost", Again::kReads},
    {"etcdserver: request timed out, waiting for the applied index took too long", Again::kReads},
};

const Refusal* Find(std::string_view text) {
  for (const Refusal& refusal : kRefusals) {
    if (refusal.text == text) return &refusal;
  }
  return nullptr;
}

}  // namespace

Again AgainAfter(const Status& status) {
  if (const Refusal* refusal = Find(Message(status))) return refusal->again;
  if (NotConnected(status)) return Again::kAll;
  // A connection that broke; a server's text that is new.
  return absl::IsUnavailable(status) ? Again::kReads : Again::kNever;
}

Again AgainAfterText(std::string_view text) {
  // A watch's reason may have the code before it: "rpc error: code = Unauthenticated desc = …".
  constexpr std::string_view kDescription = " desc = ";
  if (const size_t at = text.find(kDescription);
      text.starts_with("rpc error: ") && at != std::string_view::npos) {
    text.remove_prefix(at + kDescription.size());
  }
  const Refusal* refusal = Find(text);
  const Again again = refusal != nullptr ? refusal->again : Again::kNever;
  return again == Again::kNewToken || again == Again::kElsewhere ? again : Again::kNever;
}

bool NotConnected(const Status& status) {
  if (!absl::IsUnavailable(status)) return false;
  const std::string_view text = Message(status);
  return text.starts_with("failed to connect to all addresses") ||
         text.starts_with("DNS resolution failed") || text.starts_with("empty address list");
}

bool MayLackQuorum(const Status& status) {
  const std::string_view text = Message(status);
  return absl::IsDeadlineExceeded(status) ||
         (absl::IsUnavailable(status) &&
          (text == "etcdserver: no leader" || text.starts_with("etcdserver: request timed out")));
}

}  // namespace cairn::client
