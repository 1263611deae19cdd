// base/staged_output.h: the one way in which a file or directory is made: built under a name of its
// own beside its place, and given its name whole, whatever other processes do there meanwhile.
//
// The stage of `backup.db` is `backup.db.part-` and 16 random hex digits: nobody can foresee it,
// and no two processes share one. It is locked (flock, shared) as long as it is in use. One that
// can be locked for itself alone is what a dead process left; it is removed by the next that makes
// the same name. Never removed: what is in use, links, what belongs to somebody else.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fs.h"

namespace cairn {

// What a rename may do with something that has the name already.
enum class Placing {
  kNew,      // nothing: AlreadyExists
  kReplace,  // a file by a file, an empty directory by a directory
};

struct StageOptions {
  uint32_t mode = 0600;
  bool direct = false;  // as OpenOptions has it; files only
  // Exclusive: whoever opens the name after the rename waits until the stage is gone. Else the
  // stage can be opened and locked, shared, by its path.
  LockKind lock = LockKind::kFlockShared;
  std::string stem;  // of the stage's name; empty: the target's name
};

// Whether `name` is the stage of `stem`, somebody's or a leftover.
bool IsStageOf(std::string_view name, std::string_view stem);

// Removes what dead processes left of stages of `stem` in `dir`, as far as that may be done.
// Failures are not told: a leftover harms nobody.
void RemoveLeftovers(Fs& fs, const std::string& dir, const std::string& stem);

// For a process that is about to end without taking itself apart: removes every stage in use, and
// the levels above outputs that were made, and lets nothing be placed any more: whoever makes or
// places something waits for the end. False, and nothing is done, when the process has placed
// something already: what belongs together is placed together, so it must come to its own end then.
// Thread-safe.
bool AbandonStages();

// An open, locked stage, and which file it is.
struct Stage {
  std::string path;
  std::unique_ptr<File> file;
  FileStat identity;
};

// A file that is being made. Movable; not thread-safe. Unless Place has succeeded, nothing is left
// when it dies.
class StagedFile {
 public:
  // Makes and locks the stage of `target`, whose directory must exist; its last part is not looked
  // at (FollowLinks, base/output_target.h). Errors name the target.
  static StatusOr<StagedFile> Create(Fs& fs, const std::string& target,
                                     const StageOptions& options);
  ~StagedFile();
  StagedFile(StagedFile&& other) noexcept = default;
  StagedFile& operator=(StagedFile&&) = delete;

  File& file() const { return *stage_.file; }
  const std::string& path() const { return stage_.path; }  // of the stage
  // Syncs the file, gives it its name, and syncs the directory. Only if the stage is still this
  // file, and this file got the name; else FailedPrecondition. With kNew nothing of ours has the
  // name after an error.
  Status Place(Placing placing);

 private:
  StagedFile(Fs& fs, std::string target, Stage stage)
      : fs_(&fs), target_(std::move(target)), stage_(std::move(stage)) {}

  Fs* fs_;
  std::string target_;
  Stage stage_;
  bool placed_ = false;
};

// A directory that is being made. Movable; not thread-safe. Unless Keep was called, nothing is left
// when it dies: neither of the stage nor of what was placed.
class StagedDir {
 public:
  // As StagedFile::Create.
  static StatusOr<StagedDir> Create(Fs& fs, const std::string& target, const StageOptions& options);
  ~StagedDir();
  StagedDir(StagedDir&& other) noexcept = default;
  StagedDir& operator=(StagedDir&&) = delete;

  const std::string& path() const { return stage_.path; }  // of the stage
  File& handle() const { return *stage_.file; }            // the open directory
  // Gives the stage its name and syncs the directory that has it. What is in the stage must be
  // durable. Only if the stage is still this directory; else FailedPrecondition.
  Status Place(Placing placing);
  // The same for `name` in the stage, which becomes `target`.
  Status PlacePart(const std::string& name, const std::string& target, Placing placing);
  // All is done: what was placed stays. What is still in the stage goes.
  void Keep() { placed_.clear(); }

 private:
  struct Placed {
    std::string path;
    FileStat identity;
  };
  StagedDir(Fs& fs, std::string target, Stage stage)
      : fs_(&fs), target_(std::move(target)), stage_(std::move(stage)) {}

  Fs* fs_;
  std::string target_;
  Stage stage_;  // its path is empty once the stage itself was placed
  std::vector<Placed> placed_;
};

// The levels above an output. Those that were missing are taken away again, where they are empty,
// unless Keep was called. Movable; not thread-safe.
class LevelsAbove {
 public:
  explicit LevelsAbove(Fs& fs) : fs_(&fs) {}
  ~LevelsAbove();
  LevelsAbove(LevelsAbove&& other) noexcept = default;
  LevelsAbove& operator=(LevelsAbove&&) = delete;

  // As MakeDirs.
  Status Make(const std::string& dir, uint32_t mode);
  void Keep();

 private:
  void Forget();

  Fs* fs_;
  std::vector<std::string> made_;  // lowest first
};

// `path` appears whole with this content or not at all, durably. A link stays, and the file that it
// names is written; what is no file is refused.
Status WriteFileAtomically(Fs& fs, const std::string& path, std::string_view content,
                           uint32_t mode);

}  // namespace cairn
