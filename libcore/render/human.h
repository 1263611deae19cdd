// render/human.h: sizes and texts as Go's programs show them to people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::render {

// "0 B", "982 B", "25 kB", "2.1 GB": powers of 1000, one decimal below ten (go-humanize's Bytes).
std::string HumanBytes(uint64_t bytes);

// `text` in double quotes with Go's escapes (strconv.Quote), as error messages show what the user
// typed.
std::string GoQuote(std::string_view text);

}  // namespace cairn::render
