// offline/backup_stage.h: where a member's directory is built before it appears under its name.
#pragma once

#include <string>

#include "base/fs.h"

namespace cairn::offline {

// Builds a data directory, and a log directory where that lies outside, beside their places. Place
// gives both their names; unless it has succeeded, nothing is left when this dies. One at a time
// for a directory; what a killed run left of its own is taken away.
class BackupStage {
 public:
  // `wal_dir` may be empty: DIR/member/wal. AlreadyExists when a place holds anything.
  static StatusOr<BackupStage> Make(Fs& fs, std::string dir, std::string wal_dir);
  ~BackupStage();
  BackupStage(BackupStage&& other) noexcept;
  BackupStage& operator=(BackupStage&&) = delete;

  // What stands for the data directory, with member/snap in it; and where the log goes, a directory
  // that doesn't exist yet.
  const std::string& root() const { return root_; }
  const std::string& wal_root() const { return wal_root_; }

  // Makes all names durable, then gives both directories theirs.
  Status Place();

 private:
  explicit BackupStage(Fs& fs) : fs_(&fs) {}

  Fs* fs_;
  std::string dir_, wal_dir_;
  std::string root_, wal_root_;
  bool into_existing_ = false;  // the directory is there already: it may be a mount point
  bool own_wal_dir_ = false;
  bool active_ = false, data_placed_ = false, wal_placed_ = false;
};

}  // namespace cairn::offline
