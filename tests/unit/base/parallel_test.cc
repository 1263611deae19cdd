// tests/unit/base/parallel_test.cc: all parts run, and the first error wins.
#include "base/parallel.h"

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

#include "base/event.h"

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

TEST_CASE("what is done is told in order, and without waiting for what comes after it") {
  Event first_told;
  std::vector<size_t> told;
  CHECK(RunInParallel(
            4,
            [&](size_t i) -> Status {
              if (i == 1) CHECK(first_told.Wait(60'000'000'000));
              return absl::OkStatus();
            },
            [&](size_t i) -> Status {
              told.push_back(i);
              if (i == 0) first_told.Set();
              return absl::OkStatus();
            })
            .ok());
  CHECK(told == std::vector<size_t>{0, 1, 2, 3});
}

TEST_CASE("an error in telling ends the telling, not the work") {
  std::atomic<int> ended{0};
  std::vector<size_t> told;
  const Status status = RunInParallel(
      4,
      [&](size_t) -> Status {
        ++ended;
        return absl::OkStatus();
      },
      [&](size_t i) -> Status {
        told.push_back(i);
        if (i == 1) return absl::InternalError("full");
        return absl::OkStatus();
      });
  CHECK(ended == 4);
  CHECK(told == std::vector<size_t>{0, 1});
  CHECK(Message(status) == "full");
}

}  // namespace cairn
