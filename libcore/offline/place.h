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
// is there; InvalidArgument, saying what was looked for, for a directory that is none of these;
// PermissionDenied when the parts can't be looked up: that says nothing about what is there.
StatusOr<Place> FindPlace(Fs& fs, const std::string& path);

// The data directory that `path` names, by itself or by its member/. Errors: as FindPlace; NotFound
// "PATH: no data directory (…)" for anything else.
StatusOr<std::string> FindDataDir(Fs& fs, const std::string& path);

// The directory with the log of the member in `data_dir`: `wal_dir`, what the flag --wal-dir names,
// or DIR/member/wal when that is empty. Segments lie in it, and each of them can be opened for
// reading, so that a command fails before it has judged anything. NotFound "no log under DIR: is it
// elsewhere (--wal-dir)?" when there is none: it is not damage; PermissionDenied and other errors
// of the file system as they are.
StatusOr<std::string> FindLog(Fs& fs, const std::string& data_dir, const std::string& wal_dir);

// The part that a command needs, or InvalidArgument "PATH holds no db (…)" naming what was found.
StatusOr<std::string> NeedDb(const Place& place);
// The log: `wal_dir` (the flag --wal-dir) unless that is empty, else the place's own. Errors: those
// of FindLog, also for a data directory that has no log; InvalidArgument for `wal_dir` beside a
// place that is the directory of a log itself.
StatusOr<std::string> NeedLog(Fs& fs, const Place& place, const std::string& wal_dir);
StatusOr<std::string> NeedSnapDir(const Place& place);

}  // namespace cairn::offline
