// tools/utl/offline_context.h: what every command of cairnutl gives to the offline room.
#pragma once

#include "cli/program.h"
#include "offline/db_file.h"
#include "offline/place.h"

namespace cairn::utl {

inline offline::Context OfflineContext(cli::Invocation& in) {
  return {PosixFs(), SystemClock(), in.progress(), in.DurationNanos("timeout")};
}

// The db that the operator's path leads to: a file, or a data directory's.
inline StatusOr<std::string> DbOf(const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const offline::Place place, offline::FindPlace(PosixFs(), path));
  return offline::NeedDb(place);
}

}  // namespace cairn::utl
