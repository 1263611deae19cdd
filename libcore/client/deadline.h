// client/deadline.h: until when a call may take.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace cairn::client {

// A moment on the monotonic clock, or never.
class Deadline {
 public:
  static Deadline Never() { return Deadline(INT64_MAX, nullptr); }
  // `nanos` from now on; `clock` must outlive it.
  static Deadline After(int64_t nanos, Clock& clock = SystemClock()) {
    return Deadline(clock.MonotonicNanos() + nanos, &clock);
  }

  // The same moment, but a call fails at once if every endpoint refuses the connection or has a
  // certificate that is not trusted: to wait does not help then.
  Deadline UnlessRefused() const {
    Deadline same = *this;
    same.unless_refused_ = true;
    return same;
  }

  bool never() const { return at_ == INT64_MAX; }
  bool unless_refused() const { return unless_refused_; }
  // Not below 0.
  int64_t LeftNanos() const {
    if (never()) return INT64_MAX;
    const int64_t left = at_ - clock_->MonotonicNanos();
    return left > 0 ? left : 0;
  }
  Deadline Earlier(Deadline other) const { return at_ < other.at_ ? *this : other; }

 private:
  Deadline(int64_t at, Clock* clock) : at_(at), clock_(clock) {}
  int64_t at_;
  Clock* clock_;  // none: never
  bool unless_refused_ = false;
};

}  // namespace cairn::client
