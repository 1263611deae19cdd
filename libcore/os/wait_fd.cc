// os/wait_fd.cc: see wait_fd.h.
#include "os/wait_fd.h"

#include <poll.h>

#include <algorithm>

#include "base/clock.h"
#include "os/interrupt.h"

namespace cairn {

namespace {

// A signal between a look at its flag and the wait is seen after this.
constexpr int64_t kLookMillis = 100;
constexpr int64_t kNanosPerMilli = 1'000'000;

}  // namespace

Status WaitForFd(int fd, FdReady ready, int64_t nanos) {
  const int64_t began = SystemClock().MonotonicNanos();
  pollfd watched{fd, static_cast<short>(ready == FdReady::kToRead ? POLLIN : POLLOUT), 0};
  for (;;) {
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    const int64_t left = nanos - (SystemClock().MonotonicNanos() - began);
    if (left <= 0) return absl::DeadlineExceededError("context deadline exceeded");
    const int64_t millis = std::min(left / kNanosPerMilli + 1, kLookMillis);
    if (::poll(&watched, 1, static_cast<int>(millis)) > 0) return absl::OkStatus();
  }
}

}  // namespace cairn
