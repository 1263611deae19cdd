// os/environment.cc: see environment.h.
#include "os/environment.h"

#include <unistd.h>

#include <algorithm>

namespace cairn {

std::vector<std::pair<std::string, std::string>> EnvironmentVariables(std::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> found;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view variable(*at);
    const size_t equals = variable.find('=');
    if (equals == std::string_view::npos || !variable.starts_with(prefix)) continue;
    found.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool RunsAsRoot() { return geteuid() == 0; }

}  // namespace cairn
