// render/json.cc: see json.h.
#include "render/json.h"

#include "gotext/quote.h"

namespace cairn::render {

namespace {

void AppendU(std::string* out, uint32_t value) {
  static constexpr char kHex[] = "0123456789abcdef";
  *out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) *out += kHex[value >> shift & 15];
}

}  // namespace

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Utf8Rune rune = DecodeUtf8(text);
    const uint32_t code = rune.valid ? rune.code : 0xfffd;
    switch (code) {
      case '"':
      case '\\':
        out += '\\';
        out += static_cast<char>(code);
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '<':
      case '>':
      case '&':
      case 0x2028:
      case 0x2029:
        AppendU(&out, code);
        break;
      default:
        if (code < 0x20 || !rune.valid) {
          AppendU(&out, code);
        } else {
          out += text.substr(0, rune.length);
        }
    }
    text.remove_prefix(rune.length);
  }
  out += '"';
  return out;
}

void AppendJsonBase64(std::string_view bytes, std::string* out) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const size_t start = out->size();
  out->resize(start + 2 + (bytes.size() + 2) / 3 * 4, '"');
  char* to = out->data() + start + 1;
  const auto byte = [&](size_t i) -> uint32_t { return static_cast<unsigned char>(bytes[i]); };
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    *to++ = kDigits[group >> 18];
    *to++ = kDigits[group >> 12 & 63];
    *to++ = kDigits[group >> 6 & 63];
    *to++ = kDigits[group & 63];
  }
  if (i == bytes.size()) return;
  const bool two = i + 2 == bytes.size();
  const uint32_t group = byte(i) << 16 | (two ? byte(i + 1) << 8 : 0);
  *to++ = kDigits[group >> 18];
  *to++ = kDigits[group >> 12 & 63];
  *to++ = two ? kDigits[group >> 6 & 63] : '=';
  *to = '=';
}

void JsonWriter::Separate() {
  if (need_comma_) text_ += ',';
  need_comma_ = false;
}

JsonWriter& JsonWriter::Open(char c) {
  Separate();
  text_ += c;
  return *this;
}

JsonWriter& JsonWriter::Close(char c) {
  text_ += c;
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  Separate();
  text_ += JsonString(name);
  text_ += ':';
  return *this;
}

JsonWriter& JsonWriter::Raw(std::string_view value) {
  Separate();
  text_ += value;
  need_comma_ = true;
  return *this;
}

}  // namespace cairn::render
