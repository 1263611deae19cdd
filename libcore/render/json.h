// render/json.h: writes JSON in the order it is told, with the escaping of Go's encoding/json,
// which scripts compare byte for byte.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "gotext/json.h"

namespace cairn::render {

// Appends `bytes` as Go writes []byte: standard base64 with padding, in quotes.
void AppendJsonBase64(std::string_view bytes, std::string* out);

// Compact JSON, one value. The caller keeps begin and end in pairs and puts a Key before each value
// of an object.
//
//   JsonWriter w;
//   w.BeginObject().Field("hash", hash).Field("version", "3.7.0").EndObject();
//   w.text()  // {"hash":1,"version":"3.7.0"}
class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view name);

  JsonWriter& Value(std::string_view text) { return Raw(JsonString(text)); }
  JsonWriter& Value(const char* text) { return Value(std::string_view(text)); }
  JsonWriter& Value(bool value) { return Raw(value ? "true" : "false"); }
  template <std::integral T>
  JsonWriter& Value(T value) {
    return Raw(std::to_string(value));
  }
  JsonWriter& Null() { return Raw("null"); }
  JsonWriter& Base64(std::string_view bytes) {
    Separate();
    AppendJsonBase64(bytes, &text_);
    need_comma_ = true;
    return *this;
  }
  // A value that is JSON already.
  JsonWriter& Raw(std::string_view value);

  template <typename T>
  JsonWriter& Field(std::string_view name, const T& value) {
    return Key(name).Value(value);
  }

  const std::string& text() const& { return text_; }
  std::string text() && { return std::move(text_); }

 private:
  JsonWriter& Open(char c);
  JsonWriter& Close(char c);
  void Separate();

  std::string text_;
  bool need_comma_ = false;
};

}  // namespace cairn::render
