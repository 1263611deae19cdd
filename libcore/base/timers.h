// base/timers.h: functions that are called later, by one thread.
#pragma once

#include <compare>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "base/background_thread.h"

namespace cairn {

// Thread-safe. The thread starts with the first timer. Destroyed, it waits for the function that
// runs and calls no other.
class Timers {
 public:
  // Tells one timer from all others.
  struct Handle {
    int64_t at_nanos = 0;
    int64_t number = 0;
    auto operator<=>(const Handle&) const = default;
  };

  Timers() = default;
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // `act` may set and cancel timers, and must not throw.
  Handle After(int64_t nanos, std::function<void()> act);
  // False when it was called already, or is being called.
  bool Cancel(Handle handle);
  // Whether this thread is the one that calls.
  bool IsOwnThread() const;

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Handle, std::function<void()>> timers_;
  int64_t last_number_ = 0;
  bool stopping_ = false;
  std::unique_ptr<BackgroundThread> thread_;
};

}  // namespace cairn
