// base/event.cc: see event.h.
#include "base/event.h"

#include <algorithm>
#include <chrono>

namespace cairn {

namespace {
// What can be added to any moment without an overflow.
constexpr int64_t kLongestNanos = int64_t{365} * 24 * 3600 * 1'000'000'000;
}  // namespace

void Event::Set() {
  // Under the lock: who waited may end the event as soon as it has the lock again.
  const std::lock_guard lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

bool Event::IsSet() const {
  const std::lock_guard lock(mutex_);
  return set_;
}

bool Event::Wait(int64_t nanos) {
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::nanoseconds(std::clamp<int64_t>(nanos, 0, kLongestNanos));
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, end, [&] { return set_; });
}

void Event::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return set_; });
}

}  // namespace cairn
