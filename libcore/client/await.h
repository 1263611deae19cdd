// client/await.h: waiting for a step of a call in a completion queue, not longer than Ctrl-C
// allows.
#pragma once

#include <grpcpp/grpcpp.h>

#include "client/deadline.h"

namespace cairn::client {

gpr_timespec ToGpr(Deadline deadline);

// Waits for the one step that is under way in `steps`; whether it succeeded. After Ctrl-C, and when
// `give_up` has come, it cancels the call, which ends the step. No thread waits for the signal:
// that takes as long as a
// call does.
bool AwaitStep(grpc::ClientContext& context, grpc::CompletionQueue& steps,
               Deadline give_up = Deadline::Never());

}  // namespace cairn::client
