// tools/ctl/lock_queue.cc: see lock_queue.h.
#include "tools/ctl/lock_queue.h"

#include "base/event.h"
#include "os/interrupt.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Outcome;

constexpr const char* kCanceled = "context canceled";

Outcome Unless(const Status& status) {
  if (absl::IsCancelled(status)) return {ExitCode::kError, kCanceled};
  return status;
}

}  // namespace

Outcome HoldPlace(cli::Invocation& in, client::Client& client, std::string_view name,
                  std::string_view value, int64_t ttl_seconds,
                  const std::function<Outcome(client::Session&, client::QueuePlace&)>& hold) {
  auto session = client::Session::Start(client, ttl_seconds, DeadlineIfGiven(in));
  if (!session.ok()) return Unless(session.status());
  client::QueuePlace place(client, **session, name);
  (*session)->OnLost([&] { place.Abandon(); });
  const Status entered = place.Enter(value);
  const bool lost = (*session)->lost();
  Outcome outcome = entered.ok() ? hold(**session, place) : Unless(entered);
  if (lost && !entered.ok()) outcome = {ExitCode::kError, "session expired"};
  // Leaving must not be stopped by the signal that asked for it.
  TakeInterrupt();
  // A cluster that is out of reach isn't waited for: the lease will run out.
  const Status left = place.Leave(CommandDeadline(in));
  (*session)->OnLost(nullptr);
  if (!outcome.status.ok() || (*session)->lost()) return outcome;
  return Unless(left);
}

Outcome HoldUntilSignal(client::Session& session, std::string_view lost) {
  Event over;
  session.OnLost([&] { over.Set(); });
  const OnInterrupt wake([&] { over.Set(); });
  over.Wait();
  session.OnLost(nullptr);
  if (session.lost() && CheckInterrupt().ok()) return {ExitCode::kError, lost};
  return absl::OkStatus();
}

}  // namespace cairn::ctl
