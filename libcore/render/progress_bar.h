// render/progress_bar.h: shows on stderr how far long work is.
//
//   copying    42% [==========>              ] 158 MB of 376 MB, 812 MB/s, 1s left
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/progress.h"

namespace cairn::render {

// Takes what stands on the terminal's line away.
inline constexpr std::string_view kEraseLine = "\r\x1b[K";

// kBar redraws one line of a terminal, at most ten times a second, and erases it at the end; work
// that takes less than a fifth of a second shows nothing. kPlain prints a line every three seconds
// and one when a stage ends, for logs. kNone shows nothing.
enum class ProgressMode { kBar, kPlain, kNone };

// Update returns the error of CheckInterrupt(), so that Ctrl-C stops the work between two steps.
// Lives on the thread that does the work; `clock` must outlive it.
class ProgressBar : public Progress {
 public:
  using Sink = std::function<void(std::string_view)>;

  // `columns` is the width of the terminal, 0 when unknown (80).
  ProgressBar(ProgressMode mode, int columns, Clock& clock, Sink sink);
  ~ProgressBar() override { Finish(); }

  void Stage(const char* stage, uint64_t total_bytes) override { Stage(stage, total_bytes, ""); }
  void Stage(const char* stage, uint64_t total, const char* unit) override;
  Status Update(uint64_t done_bytes) override;

  // Erases the bar or ends the last stage. It comes back with the next Stage or Update.
  void Finish();

 private:
  void Show(int64_t now);
  void EndStage();
  std::string Line(int64_t now) const;
  std::string Amounts(int64_t now) const;
  std::string Amount(uint64_t n) const;

  ProgressMode mode_;
  size_t columns_;
  Clock& clock_;
  Sink sink_;
  std::string stage_;
  std::string unit_;  // empty: bytes
  uint64_t total_bytes_ = 0, done_bytes_ = 0;
  int64_t stage_start_nanos_ = 0;
  int64_t next_show_nanos_ = 0;
  bool drawn_ = false;
};

}  // namespace cairn::render
