// base/event.h: something that happens once, and threads that wait for it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace cairn {

// Thread-safe. Stays set.
class Event {
 public:
  void Set();
  bool IsSet() const;
  // Whether it is set after at most `nanos`.
  bool Wait(int64_t nanos);
  void Wait();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace cairn
