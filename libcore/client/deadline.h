// client/deadline.h: until when a call may take.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace cairn::client {

// A moment on the monotonic clock, or never.
class Deadline {
 public:
  static Deadline Never() { return Deadline(INT64_MAX); }
  static Deadline After(int64_t nanos) { return Deadline(SystemClock().MonotonicNanos() + nanos); }

  bool never() const { return at_ == INT64_MAX; }
  // Not below 0.
  int64_t LeftNanos() const {
    if (never()) return INT64_MAX;
    const int64_t left = at_ - SystemClock().MonotonicNanos();
    return left > 0 ? left : 0;
  }
  Deadline Earlier(Deadline other) const { return Deadline(at_ < other.at_ ? at_ : other.at_); }

 private:
  explicit Deadline(int64_t at) : at_(at) {}
  int64_t at_;
};

}  // namespace cairn::client
