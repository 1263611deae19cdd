// tests/unit/base/parallel_test.cc: all parts run, and the first error wins.
#include "base/parallel.h"

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

namespace cairn {

TEST_CASE("each number is run once") {
  for (size_t n : {0, 1, 2, 7}) {
    std::vector<std::atomic<int>> runs(n);
    CHECK(RunInParallel(n, [&](size_t i) {
            ++runs[i];
            return absl::OkStatus();
          }).ok());
    for (const auto& count : runs) CHECK(count == 1);
  }
}

TEST_CASE("the parts really run at the same time") {
  std::atomic<int> arrived{0};
  CHECK(RunInParallel(2, [&](size_t) {
          ++arrived;
          while (arrived < 2) {
          }
          return absl::OkStatus();
        }).ok());
}

TEST_CASE("the error of the lowest number is returned, after all have ended") {
  std::atomic<int> ended{0};
  const Status status = RunInParallel(4, [&](size_t i) -> Status {
    ++ended;
    if (i < 2) return absl::OkStatus();
    return absl::InternalError(i == 2 ? "two" : "three");
  });
  CHECK(ended == 4);
  CHECK(Message(status) == "two");
}

}  // namespace cairn
