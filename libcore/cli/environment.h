// cli/environment.h: flags that the environment sets (ETCDCTL_ENDPOINTS for --endpoints).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cli/arguments.h"

namespace cairn::cli {

// "ETCDCTL_WRITE_OUT" for the root's flag --write-out.
std::string EnvironmentName(const Program& program, const Flag& flag);

struct EnvironmentFlags {
  GivenFlags flags;                  // checked; none that the words gave
  std::vector<std::string> notices;  // for stderr, a line each
};

// The root's flags as Program::ReadEnvironment says. A flag on the command line wins over its
// variable, with one notice for all; an empty variable counts as unset; a bad value and an unknown
// variable are noticed and left aside (etcdctl: fatal, silent, and a warning).
EnvironmentFlags ReadEnvironmentFlags(const Program& program, const Arguments& arguments);

// Whether the environment sets the root's bool flag --`name`, for what has to be known before the
// words are understood.
bool EnvironmentSets(const Program& program, std::string_view name);

}  // namespace cairn::cli
