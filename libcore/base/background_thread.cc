// base/background_thread.cc: see background_thread.h.
#include "base/background_thread.h"

#include <string>
#include <system_error>
#include <utility>

namespace cairn {

StatusOr<std::unique_ptr<BackgroundThread>> BackgroundThread::Start(std::function<void()> run) {
  std::unique_ptr<BackgroundThread> started(new BackgroundThread);
  try {
    started->thread_ = std::thread(std::move(run));
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(std::string("start a thread: ") + error.what());
  }
  return started;
}

BackgroundThread::~BackgroundThread() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace cairn
