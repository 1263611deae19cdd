// gotext/trim.h: taking white space away as Go does.
#pragma once

#include <string_view>

namespace cairn {

// `text` without Go's white space at both ends: space, \t, \n, \v, \f, \r, and the two-byte U+0085
// and U+00A0.
std::string_view TrimSpace(std::string_view text);

}  // namespace cairn
