// tools/ctl/surplus.h: words of a command line that nothing is done with.
#pragma once

#include "cli/program.h"

namespace cairn::ctl {

// `put greeting hello big world` stores "hello" with etcdctl, which leaves the rest aside in
// silence: nearly always quotes were forgotten. We refuse it before anything is sent; under etcd's
// name scripts go on as they did.
enum class Surplus { kRefused, kIgnored };

inline Surplus SurplusOf(const cli::Invocation& in) {
  return in.program().compat() ? Surplus::kIgnored : Surplus::kRefused;
}

}  // namespace cairn::ctl
