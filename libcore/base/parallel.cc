// base/parallel.cc: see parallel.h.
#include "base/parallel.h"

#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace cairn {

Status RunInParallel(size_t n, const std::function<Status(size_t)>& fn) {
  std::vector<Status> results(n);
  std::vector<std::thread> threads;
  std::vector<size_t> left;
  threads.reserve(n);
  for (size_t i = 1; i < n; ++i) {
    try {
      threads.emplace_back([&, i] { results[i] = fn(i); });
    } catch (const std::system_error&) {
      left.push_back(i);
    }
  }
  if (n > 0) results[0] = fn(0);
  for (size_t i : left) results[i] = fn(i);
  for (std::thread& thread : threads) thread.join();
  for (const Status& result : results) CAIRN_RETURN_IF_ERROR(result);
  return absl::OkStatus();
}

Status RunInParallel(size_t n, const std::function<Status(size_t)>& fn,
                     const std::function<Status(size_t)>& done) {
  std::mutex mutex;
  std::vector<bool> ended(n);
  size_t told = 0;
  Status telling = absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(RunInParallel(n, [&](size_t i) {
    Status result = fn(i);
    const std::lock_guard lock(mutex);
    ended[i] = true;
    for (; told < n && ended[told]; ++told) {
      if (telling.ok()) telling = done(told);
    }
    return result;
  }));
  return telling;
}

}  // namespace cairn
