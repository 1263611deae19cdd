// gotext/units.h: sizes and durations as etcd's tools print and read them, which are Go's forms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace cairn {

// "0 B", "999 B", "1.0 kB", "25 kB", "2.1 GB": powers of 1000, one decimal below 10 of a unit.
std::string FormatSize(uint64_t bytes);

// "0s", "10s", "1.5s", "11.74738ms", "2m0s", "1h0m0.5s", "-3µs".
std::string FormatDuration(int64_t nanos);

// Nanoseconds of "300ms", "-1.5h", "2h45m", "0". InvalidArgument with Go's text otherwise:
// `time: invalid duration "abc"`, `time: missing unit in duration "10"`,
// `time: unknown unit "d" in duration "1d"`.
StatusOr<int64_t> ParseDuration(std::string_view text);

}  // namespace cairn
