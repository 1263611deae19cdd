// base/clock.cc: the machine's clock.
#include "base/clock.h"

#include <fmt/format.h>

#include <chrono>
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

std::string UtcStamp(int64_t wall_nanos) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::seconds> time(
      floor<std::chrono::seconds>(std::chrono::nanoseconds(wall_nanos)));
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<std::chrono::seconds> clock(time - day);
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace cairn
