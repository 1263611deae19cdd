// tests/unit/render/progress_bar_test.cc: what progress shows, by a clock turned by hand.
#include "render/progress_bar.h"

#include <doctest/doctest.h>

#include <vector>

namespace cairn::render {
namespace {

constexpr int64_t kMs = 1'000'000;

struct Screen {
  std::vector<std::string> writes;
  ProgressBar::Sink sink() {
    return [this](std::string_view text) { writes.emplace_back(text); };
  }
};

TEST_CASE("the bar shows stage, percent, amounts, rate and remaining time, and erases itself") {
  ManualClock clock;
  Screen screen;
  {
    ProgressBar bar(ProgressMode::kBar, 100, clock, screen.sink());
    bar.Stage("copying", 400'000'000);
    clock.SleepNanos(1000 * kMs);
    CHECK(bar.Update(100'000'000).ok());
    REQUIRE(screen.writes.size() == 1);
    CHECK(screen.writes[0] ==
          "\r\x1b[Kcopying  25% [=======>                      ] "
          "100 MB of 400 MB, 100 MB/s, 3s left");
  }
  REQUIRE(screen.writes.size() == 2);
  CHECK(screen.writes[1] == "\r\x1b[K");
}

TEST_CASE("quick work shows nothing at all") {
  ManualClock clock;
  Screen screen;
  {
    ProgressBar bar(ProgressMode::kBar, 80, clock, screen.sink());
    bar.Stage("copying", 100);
    clock.SleepNanos(199 * kMs);
    CHECK(bar.Update(100).ok());
  }
  CHECK(screen.writes.empty());
}

TEST_CASE("the bar is redrawn at most ten times a second") {
  ManualClock clock;
  Screen screen;
  ProgressBar bar(ProgressMode::kBar, 80, clock, screen.sink());
  bar.Stage("copying", 100'000);
  for (uint64_t i = 0; i < 10'000; ++i) {
    clock.SleepNanos(kMs);
    CHECK(bar.Update(i).ok());
  }
  CHECK(screen.writes.size() >= 95);
  CHECK(screen.writes.size() <= 100);
}

TEST_CASE("no line is as wide as the terminal") {
  for (int columns : {1, 10, 40, 60, 80, 200}) {
    ManualClock clock;
    Screen screen;
    ProgressBar bar(ProgressMode::kBar, columns, clock, screen.sink());
    bar.Stage("checking pages", 123'456'789'000);
    clock.SleepNanos(900 * kMs);
    CHECK(bar.Update(98'765'432).ok());
    REQUIRE(screen.writes.size() == 1);
    CHECK(screen.writes[0].size() - 4 < static_cast<size_t>(columns));
  }
}

TEST_CASE("work of unknown length, or longer than told, shows what it can") {
  ManualClock clock;
  Screen screen;
  ProgressBar bar(ProgressMode::kBar, 80, clock, screen.sink());
  bar.Stage("reading", 0);
  clock.SleepNanos(1000 * kMs);
  CHECK(bar.Update(2'000'000).ok());
  CHECK(screen.writes.back() == "\r\x1b[Kreading 2.0 MB, 2.0 MB/s");
  bar.Stage("reading", 1'000'000);
  clock.SleepNanos(1000 * kMs);
  CHECK(bar.Update(2'000'000).ok());
  CHECK(screen.writes.back().find("100% [") != std::string::npos);
  CHECK(screen.writes.back().find("left") == std::string::npos);
}

TEST_CASE("plain progress prints a line every three seconds and one at a stage's end") {
  ManualClock clock;
  Screen screen;
  {
    ProgressBar bar(ProgressMode::kPlain, 80, clock, screen.sink());
    bar.Stage("copying", 8'000'000);
    for (uint64_t i = 1; i <= 8; ++i) {
      clock.SleepNanos(1000 * kMs);
      CHECK(bar.Update(i * 1'000'000).ok());
    }
    bar.Stage("syncing", 0);
  }
  CHECK(screen.writes == std::vector<std::string>{
                             "copying: 3.0 MB of 8.0 MB, 1.0 MB/s, 5s left\n",
                             "copying: 6.0 MB of 8.0 MB, 1.0 MB/s, 2s left\n",
                             "copying: 8.0 MB in 8.0s\n",
                             "syncing: 0 B in 0.0s\n",
                         });
}

TEST_CASE("no progress means no output") {
  ManualClock clock;
  Screen screen;
  {
    ProgressBar bar(ProgressMode::kNone, 80, clock, screen.sink());
    bar.Stage("copying", 100);
    clock.SleepNanos(60'000 * kMs);
    CHECK(bar.Update(50).ok());
  }
  CHECK(screen.writes.empty());
}

}  // namespace
}  // namespace cairn::render
