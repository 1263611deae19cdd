// offline/key_prefix.h: the part of a key that a row of a table by prefix stands for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cairn::offline {

// Up to and with the depth-th '/', one at the beginning not counted: "/registry/pods/" of
// "/registry/pods/default/web" at depth 2. A key with fewer is cut after its last one: "/a/" of
// "/a/b"; one without any gives "".
inline std::string_view RowPrefix(std::string_view key, size_t depth) {
  size_t end = !key.empty() && key[0] == '/' ? 1 : 0;
  for (size_t i = 0; i < depth; ++i) {
    const size_t slash = key.find('/', end);
    if (slash == std::string_view::npos) break;
    end = slash + 1;
  }
  return key.substr(0, end);
}

// Whether `key` begins with one of the prefixes; without any, all do.
inline bool BeginsWithAny(std::string_view key, const std::vector<std::string>& prefixes) {
  for (const std::string& prefix : prefixes) {
    if (key.starts_with(prefix)) return true;
  }
  return prefixes.empty();
}

}  // namespace cairn::offline
