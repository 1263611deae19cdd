// base/clock.cc: the machine's clock.
#include "base/clock.h"

#include <ctime>

namespace cairn {

namespace {

int64_t Read(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

class RealClock : public Clock {
 public:
  int64_t MonotonicNanos() override { return Read(CLOCK_MONOTONIC); }
  int64_t WallNanos() override { return Read(CLOCK_REALTIME); }
  void SleepNanos(int64_t nanos) override {
    timespec t{nanos / 1'000'000'000, nanos % 1'000'000'000};
    while (nanosleep(&t, &t) != 0) {
    }
  }
};

}  // namespace

Clock& SystemClock() {
  static RealClock clock;
  return clock;
}

}  // namespace cairn
