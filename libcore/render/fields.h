// render/fields.h: the lines of -w fields: `"Revision" : 45`.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace cairn::render {

// Text stands as it is, without quotes; a missing value leaves the blank behind the colon, as
// etcd's printer does.
class Fields {
 public:
  Fields& Add(std::string_view name, std::string_view value) {
    text_ += '"';
    text_ += name;
    text_ += "\" : ";
    text_ += value;
    text_ += '\n';
    return *this;
  }
  template <std::integral T>
  Fields& Add(std::string_view name, T value) {
    const fmt::format_int digits(value);
    return Add(name, std::string_view(digits.data(), digits.size()));
  }
  Fields& Add(std::string_view name, bool value) {
    return Add(name, std::string_view(value ? "true" : "false"));
  }
  Fields& Add(std::string_view name, const char* value) {
    return Add(name, std::string_view(value));
  }

  // A line that is none of a name and a value; "" is a blank one.
  Fields& Line(std::string_view line) {
    text_ += line;
    text_ += '\n';
    return *this;
  }

  const std::string& text() const& { return text_; }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace cairn::render
