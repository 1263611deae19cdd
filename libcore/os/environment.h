// os/environment.h: the process's environment variables and user.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn {

// Names that begin with `prefix`, with their values, sorted by name. Read while no other thread
// changes the environment.
std::vector<std::pair<std::string, std::string>> EnvironmentVariables(std::string_view prefix);

// Whether this process has root's rights on files.
bool RunsAsRoot();

}  // namespace cairn
