// render/utf8.cc: see utf8.h.
#include "render/utf8.h"

namespace cairn::render {

Rune DecodeRune(std::string_view text) {
  constexpr Rune kBroken{0xfffd, 1, false};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1, true};
  uint32_t bytes, value, least;
  if (first >= 0xc2 && first < 0xe0) {
    bytes = 2, value = first & 0x1f, least = 0x80;
  } else if (first >= 0xe0 && first < 0xf0) {
    bytes = 3, value = first & 0x0f, least = 0x800;
  } else if (first >= 0xf0 && first < 0xf5) {
    bytes = 4, value = first & 0x07, least = 0x10000;
  } else {
    return kBroken;
  }
  if (text.size() < bytes) return kBroken;
  for (uint32_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return kBroken;
    value = value << 6 | (byte(i) & 0x3f);
  }
  if (value < least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return kBroken;
  return {value, bytes, true};
}

}  // namespace cairn::render
