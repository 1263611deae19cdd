// render/progress_bar.cc: see progress_bar.h.
#include "render/progress_bar.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "gotext/units.h"
#include "os/interrupt.h"

namespace cairn::render {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kFirstDraw = kSecond / 5;
constexpr int64_t kRedraw = kSecond / 10;
constexpr int64_t kPlainEvery = 3 * kSecond;
// "999 MB of 999 MB, 999 MB/s, 59m59s left" and what stands around it.
constexpr size_t kAmountsColumns = 46;

std::string Seconds(double seconds) {
  const auto whole = static_cast<uint64_t>(std::min(seconds + 0.5, 359999.0));
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

}  // namespace

ProgressBar::ProgressBar(ProgressMode mode, int columns, Clock& clock, Sink sink)
    : mode_(mode),
      columns_(columns > 0 ? static_cast<size_t>(columns) : 80),
      clock_(clock),
      sink_(std::move(sink)) {}

void ProgressBar::Stage(const char* stage, uint64_t total, const char* unit) {
  if (mode_ == ProgressMode::kNone) return;
  EndStage();
  const int64_t now = clock_.MonotonicNanos();
  // A bar that is on the screen already is redrawn at once for the new stage.
  const bool at_once = mode_ == ProgressMode::kBar && drawn_;
  next_show_nanos_ = now + (mode_ == ProgressMode::kPlain ? kPlainEvery : kFirstDraw);
  stage_ = stage;
  unit_ = unit;
  total_bytes_ = total;
  done_bytes_ = 0;
  stage_start_nanos_ = now;
  if (at_once) Show(now);
}

Status ProgressBar::Update(uint64_t done_bytes) {
  done_bytes_ = done_bytes;
  if (mode_ != ProgressMode::kNone) {
    const int64_t now = clock_.MonotonicNanos();
    if (now >= next_show_nanos_) Show(now);
  }
  return CheckInterrupt();
}

void ProgressBar::Show(int64_t now) {
  if (mode_ == ProgressMode::kBar) {
    sink_(std::string(kEraseLine) + Line(now));
    drawn_ = true;
    next_show_nanos_ = now + kRedraw;
  } else {
    sink_(fmt::format("{}: {}\n", stage_, Amounts(now)));
    next_show_nanos_ = now + kPlainEvery;
  }
}

void ProgressBar::EndStage() {
  if (mode_ != ProgressMode::kPlain || stage_.empty()) return;
  const double seconds = static_cast<double>(clock_.MonotonicNanos() - stage_start_nanos_) /
                         static_cast<double>(kSecond);
  sink_(fmt::format("{}: {} in {:.1f}s\n", stage_, Amount(done_bytes_), seconds));
  stage_.clear();
}

void ProgressBar::Finish() {
  EndStage();
  if (drawn_) sink_(kEraseLine);
  drawn_ = false;
}

std::string ProgressBar::Amount(uint64_t n) const {
  return unit_.empty() ? FormatSize(n) : fmt::format("{} {}", n, unit_);
}

std::string ProgressBar::Amounts(int64_t now) const {
  std::string text;
  if (total_bytes_ > 0) {
    const uint64_t done = std::min(done_bytes_, total_bytes_);
    text = fmt::format("{} of {}", Amount(done), Amount(total_bytes_));
  } else {
    text = Amount(done_bytes_);
  }
  const int64_t elapsed = now - stage_start_nanos_;
  if (elapsed <= 0 || done_bytes_ == 0) return text;
  const double rate = static_cast<double>(done_bytes_) * static_cast<double>(kSecond) /
                      static_cast<double>(elapsed);
  text += fmt::format(", {}/s", Amount(static_cast<uint64_t>(rate)));
  if (total_bytes_ > done_bytes_) {
    text +=
        fmt::format(", {} left", Seconds(static_cast<double>(total_bytes_ - done_bytes_) / rate));
  }
  return text;
}

std::string ProgressBar::Line(int64_t now) const {
  const std::string amounts = Amounts(now);
  std::string line;
  if (total_bytes_ == 0) {
    line = fmt::format("{} {}", stage_, amounts);
  } else {
    const double part = static_cast<double>(std::min(done_bytes_, total_bytes_)) /
                        static_cast<double>(total_bytes_);
    line = fmt::format("{} {:3}%", stage_, static_cast<int>(part * 100));
    // The bar takes what the widest words leave, up to 30 columns, so that it doesn't jump about; a
    // narrow terminal gets words alone.
    const size_t words = line.size() + kAmountsColumns;
    if (words + 10 <= columns_) {
      const size_t width = std::min<size_t>(30, columns_ - words);
      const auto full = static_cast<size_t>(part * static_cast<double>(width));
      std::string bar(full, '=');
      if (full < width) bar += '>';
      bar.resize(width, ' ');
      line += fmt::format(" [{}]", bar);
    }
    line += ' ';
    line += amounts;
  }
  // One column stays free, so that no terminal wraps.
  if (line.size() >= columns_) line.resize(columns_ - 1);
  return line;
}

}  // namespace cairn::render
