// offline/place.h: what a path that an operator gave is: a data directory, a db file or snapshot,
// a directory of the log, a directory of `.snap` files.
#pragma once

#include <optional>
#include <string>

#include "base/fs.h"
#include "base/status.h"

namespace cairn::offline {

// The parts of a member that a path leads to. Which of them are there, `Find` has looked up; a part
// that is missing is nothing.
struct Place {
  std::string path;                     // as given, without slashes at the end
  bool data_dir = false;                // it has member/
  std::optional<std::string> db;        // a snapshot or db file, or DIR/member/snap/db
  std::optional<std::string> wal_dir;   // DIR/member/wal, or the directory with *.wal itself
  std::optional<std::string> snap_dir;  // DIR/member/snap, or the directory with *.snap itself
};

// Looks at `path`: a data directory, its member/, a directory with segments, one with `.snap` files
// or a db, or a file (which is taken for a db; its content is not looked at). NotFound when nothing
// is there; InvalidArgument, saying what was looked for, for a directory that is none of these.
StatusOr<Place> FindPlace(Fs& fs, const std::string& path);

// The part that a command needs, or InvalidArgument "PATH holds no db (…)" naming what was found.
StatusOr<std::string> NeedDb(const Place& place);
StatusOr<std::string> NeedWalDir(const Place& place);
StatusOr<std::string> NeedSnapDir(const Place& place);

}  // namespace cairn::offline
