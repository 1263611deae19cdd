// offline/salvage/interval.h: intervals of keys and of revisions, and what of them was lost.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mvcc/revision.h"

namespace cairn::offline {

// At least `low`, below `high`. A default `high` has no end.
template <typename Bound>
struct Interval {
  Bound low = {}, high = {};

  bool HasEnd() const { return high != Bound{}; }
  bool Empty() const { return HasEnd() && low >= high; }
  template <typename Point>
  bool Has(const Point& point) const {
    return point >= low && (!HasEnd() || point < high);
  }
};

// A place between two records of the key bucket: just before the record `at`, or just after it.
// (A record and the deletion of the same revision have the same place: no file has both.)
struct RevisionBound {
  mvcc::Revision at;
  bool after = false;
  friend constexpr auto operator<=>(const RevisionBound&, const RevisionBound&) = default;
};

using KeyRange = Interval<std::string>;
using RevisionInterval = Interval<RevisionBound>;

// The smallest key above `key`.
inline std::string After(std::string_view key) { return std::string(key) + '\0'; }

// What could not be read, with the page that is to blame.
template <typename Bound>
struct Lost {
  Interval<Bound> range;
  uint64_t page = 0;
  std::string why;
};
using LostKeys = Lost<std::string>;
using LostRevisions = Lost<RevisionBound>;

template <typename Bound>
Interval<Bound> Intersect(const Interval<Bound>& a, const Interval<Bound>& b) {
  Interval<Bound> both{std::max(a.low, b.low), a.high};
  if (b.HasEnd() && (!a.HasEnd() || b.high < a.high)) both.high = b.high;
  return both;
}

// Sorts by key, joins what overlaps, drops what is empty: "apart" below.
template <typename Bound>
void Normalize(std::vector<Lost<Bound>>& lost) {
  std::stable_sort(lost.begin(), lost.end(), [](const Lost<Bound>& a, const Lost<Bound>& b) {
    return a.range.low < b.range.low;
  });
  std::vector<Lost<Bound>> apart;
  for (Lost<Bound>& next : lost) {
    if (next.range.Empty()) continue;
    if (apart.empty() ||
        (apart.back().range.HasEnd() && next.range.low >= apart.back().range.high)) {
      apart.push_back(std::move(next));
      continue;
    }
    Interval<Bound>& last = apart.back().range;
    if (last.HasEnd() && (!next.range.HasEnd() || next.range.high > last.high)) {
      last.high = next.range.high;
    }
  }
  lost = std::move(apart);
}

// The first of `lost`, which are apart, that ends after `bound`.
template <typename Bound>
auto FirstAfter(const std::vector<Lost<Bound>>& lost, const Bound& bound) {
  return std::partition_point(lost.begin(), lost.end(), [&](const Lost<Bound>& one) {
    return one.range.HasEnd() && one.range.high <= bound;
  });
}

// Whether a point is in one of `lost`, which are apart.
template <typename Bound>
bool InAny(const std::vector<Lost<Bound>>& lost, const Bound& point) {
  const auto at = FirstAfter(lost, point);
  return at != lost.end() && at->range.low <= point;
}

// The parts of `range` that are in one of `lost`, which are apart.
template <typename Bound>
std::vector<Interval<Bound>> Within(const Interval<Bound>& range,
                                    const std::vector<Lost<Bound>>& lost) {
  std::vector<Interval<Bound>> parts;
  for (auto at = FirstAfter(lost, range.low); at != lost.end(); ++at) {
    Interval<Bound> part = Intersect(range, at->range);
    if (part.Empty()) break;
    parts.push_back(std::move(part));
  }
  return parts;
}

// The parts of `range` that are in none of `lost`, which are apart.
template <typename Bound>
std::vector<Interval<Bound>> Outside(const Interval<Bound>& range,
                                     const std::vector<Lost<Bound>>& lost) {
  std::vector<Interval<Bound>> parts;
  Bound low = range.low;
  for (auto at = FirstAfter(lost, low); at != lost.end(); ++at) {
    if (range.HasEnd() && at->range.low >= range.high) break;
    if (at->range.low > low) parts.push_back({low, at->range.low});
    if (!at->range.HasEnd()) return parts;
    low = at->range.high;
  }
  if (Interval<Bound> rest{std::move(low), range.high}; !rest.Empty()) {
    parts.push_back(std::move(rest));
  }
  return parts;
}

}  // namespace cairn::offline
