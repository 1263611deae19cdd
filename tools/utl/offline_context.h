// tools/utl/offline_context.h: what every command of cairnutl gives to the offline room.
#pragma once

#include "cli/program.h"
#include "offline/db_file.h"

namespace cairn::utl {

inline offline::Context OfflineContext(cli::Invocation& in) {
  return {PosixFs(), SystemClock(), in.progress(), in.DurationNanos("timeout")};
}

}  // namespace cairn::utl
