// offline/restore/member_stage.h: where a member's directory is built before it appears under its
// names.
#pragma once

#include <optional>
#include <string>

#include "base/fs.h"
#include "base/staged_output.h"

namespace cairn::offline {

// What errors call the directories, and what they may be.
struct MemberStageWords {
  const char* data = "data-dir";
  const char* wal = "wal-dir";
  bool wal_may_be_empty = false;  // else nothing may have the name of the log's directory
};

// True when the directory is there and holds nothing, false when it isn't there. AlreadyExists with
// etcd's text, and what lies there, when it holds something; stages (base/staged_output.h) do not
// count. `shown` is the directory as the operator wrote it.
StatusOr<bool> FindEmptyDir(Fs& fs, const char* what, const std::string& dir,
                            const std::string& shown);

// ResourceExhausted "not enough room in SHOWN: …" when less than that is free where `where` lies.
Status CheckFree(Fs& fs, const std::string& where, const std::string& shown, uint64_t bytes);

// Builds a data directory, and a log directory where that lies outside, in stages beside their
// places. Nothing is left when this dies, unless Keep was called. Several to one place: the first
// to be placed gets it, the others' Place is AlreadyExists. Movable, not thread-safe.
class MemberStage {
 public:
  // Paths are cleaned by their text, as etcd does ("a/../b" is "b"). Missing levels above are made.
  // `wal_dir` may be empty (DIR/member/wal), lie in the data directory, or outside. Errors:
  // AlreadyExists when a place holds anything; InvalidArgument for a log directory that is the data
  // directory or lies above it.
  static StatusOr<MemberStage> Make(Fs& fs, const std::string& data_dir, const std::string& wal_dir,
                                    const MemberStageWords& words);
  // A member's directory that is to be `root`, in a stage that the caller has and places.
  static StatusOr<MemberStage> MakeWithin(Fs& fs, const std::string& root);

  // What stands for the data directory, with member/snap in it; and where the log goes, a directory
  // that doesn't exist yet, and whose parent does.
  const std::string& root() const { return root_; }
  const std::string& wal_root() const { return wal_root_; }
  std::string db_path() const;
  const std::string& data_dir() const { return data_dir_; }

  // ResourceExhausted when less than that is free where the db (with all but the log) and the log
  // are built; they may lie on different file systems.
  Status CheckRoom(uint64_t db_bytes, uint64_t log_bytes) const;

  // Makes all names in it durable, then gives the directories theirs.
  Status Place();
  void Keep();

 private:
  explicit MemberStage(Fs& fs) : fs_(&fs), above_(fs) {}
  Status Taken() const;

  Fs* fs_;
  MemberStageWords words_;
  std::string data_dir_, wal_dir_, shown_data_dir_;
  std::string root_, wal_root_;
  bool into_existing_ = false;  // the directory is there already: it may be a mount point
  Placing wal_placing_ = Placing::kNew;
  LevelsAbove above_;
  std::optional<StagedDir> data_;  // none in a caller's stage
  std::optional<StagedDir> wal_;   // of a log outside
};

}  // namespace cairn::offline
