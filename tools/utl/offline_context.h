// tools/utl/offline_context.h: what every command of cairnutl gives to the module offline.
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

// For a command that reads the log of a data directory.
inline void AddWalDirFlag(cli::Command& command) {
  command
      .String("wal-dir", "", "where the log of the data directory lies, if not in its member/wal")
      .Directory();
}

// For a command that takes data directories and reads the db alone: --wal-dir is taken, so that the
// flags of one member's commands are the same, and has to lead to a log all the same.
inline void AddUnreadWalDirFlag(cli::Command& command) {
  command
      .String("wal-dir", "", "where the log of the data directory lies; only its db is read here")
      .Directory();
}
inline Status CheckUnreadWalDir(const cli::Invocation& in) {
  const std::string& wal_dir = in.String("wal-dir");
  if (wal_dir.empty()) return absl::OkStatus();
  CAIRN_ASSIGN_OR_RETURN(const offline::Place place, offline::FindPlace(PosixFs(), in.args()[0]));
  return offline::NeedLog(PosixFs(), place, wal_dir).status();
}

}  // namespace cairn::utl
