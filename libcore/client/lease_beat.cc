// client/lease_beat.cc: see lease_beat.h.
#include "client/lease_beat.h"

#include "client/refusals.h"
#include "etcdserverpb.grpc.pb.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

using etcdserverpb::LeaseKeepAliveRequest;
using etcdserverpb::LeaseKeepAliveResponse;

constexpr int64_t kPauseNanos = 50'000'000;

// A stream of one question and one answer: unlike a standing one it has a deadline.
Status Beat(Client& client, int64_t id, Deadline deadline, LeaseKeepAliveResponse* response) {
  CAIRN_ASSIGN_OR_RETURN(const size_t at, client.Connect(deadline));
  grpc::ClientContext context;
  CAIRN_RETURN_IF_ERROR(client.Prepare(context, deadline));
  const OnInterrupt cancel([&] { context.TryCancel(); });
  etcdserverpb::Lease::Stub stub(client.channel(at));
  const auto stream = stub.LeaseKeepAlive(&context);
  LeaseKeepAliveRequest request;
  request.set_id(id);
  const bool answered = stream->Write(request) && stream->Read(response);
  if (answered) {
    stream->WritesDone();
    context.TryCancel();
    (void)stream->Finish();
    return absl::OkStatus();
  }
  const grpc::Status ended = stream->Finish();
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  if (ended.ok()) return absl::UnavailableError("the server ended the stream without an answer");
  return client.StreamStatus(at, ended);
}

}  // namespace

StatusOr<LeaseKeepAliveResponse> KeepAliveOnce(Client& client, int64_t id, Deadline deadline) {
  bool renewed = false;
  for (;;) {
    LeaseKeepAliveResponse response;
    const Status status = Beat(client, id, deadline, &response);
    if (status.ok()) return response;
    if (!renewed && AgainAfterText(Message(status)) == Again::kNewToken && client.DropToken()) {
      renewed = true;
      continue;
    }
    if (!absl::IsUnavailable(status) || deadline.LeftNanos() <= kPauseNanos) return status;
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    SystemClock().SleepNanos(kPauseNanos);
  }
}

}  // namespace cairn::client
