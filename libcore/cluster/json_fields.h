// cluster/json_fields.h: reads the flat JSON objects that etcd keeps in its backend: members, the
// configuration of raft, the downgrade in progress.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"

namespace cairn::cluster {

// null is std::monostate; an empty array is a vector of strings.
using JsonValue = std::variant<std::monostate, bool, uint64_t, std::string,
                               std::vector<std::string>, std::vector<uint64_t>>;

// One object, fields by their names in lower case (Go reads them in any case).
class JsonFields {
 public:
  // Errors: DataLoss "JSON: …" for what is no object, or has a value of another kind than those
  // above.
  static StatusOr<JsonFields> Parse(std::string_view text);

  // The field as a T, or T{} when it is absent or null. Errors: DataLoss naming the field.
  StatusOr<bool> Bool(std::string_view name) const;
  StatusOr<uint64_t> Number(std::string_view name) const;
  StatusOr<std::string> Text(std::string_view name) const;
  StatusOr<std::vector<std::string>> Texts(std::string_view name) const;
  StatusOr<std::vector<uint64_t>> Numbers(std::string_view name) const;

 private:
  template <typename T>
  StatusOr<T> Get(std::string_view name, const char* kind) const;

  std::map<std::string, JsonValue, std::less<>> fields_;
};

}  // namespace cairn::cluster
