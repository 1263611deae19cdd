// bolt/leaf_packing.cc: the cheapest way to each place, from those before it.
#include "bolt/leaf_packing.h"

#include <algorithm>

#include "bolt/format.h"

namespace cairn::bolt {

namespace {

constexpr size_t kMostInRun = 4;
constexpr size_t kMostInPage = 0xFFFE;               // the header counts in 16 bits
constexpr uint64_t kMostJoined = uint64_t{1} << 30;  // positions are 32 bits
constexpr uint64_t kViewBytes = 256 << 10;
constexpr uint64_t kWideViewBytes = 16 << 20;
constexpr size_t kViewElements = 8;
// What a leaf takes in its parent, about: of two partitions of as many pages, that of fewer leaves.
constexpr uint64_t kInParent = kElementSize + 18;

}  // namespace

LeafPacking::LeafPacking(uint64_t page_size, uint64_t limit)
    : page_size_(page_size), limit_(std::min(limit, page_size)), steps_(1) {}

uint64_t LeafPacking::WaitingBytes() const {
  return kPageHeaderSize + steps_.back().end - steps_.front().end;
}

bool LeafPacking::Ready() const {
  const uint64_t bytes = WaitingBytes();
  return waiting() > (bytes >= kWideViewBytes ? kMostInRun : kViewElements) && bytes >= kViewBytes;
}

void LeafPacking::Add(uint64_t bytes) {
  const size_t i = steps_.size();
  Step step;
  step.end = steps_.back().end + bytes;
  const auto leaf_bytes = [&](size_t from) {
    return kPageHeaderSize + step.end - steps_[from].end;
  };
  const auto cost = [&](size_t from) {
    const uint64_t pages = (leaf_bytes(from) + page_size_ - 1) / page_size_;
    return steps_[from].cost + pages * page_size_ + kInParent;
  };
  while (fits_from_ < i && (leaf_bytes(fits_from_) > limit_ || i - fits_from_ > kMostInPage)) {
    ++fits_from_;
  }
  // Of equally good ways the one that fills the leaf at hand, so that the last one stays short.
  step.begin = steps_.back().begin >= fits_from_ ? steps_.back().begin : i - 1;
  step.cost = cost(step.begin);
  const auto take = [&](size_t from) {
    if (const uint64_t c = cost(from); c < step.cost) {
      step.cost = c;
      step.begin = from;
    }
  };
  take(i - 1);
  // Fewer elements never cost more, so that of leaves of one page the longest is the best.
  if (fits_from_ < i) take(fits_from_);
  for (size_t in_run = 2; in_run <= kMostInRun && in_run <= i; ++in_run) {
    if (leaf_bytes(i - in_run) > kMostJoined) break;
    if (i - in_run < fits_from_) take(i - in_run);
  }
  steps_.push_back(step);
}

std::vector<LeafPacking::Leaf> LeafPacking::Take(bool all) {
  std::vector<size_t> ends;
  for (size_t at = waiting(); at > 0; at = steps_[at].begin) ends.push_back(at);
  std::reverse(ends.begin(), ends.end());
  if (!all) {
    const uint64_t half = steps_.front().end + WaitingBytes() / 2;
    while (ends.size() > 1 && steps_[ends[ends.size() - 2]].end >= half) ends.pop_back();
  }
  std::vector<Leaf> leaves;
  size_t begin = 0;
  for (const size_t end : ends) {
    leaves.push_back({end - begin, kPageHeaderSize + steps_[end].end - steps_[begin].end});
    begin = end;
  }
  // The rest is decided again: with what comes, another partition of it may be better.
  std::vector<Step> rest(steps_.begin() + static_cast<std::ptrdiff_t>(begin), steps_.end());
  steps_.assign(1, {});
  fits_from_ = 0;
  for (size_t i = 1; i < rest.size(); ++i) Add(rest[i].end - rest[i - 1].end);
  return leaves;
}

}  // namespace cairn::bolt
