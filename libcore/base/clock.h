// base/clock.h: the seam for time. Only `base` reads a clock or sleeps; tests use a clock that they
// turn by hand.
#pragma once

#include <cstdint>
#include <string>

namespace cairn {

class Clock {
 public:
  virtual ~Clock() = default;
  // Nanoseconds since some fixed moment; never goes back.
  virtual int64_t MonotonicNanos() = 0;
  // Nanoseconds since the Unix epoch.
  virtual int64_t WallNanos() = 0;
  virtual void SleepNanos(int64_t nanos) = 0;
};

// The machine's clock. Lives for ever, thread-safe.
Clock& SystemClock();

// "20261122-001530": date and time of day in UTC, for names that sort by it.
std::string UtcStamp(int64_t wall_nanos);

// A clock that moves only when told; SleepNanos moves it. Not thread-safe.
class ManualClock : public Clock {
 public:
  explicit ManualClock(int64_t start_nanos = 0) : now_(start_nanos) {}
  int64_t MonotonicNanos() override { return now_; }
  int64_t WallNanos() override { return now_; }
  void SleepNanos(int64_t nanos) override { now_ += nanos; }

 private:
  int64_t now_;
};

}  // namespace cairn
