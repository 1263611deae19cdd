// base/strong.h: integers that can't be mixed up. A RaftIndex is not a Term, and neither is a
// PageId.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace cairn {

// A value of type Rep that only compares and copies with its own kind. `value` is public:
// arithmetic is written out where it happens, so that a reader sees it.
template <typename Tag, typename Rep>
struct Strong {
  Rep value{};
  constexpr Strong() = default;
  constexpr explicit Strong(Rep v) : value(v) {}
  friend constexpr auto operator<=>(Strong a, Strong b) = default;
  template <typename H>
  friend H AbslHashValue(H h, Strong s) {
    return H::combine(std::move(h), s.value);
  }
};

using RaftIndex = Strong<struct RaftIndexTag, uint64_t>;
using Term = Strong<struct TermTag, uint64_t>;
using MemberId = Strong<struct MemberIdTag, uint64_t>;
using ClusterId = Strong<struct ClusterIdTag, uint64_t>;
using LeaseId = Strong<struct LeaseIdTag, int64_t>;
using PageId = Strong<struct PageIdTag, uint64_t>;
using TxId = Strong<struct TxIdTag, uint64_t>;

}  // namespace cairn
