// render/utf8.h: walking UTF-8 text as Go does: a byte that doesn't fit is one broken character.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::render {

struct Rune {
  uint32_t value;  // U+FFFD when !valid
  uint32_t bytes;  // 1 when !valid
  bool valid;
};

// The first character of `text`, which isn't empty. Overlong forms, surrogates and values above
// U+10FFFF are broken (RFC 3629).
Rune DecodeRune(std::string_view text);

}  // namespace cairn::render
