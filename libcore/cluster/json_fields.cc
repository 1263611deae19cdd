// cluster/json_fields.cc: the one place in this module that sees the JSON library. Parsing is asked
// not to throw; a catch stands in case it does.
#include "cluster/json_fields.h"

#include <fmt/format.h>

#include <exception>
#include <nlohmann/json.hpp>

namespace cairn::cluster {
namespace {

using Json = nlohmann::json;

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// False for kinds that no record has.
bool Convert(const Json& json, JsonValue& out) {
  if (json.is_null()) {
    out = std::monostate();
  } else if (json.is_boolean()) {
    out = json.get<bool>();
  } else if (json.is_number_unsigned()) {
    out = json.get<uint64_t>();
  } else if (json.is_string()) {
    out = json.get<std::string>();
  } else if (json.is_array() && !json.empty() && json.front().is_number_unsigned()) {
    std::vector<uint64_t> numbers;
    for (const Json& item : json) {
      if (!item.is_number_unsigned()) return false;
      numbers.push_back(item.get<uint64_t>());
    }
    out = std::move(numbers);
  } else if (json.is_array()) {
    std::vector<std::string> texts;
    for (const Json& item : json) {
      if (!item.is_string()) return false;
      texts.push_back(item.get<std::string>());
    }
    out = std::move(texts);
  } else {
    return false;
  }
  return true;
}

}  // namespace

StatusOr<JsonFields> JsonFields::Parse(std::string_view text) {
  // Deep nesting is refused before the library, which recurses when it destroys, sees it.
  if (text.find("[[[") != std::string_view::npos) {
    return absl::DataLossError("JSON: nested deeper than any record");
  }
  try {
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) return absl::DataLossError("JSON: not an object");
    JsonFields fields;
    for (const auto& [name, value] : json.items()) {
      JsonValue converted;
      if (!Convert(value, converted)) {
        return absl::DataLossError(fmt::format("JSON: field {} has an unknown form", name));
      }
      fields.fields_[Lower(name)] = std::move(converted);
    }
    return fields;
  } catch (const std::exception& e) {
    return absl::DataLossError(fmt::format("JSON: {}", e.what()));
  }
}

template <typename T>
StatusOr<T> JsonFields::Get(std::string_view name, const char* kind) const {
  const auto it = fields_.find(Lower(name));
  if (it == fields_.end() || std::holds_alternative<std::monostate>(it->second)) return T{};
  if (const T* value = std::get_if<T>(&it->second)) return *value;
  // An empty array could have been of either kind.
  if constexpr (std::is_same_v<T, std::vector<uint64_t>>) {
    const auto* texts = std::get_if<std::vector<std::string>>(&it->second);
    if (texts != nullptr && texts->empty()) return T{};
  }
  return absl::DataLossError(fmt::format("JSON: field {} is not {}", name, kind));
}

StatusOr<bool> JsonFields::Bool(std::string_view name) const {
  return Get<bool>(name, "true or false");
}
StatusOr<uint64_t> JsonFields::Number(std::string_view name) const {
  return Get<uint64_t>(name, "a number");
}
StatusOr<std::string> JsonFields::Text(std::string_view name) const {
  return Get<std::string>(name, "text");
}
StatusOr<std::vector<std::string>> JsonFields::Texts(std::string_view name) const {
  return Get<std::vector<std::string>>(name, "a list of texts");
}
StatusOr<std::vector<uint64_t>> JsonFields::Numbers(std::string_view name) const {
  return Get<std::vector<uint64_t>>(name, "a list of numbers");
}

}  // namespace cairn::cluster
