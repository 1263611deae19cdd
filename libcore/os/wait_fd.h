// os/wait_fd.h: waiting for a socket, not for ever.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace cairn {

enum class FdReady { kToRead, kToWrite };

// Returns once the descriptor can be read or written, or has an error that doing so will tell.
// Errors: DeadlineExceeded after `nanos`; Cancelled once a signal came (os/interrupt.h).
Status WaitForFd(int fd, FdReady ready, int64_t nanos);

}  // namespace cairn
