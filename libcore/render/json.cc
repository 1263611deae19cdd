// render/json.cc: see json.h.
#include "render/json.h"

#include "absl/strings/escaping.h"
#include "gotext/json.h"

namespace cairn::render {

void AppendJsonBase64(std::string_view bytes, std::string* out) {
  *out += '"';
  *out += absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()));
  *out += '"';
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
