// gotext/trim.cc: see trim.h.
#include "gotext/trim.h"

namespace cairn {

std::string_view TrimSpace(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  const auto wide = [](std::string_view s) { return s == "\xc2\x85" || s == "\xc2\xa0"; };
  while (!text.empty()) {
    if (space(text.front())) {
      text.remove_prefix(1);
    } else if (wide(text.substr(0, 2))) {
      text.remove_prefix(2);
    } else {
      break;
    }
  }
  while (!text.empty()) {
    if (space(text.back())) {
      text.remove_suffix(1);
    } else if (text.size() >= 2 && wide(text.substr(text.size() - 2))) {
      text.remove_suffix(2);
    } else {
      break;
    }
  }
  return text;
}

}  // namespace cairn
