// gotext/json.cc: see json.h.
#include "gotext/json.h"

#include <fmt/format.h>

#include "gotext/quote.h"

namespace cairn {

namespace {

enum class Style { kEncodingJson, kZap };

// The letter of a two-character escape; 0: there is none.
char ShortEscape(uint32_t code, Style style) {
  switch (code) {
    case '"':
    case '\\':
      return static_cast<char>(code);
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\b':
      return style == Style::kEncodingJson ? 'b' : '\0';
    case '\f':
      return style == Style::kEncodingJson ? 'f' : '\0';
    default:
      return '\0';
  }
}

bool IsEscaped(uint32_t code, Style style) {
  if (code < ' ') return true;
  return style == Style::kEncodingJson &&
         (code == '<' || code == '>' || code == '&' || code == 0x2028 || code == 0x2029);
}

void Append(std::string_view text, Style style, std::string* out) {
  *out += '"';
  while (!text.empty()) {
    const Utf8Rune rune = DecodeUtf8(text);
    if (!rune.valid) {
      *out += "\\ufffd";
    } else if (const char letter = ShortEscape(rune.code, style); letter != '\0') {
      *out += {'\\', letter};
    } else if (IsEscaped(rune.code, style)) {
      fmt::format_to(std::back_inserter(*out), "\\u{:04x}", rune.code);
    } else {
      *out += text.substr(0, rune.length);
    }
    text.remove_prefix(rune.length);
  }
  *out += '"';
}

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  Append(text, Style::kEncodingJson, out);
}

std::string JsonString(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

void AppendJsonStrings(std::span<const std::string> texts, std::string* out) {
  *out += '[';
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) *out += ',';
    AppendJsonString(texts[i], out);
  }
  *out += ']';
}

void AppendLogJsonString(std::string_view text, std::string* out) {
  Append(text, Style::kZap, out);
}

}  // namespace cairn
