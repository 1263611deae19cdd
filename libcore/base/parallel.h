// base/parallel.h: the same work on several cores at once.
#pragma once

#include <cstddef>
#include <functional>

#include "base/status.h"

namespace cairn {

// Runs fn(0) … fn(n-1), each on a thread of its own (fn(0) on the caller's), and returns when all
// have ended. Of several errors that of the lowest number is returned. `fn` must be safe to call
// from several threads at once and must not throw. Where the machine gives no more threads, the
// caller does their part.
Status RunInParallel(size_t n, const std::function<Status(size_t)>& fn);

// The same, and tells each number in order: done(i) is called once fn(0) … fn(i) have ended, not
// only when all have. Never two calls of `done` at once, on any of the threads. An error of `done`
// ends the telling, and is returned where no `fn` failed.
Status RunInParallel(size_t n, const std::function<Status(size_t)>& fn,
                     const std::function<Status(size_t)>& done);

}  // namespace cairn
