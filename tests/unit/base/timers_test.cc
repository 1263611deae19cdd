// tests/unit/base/timers_test.cc: order, cancelling, setting from within, and the end.
#include "base/timers.h"

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

#include "base/clock.h"
#include "base/event.h"

namespace cairn {
namespace {

constexpr int64_t kMilli = 1'000'000;

TEST_CASE("timers are called in the order of their times, not before") {
  std::vector<int> order;
  Event last;
  Timers timers;
  const int64_t start = SystemClock().MonotonicNanos();
  int64_t third = 0;
  timers.After(30 * kMilli, [&] {
    order.push_back(3);
    third = SystemClock().MonotonicNanos();
    last.Set();
  });
  timers.After(0, [&] { order.push_back(1); });
  timers.After(10 * kMilli, [&] { order.push_back(2); });
  REQUIRE(last.Wait(20'000 * kMilli));
  CHECK(order == std::vector<int>{1, 2, 3});
  CHECK(third - start >= 30 * kMilli);
}

TEST_CASE("a cancelled timer isn't called, a called one can't be cancelled") {
  std::atomic<bool> called = false;
  Event done, after;
  Timers timers;
  const Timers::Handle later = timers.After(50 * kMilli, [&] { called = true; });
  CHECK(timers.Cancel(later));
  CHECK_FALSE(timers.Cancel(later));
  const Timers::Handle now = timers.After(0, [&] { done.Set(); });
  REQUIRE(done.Wait(20'000 * kMilli));
  CHECK_FALSE(timers.Cancel(now));
  timers.After(80 * kMilli, [&] { after.Set(); });
  REQUIRE(after.Wait(20'000 * kMilli));
  CHECK_FALSE(called);
}

TEST_CASE("a timer sets the next, on the timers' own thread") {
  Event done;
  Timers timers;
  CHECK_FALSE(timers.IsOwnThread());
  bool own = false;
  timers.After(0, [&] {
    own = timers.IsOwnThread();
    timers.After(kMilli, [&] { done.Set(); });
  });
  REQUIRE(done.Wait(20'000 * kMilli));
  CHECK(own);
}

TEST_CASE(
    "ended, timers wait for what runs and forget the rest, without one they start no thread") {
  std::atomic<int> calls = 0;
  Event running;
  {
    Timers timers;
    timers.After(0, [&] {
      running.Set();
      SystemClock().SleepNanos(20 * kMilli);
      ++calls;
    });
    timers.After(INT64_MAX, [&] { ++calls; });
    REQUIRE(running.Wait(20'000 * kMilli));
  }
  CHECK(calls == 1);
  const Timers unused;
}

}  // namespace
}  // namespace cairn
