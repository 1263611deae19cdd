// client/key_prefix.h: the range of keys with a prefix.
#pragma once

#include <string>
#include <string_view>

namespace cairn::client {

// The end of the range of all keys that begin with `prefix`: the first key after them, "\0" when
// there is none.
inline std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return std::string(1, '\0');
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

// The range of all keys with `prefix`, of all keys when it is empty, as the key and range_end of a
// request.
template <typename Request>
void SetPrefixRange(const std::string& prefix, Request& request) {
  request.set_key(prefix.empty() ? std::string(1, '\0') : prefix);
  request.set_range_end(PrefixEnd(prefix));
}

}  // namespace cairn::client
