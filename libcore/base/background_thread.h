// base/background_thread.h: work that goes on beside its starter's.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "base/status.h"

namespace cairn {

// A thread that runs one function, which must not throw. The destructor waits for its end: whoever
// owns it has told the function to end before (base/event.h).
class BackgroundThread {
 public:
  // Error: ResourceExhausted where the machine gives no more threads.
  static StatusOr<std::unique_ptr<BackgroundThread>> Start(std::function<void()> run);
  ~BackgroundThread();
  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;

 private:
  BackgroundThread() = default;
  std::thread thread_;
};

}  // namespace cairn
