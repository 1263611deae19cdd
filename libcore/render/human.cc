// render/human.cc: see human.h.
#include "render/human.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "render/utf8.h"

namespace cairn::render {

std::string HumanBytes(uint64_t bytes) {
  static constexpr std::array<const char*, 7> kUnits = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 10) return fmt::format("{} B", bytes);
  size_t unit = 0;
  double scale = 1;
  for (uint64_t rest = bytes; rest >= 1000; rest /= 1000) {
    ++unit;
    scale *= 1000;
  }
  const double value = std::floor(static_cast<double>(bytes) / scale * 10 + 0.5) / 10;
  return value < 10 ? fmt::format("{:.1f} {}", value, kUnits[unit])
                    : fmt::format("{:.0f} {}", value, kUnits[unit]);
}

std::string GoQuote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    static constexpr std::string_view kControls = "\a\b\t\n\v\f\r";
    static constexpr std::string_view kLetters = "abtnvfr";
    const size_t control =
        rune.value < 0x20 ? kControls.find(static_cast<char>(rune.value)) : std::string_view::npos;
    if (!rune.valid) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (rune.value == '"' || rune.value == '\\') {
      out += '\\';
      out += static_cast<char>(rune.value);
    } else if (control != std::string_view::npos) {
      out += '\\';
      out += kLetters[control];
    } else if (rune.value < 0x20 || rune.value == 0x7f) {
      out += fmt::format("\\x{:02x}", rune.value);
    } else if (rune.value >= 0x80 && rune.value <= 0xa0) {
      out += fmt::format("\\u{:04x}", rune.value);
    } else {
      out += text.substr(0, rune.bytes);
    }
    text.remove_prefix(rune.bytes);
  }
  out += '"';
  return out;
}

}  // namespace cairn::render
