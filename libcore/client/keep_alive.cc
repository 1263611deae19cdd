// client/keep_alive.cc: see keep_alive.h.
#include "client/keep_alive.h"

#include "client/refusals.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

using etcdserverpb::LeaseKeepAliveRequest;
using etcdserverpb::LeaseKeepAliveResponse;

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kPauseNanos = 50'000'000;

// A stream of one question and one answer: unlike a standing one it has a deadline.
Status AskOnce(Client& client, int64_t id, Deadline deadline, LeaseKeepAliveResponse& response) {
  CAIRN_ASSIGN_OR_RETURN(const size_t at, client.Connect(deadline));
  CAIRN_ASSIGN_OR_RETURN(const CallOptions options, client.Prepare(deadline));
  const auto stream = client.transport().Open(at, kLeaseKeepAlive, options);
  const OnInterrupt cancel([&] { stream->Cancel(); });
  LeaseKeepAliveRequest request;
  request.set_id(id);
  stream->Write(request);
  if (stream->Read(response)) {
    stream->WritesDone();
    stream->Cancel();
    (void)stream->Finish();
    return absl::OkStatus();
  }
  const Status ended = stream->Finish();
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  if (ended.ok()) return absl::UnavailableError("the server ended the stream without an answer");
  return client.StreamStatus(at, ended);
}

}  // namespace

StatusOr<LeaseKeepAliveResponse> KeepAliveOnce(Client& client, int64_t id, Deadline deadline) {
  bool renewed = false;
  for (;;) {
    LeaseKeepAliveResponse response;
    const Status status = AskOnce(client, id, deadline, response);
    if (status.ok()) return response;
    if (!renewed && AgainAfterText(Message(status)) == Again::kNewToken && client.DropToken()) {
      renewed = true;
      continue;
    }
    if (!absl::IsUnavailable(status) || deadline.LeftNanos() <= kPauseNanos) return status;
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    client.clock().SleepNanos(kPauseNanos);
  }
}

LeaseLife::LeaseLife(int64_t ttl_seconds, Clock& clock)
    : clock_(clock),
      ttl_seconds_(ttl_seconds),
      alive_(Deadline::After(ttl_seconds * kSecond, clock)) {}

int64_t LeaseLife::PauseNanos() const { return ttl_seconds_ * kSecond / 3; }

bool LeaseLife::Take(const StatusOr<LeaseKeepAliveResponse>& renewed) {
  if (renewed.ok() && renewed->ttl() > 0) {
    ttl_seconds_ = renewed->ttl();
    alive_ = Deadline::After(ttl_seconds_ * kSecond, clock_);
    return true;
  }
  if (renewed.ok()) return false;
  if (absl::IsCancelled(renewed.status())) return true;
  return alive_.LeftNanos() > 0 && !absl::IsNotFound(renewed.status());
}

}  // namespace cairn::client
