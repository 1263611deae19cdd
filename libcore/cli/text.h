// cli/text.h: small joints between words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cairn::cli {

// The words with `separator` between them.
inline std::string Join(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += separator;
    text += words[i];
  }
  return text;
}

}  // namespace cairn::cli
