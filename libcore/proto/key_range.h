// proto/key_range.h: the end of a range of keys as requests and permissions have it.
#pragma once

#include <string>
#include <string_view>

namespace cairn::proto {

// The end of the range of all keys that begin with `prefix`: the first key after them, "\0" when
// there is none.
inline std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return std::string(1, '\0');
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace cairn::proto
