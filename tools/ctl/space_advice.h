// tools/ctl/space_advice.h: what to do when a database has reached its quota.
#pragma once

#include <string>
#include <string_view>

#include "cli/program.h"

namespace cairn::ctl {

// The three steps after which writes are taken again, and the quota: two lines of 80 columns,
// without the last newline.
std::string SpaceAdvice(const cli::Program& program);

// `message` with the advice after it, when a server refused for want of space. Under etcd's name
// errors are etcdctl's to the byte.
std::string WithSpaceAdvice(const cli::Program& program, std::string_view message);

}  // namespace cairn::ctl
