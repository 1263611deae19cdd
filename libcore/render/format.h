// render/format.h: the output formats of -w/--write-out.
#pragma once

#include <optional>
#include <string_view>

namespace cairn::render {

enum class Format { kSimple, kJson, kFields, kTable, kProtobuf };

// "simple", "json", "fields", "table", "protobuf".
constexpr std::string_view FormatName(Format format) {
  switch (format) {
    case Format::kSimple:
      return "simple";
    case Format::kJson:
      return "json";
    case Format::kFields:
      return "fields";
    case Format::kTable:
      return "table";
    case Format::kProtobuf:
      return "protobuf";
  }
  return "";
}

constexpr std::optional<Format> ParseFormat(std::string_view name) {
  for (Format format :
       {Format::kSimple, Format::kJson, Format::kFields, Format::kTable, Format::kProtobuf}) {
    if (FormatName(format) == name) return format;
  }
  return std::nullopt;
}

}  // namespace cairn::render
