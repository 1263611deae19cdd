// gotext/quote.cc: see quote.h.
#include "gotext/quote.h"

#include <algorithm>
#include <array>

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

namespace {

// What a byte is to QuoteGo: itself, the letter after a backslash, or one of these.
constexpr char kPlain = 0, kHex = 1, kRune = 2;

constexpr std::array<char, 256> QuoteClasses() {
  std::array<char, 256> classes{};
  for (size_t byte = 0; byte < 256; ++byte) {
    const bool begins_rune = byte >= 0xc2 && byte <= 0xf4;
    classes[byte] = begins_rune ? kRune : byte < 0x20 || byte >= 0x7f ? kHex : kPlain;
  }
  constexpr std::string_view kControls = "\a\b\t\n\v\f\r";
  for (size_t i = 0; i < kControls.size(); ++i) {
    classes[static_cast<unsigned char>(kControls[i])] = "abtnvfr"[i];
  }
  classes['"'] = '"';
  classes['\\'] = '\\';
  return classes;
}

char* PutHex(uint32_t value, int digits, char* to) {
  for (int shift = 4 * digits - 4; shift >= 0; shift -= 4) {
    *to++ = "0123456789abcdef"[value >> shift & 15];
  }
  return to;
}

}  // namespace

std::string QuoteGo(std::string_view text) {
  static constexpr std::array<char, 256> kClasses = QuoteClasses();
  // No escape is longer than four times its bytes.
  std::string out(4 * text.size() + 2, '"');
  char* to = out.data() + 1;
  for (size_t i = 0; i < text.size();) {
    const char byte = text[i];
    const char kind = kClasses[static_cast<unsigned char>(byte)];
    if (kind == kPlain) {
      *to++ = byte;
      ++i;
      continue;
    }
    const Utf8Rune rune = kind == kRune ? DecodeUtf8(text.substr(i)) : Utf8Rune{0, 1, false};
    if (rune.valid && IsPrintable(rune.code)) {
      to = std::copy_n(text.data() + i, rune.length, to);
    } else {
      *to++ = '\\';
      if (rune.valid) {
        *to++ = rune.code < 0x10000 ? 'u' : 'U';
        to = PutHex(rune.code, rune.code < 0x10000 ? 4 : 8, to);
      } else if (kind > kRune) {
        *to++ = kind;
      } else {
        *to++ = 'x';
        to = PutHex(static_cast<unsigned char>(byte), 2, to);
      }
    }
    i += rune.length;
  }
  *to++ = '"';
  out.resize(static_cast<size_t>(to - out.data()));
  return out;
}

namespace {

std::string EscapeUnprintable(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Rune rune = DecodeUtf8(text);
    const std::string_view bytes = text.substr(0, rune.length);
    text.remove_prefix(rune.length);
    const bool kept = rune.valid && (IsPrintable(rune.code) ||
                                     (keep_lines && (rune.code == '\n' || rune.code == '\t')));
    if (kept) {
      out += bytes;
    } else {
      const std::string quoted = QuoteGo(bytes);
      out.append(quoted, 1, quoted.size() - 2);
    }
  }
  return out;
}

}  // namespace

std::string Printable(std::string_view text) { return EscapeUnprintable(text, false); }

std::string PrintableLines(std::string_view text) { return EscapeUnprintable(text, true); }

namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void AppendUtf8(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// An escape after its backslash; the number of bytes read, 0 if it is none.
size_t ReadEscape(std::string_view text, std::string& out) {
  if (text.empty()) return 0;
  constexpr std::string_view kLetters = "abfnrtv\\\"";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"";
  if (const size_t at = kLetters.find(text[0]); at != std::string_view::npos) {
    out += kMeanings[at];
    return 1;
  }
  size_t digits = 0;
  if (text[0] == 'x') digits = 2;
  if (text[0] == 'u') digits = 4;
  if (text[0] == 'U') digits = 8;
  uint32_t value = 0;
  if (digits == 0) {
    if (text.size() < 3) return 0;
    for (size_t i = 0; i < 3; ++i) {
      if (text[i] < '0' || text[i] > '7') return 0;
      value = value * 8 + static_cast<uint32_t>(text[i] - '0');
    }
    if (value > 255) return 0;
    out += static_cast<char>(value);
    return 3;
  }
  if (text.size() <= digits) return 0;
  for (size_t i = 1; i <= digits; ++i) {
    const int digit = HexDigit(text[i]);
    if (digit < 0) return 0;
    value = value * 16 + static_cast<uint32_t>(digit);
  }
  if (digits == 2) {
    out += static_cast<char>(value);
  } else {
    if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return 0;
    AppendUtf8(value, out);
  }
  return digits + 1;
}

}  // namespace

std::optional<std::string> UnquoteGo(std::string_view text, size_t& used) {
  if (text.starts_with('`')) {
    const size_t end = text.find('`', 1);
    if (end == std::string_view::npos) return std::nullopt;
    used = end + 1;
    return std::string(text.substr(1, end - 1));
  }
  if (!text.starts_with('"')) return std::nullopt;
  std::string out;
  for (size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      used = at + 1;
      return out;
    }
    if (text[at] == '\n') return std::nullopt;
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    const size_t read = ReadEscape(text.substr(at + 1), out);
    if (read == 0) return std::nullopt;
    at += read;
  }
  return std::nullopt;
}

std::string QuoteShell(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=+@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(text);
  }
  if (Printable(text) == text) {
    std::string quoted = "'";
    for (const char c : text) {
      if (c == '\'') {
        quoted += "'\\''";
      } else {
        quoted += c;
      }
    }
    return quoted + "'";
  }
  const std::string_view line_ends = text.substr(text.find_last_not_of('\n') + 1);
  text.remove_suffix(line_ends.size());
  // A hyphen at the front would be an option of printf.
  std::string format;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool plain = byte >= 0x20 && byte < 0x7f && byte != '\'' && byte != '\\' && byte != '%';
    if (plain && !(i == 0 && byte == '-')) {
      format += text[i];
    } else {
      format += fmt::format("\\{:03o}", byte);
    }
  }
  std::string word = fmt::format("\"$(printf '{}')\"", format);
  if (!line_ends.empty()) word += fmt::format("'{}'", line_ends);
  return word;
}

}  // namespace cairn
