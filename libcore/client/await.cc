// client/await.cc: see await.h.
#include "client/await.h"

#include "os/interrupt.h"

namespace cairn::client {

namespace {

// How long Ctrl-C may wait for a call.
constexpr int64_t kLookNanos = 50'000'000;

}  // namespace

gpr_timespec ToGpr(Deadline deadline) {
  if (deadline.never()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(deadline.LeftNanos(), GPR_TIMESPAN));
}

bool AwaitStep(grpc::ClientContext& context, grpc::CompletionQueue& steps, Deadline give_up) {
  void* tag = nullptr;
  bool ok = false;
  while (steps.AsyncNext(&tag, &ok, ToGpr(Deadline::After(kLookNanos))) ==
         grpc::CompletionQueue::TIMEOUT) {
    if (InterruptSignal() != 0 || give_up.LeftNanos() == 0) context.TryCancel();
  }
  return ok;
}

}  // namespace cairn::client
