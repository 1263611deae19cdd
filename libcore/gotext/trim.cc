// cluster/go_text.cc: Go's ways with text.
#include "cluster/go_text.h"

#include <fmt/format.h>

#include <iterator>

#include "gotext/quote.h"

namespace cairn::cluster {

std::string_view TrimSpace(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  const auto wide = [](std::string_view s) { return s == "\xc2\x85" || s == "\xc2\xa0"; };
  while (!text.empty()) {
    if (space(text.front())) {
      text.remove_prefix(1);
    } else if (wide(text.substr(0, 2))) {
      text.remove_prefix(2);
    } else {
      break;
    }
  }
  while (!text.empty()) {
    if (space(text.back())) {
      text.remove_suffix(1);
    } else if (text.size() >= 2 && wide(text.substr(text.size() - 2))) {
      text.remove_suffix(2);
    } else {
      break;
    }
  }
  return text;
}

std::string Join(std::span<const std::string> texts, std::string_view separator) {
  std::string out;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += separator;
    out += texts[i];
  }
  return out;
}

void AppendGoJson(std::string& out, std::string_view text) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const Utf8Rune decoded = DecodeUtf8(text.substr(i));
    const std::string_view rune = text.substr(i, decoded.length);
    if (c == '"' || c == '\\') {
      out += {'\\', text[i]};
    } else if (c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f') {
      out += {'\\', c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c == '\b' ? 'b' : 'f'};
    } else if (c < 0x20 || c == '<' || c == '>' || c == '&') {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    } else if (rune == "\xe2\x80\xa8" || rune == "\xe2\x80\xa9") {
      out += rune.back() == '\xa8' ? "\\u2028" : "\\u2029";
    } else if (!decoded.valid) {
      out += "\\ufffd";
    } else {
      out += rune;
    }
    i += decoded.length;
  }
  out += '"';
}

}  // namespace cairn::cluster
