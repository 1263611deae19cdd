// bolt/page_set.cc: see page_set.h.
#include "bolt/page_set.h"

#include <bit>
#include <cstddef>

namespace cairn::bolt {

bool PageSet::HasAny(PageRun run) const {
  const uint64_t id = NextIn(run.first);
  return id != kNone && id - run.first < run.count;
}

void PageSet::Add(PageRun run) {
  if (run.count == 0) return;
  const uint64_t end = run.first + run.count;
  if (const uint64_t words = (end + 63) / 64; words > words_.size()) words_.resize(words);
  for (uint64_t id = run.first; id < end; ++id) {
    const uint64_t bit = uint64_t{1} << (id % 64);
    if ((words_[id / 64] & bit) == 0) ++size_;
    words_[id / 64] |= bit;
  }
}

void PageSet::Remove(PageRun run) {
  for (uint64_t id = run.first; id < run.first + run.count; ++id) {
    if (!Has(id)) continue;
    words_[id / 64] &= ~(uint64_t{1} << (id % 64));
    --size_;
  }
}

uint64_t PageSet::NextIn(uint64_t from) const {
  size_t i = from / 64;
  if (i >= words_.size()) return kNone;
  uint64_t word = words_[i] & (~uint64_t{0} << (from % 64));
  while (word == 0) {
    if (++i == words_.size()) return kNone;
    word = words_[i];
  }
  return i * 64 + static_cast<uint64_t>(std::countr_zero(word));
}

uint64_t PageSet::NextOut(uint64_t from) const {
  size_t i = from / 64;
  if (i >= words_.size()) return from;
  uint64_t word = ~words_[i] & (~uint64_t{0} << (from % 64));
  while (word == 0) {
    if (++i == words_.size()) return i * 64;
    word = ~words_[i];
  }
  return i * 64 + static_cast<uint64_t>(std::countr_zero(word));
}

}  // namespace cairn::bolt
