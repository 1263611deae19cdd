// base/quote.cc: see quote.h.
#include "base/quote.h"

#include <algorithm>

#include <fmt/format.h>

namespace cairn {

Utf8Rune DecodeUtf8(std::string_view text) {
  const auto byte = [&](size_t i) { return uint32_t{static_cast<unsigned char>(text[i])}; };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const Utf8Rune invalid{0xfffd, 1, false};
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return invalid;
  uint32_t code = first & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return invalid;
    code = code << 6 | (byte(i) & 0x3f);
  }
  static constexpr uint32_t kLowest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLowest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    return invalid;
  }
  return {code, length, true};
}

std::string QuoteGo(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    // Mostly all of it needs nothing.
    const auto plain = static_cast<size_t>(
        std::find_if_not(text.begin(), text.end(),
                         [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; }) -
        text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Utf8Rune rune = DecodeUtf8(text);
    const std::string_view bytes = text.substr(0, rune.length);
    text.remove_prefix(rune.length);
    static constexpr std::string_view kControls = "\a\b\t\n\v\f\r";
    if (!rune.valid) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[0]));
    } else if (rune.code == '"' || rune.code == '\\') {
      out += '\\';
      out += bytes;
    } else if (IsPrintable(rune.code)) {
      out += bytes;
    } else if (const size_t i = kControls.find(bytes); i != std::string_view::npos) {
      out += '\\';
      out += "abtnvfr"[i];
    } else if (rune.code < 0x80) {
      out += fmt::format("\\x{:02x}", rune.code);
    } else if (rune.code < 0x10000) {
      out += fmt::format("\\u{:04x}", rune.code);
    } else {
      out += fmt::format("\\U{:08x}", rune.code);
    }
  }
  out += '"';
  return out;
}

void AppendJsonString(std::string_view text, std::string* out) {
  *out += '"';
  while (!text.empty()) {
    const Utf8Rune rune = DecodeUtf8(text);
    const std::string_view bytes = text.substr(0, rune.length);
    text.remove_prefix(rune.length);
    if (!rune.valid) {
      *out += "\\ufffd";
    } else if (rune.code == '"' || rune.code == '\\') {
      *out += '\\';
      *out += bytes;
    } else if (rune.code >= ' ') {
      *out += bytes;
    } else if (rune.code == '\n') {
      *out += "\\n";
    } else if (rune.code == '\r') {
      *out += "\\r";
    } else if (rune.code == '\t') {
      *out += "\\t";
    } else {
      *out += fmt::format("\\u{:04x}", rune.code);
    }
  }
  *out += '"';
}

}  // namespace cairn
