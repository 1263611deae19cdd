// gotext/number.h: flag values as Go's strconv reads them, with its words for errors (durations:
// gotext/units.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"

namespace cairn {

// Decimal, 0x, 0o, 0b or a leading 0 for octal; "_" between digits (strconv.ParseInt, base 0).
// "strconv.ParseInt: parsing \"abc\": invalid syntax", or "value out of range".
StatusOr<int64_t> ParseGoInt64(std::string_view text);
StatusOr<uint64_t> ParseGoUint64(std::string_view text);
// The same in base 10 or 16, where digits alone are allowed.
StatusOr<int64_t> ParseGoInt64(std::string_view text, int base);
StatusOr<uint64_t> ParseGoUint64(std::string_view text, int base);
// 1 t T true TRUE True, 0 f F false FALSE False.
StatusOr<bool> ParseGoBool(std::string_view text);

}  // namespace cairn
