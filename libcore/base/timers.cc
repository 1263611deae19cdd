// base/timers.cc: see timers.h.
#include "base/timers.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "base/clock.h"

namespace cairn {

namespace {

thread_local const Timers* t_own = nullptr;

}  // namespace

Timers::~Timers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.reset();
}

Timers::Handle Timers::After(int64_t nanos, std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  const int64_t now = SystemClock().MonotonicNanos();
  const Handle handle{now + std::clamp<int64_t>(nanos, 0, INT64_MAX - now), ++last_number_};
  timers_.emplace(handle, std::move(act));
  if (thread_ == nullptr) {
    auto started = BackgroundThread::Start([this] { Run(); });
    CAIRN_CHECK(started.ok());
    thread_ = std::move(*started);
  }
  changed_.notify_all();
  return handle;
}

bool Timers::Cancel(Handle handle) {
  std::function<void()> cancelled;  // its destructor may need the lock
  const std::lock_guard lock(mutex_);
  const auto found = timers_.find(handle);
  if (found == timers_.end()) return false;
  cancelled = std::move(found->second);
  timers_.erase(found);
  return true;
}

bool Timers::IsOwnThread() const { return t_own == this; }

void Timers::Run() {
  t_own = this;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (timers_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = timers_.begin();
    const int64_t left = first->first.at_nanos - SystemClock().MonotonicNanos();
    if (left > 0) {
      // A far one is looked at again: the clocks' limits differ.
      changed_.wait_for(lock,
                        std::chrono::nanoseconds(std::min<int64_t>(left, 3600 * 1'000'000'000LL)));
      continue;
    }
    std::function<void()> act = std::move(first->second);
    timers_.erase(first);
    lock.unlock();
    act();
    act = nullptr;
    lock.lock();
  }
}

}  // namespace cairn
