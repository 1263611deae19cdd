// base/staged_output.cc: see staged_output.h.
#include "base/staged_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "base/output_target.h"

namespace cairn {

namespace {

constexpr std::string_view kMark = ".part-";
constexpr size_t kDigits = 16;
// So that a target of 255 bytes, the longest name there is, has a stage too.
constexpr size_t kMaxStemBytes = 200;
constexpr int kTries = 100;

std::string_view Stem(std::string_view name) { return name.substr(0, kMaxStemBytes); }

// What AbandonStages has to remove. Whoever makes, places or removes a stage or a level holds the
// mutex meanwhile, so that it knows of all of them.
struct InUse {
  using Place = std::pair<Fs*, std::string>;
  std::mutex mutex;
  std::map<Place, FileStat> stages;
  std::vector<Place> levels;  // a level before those that it lies in
  bool placed = false;

  // Removes the stage if it is still that file.
  void Remove(Fs& fs, const std::string& path) {
    const auto it = stages.find({&fs, path});
    if (it == stages.end()) return;
    (void)fs.RemoveTree(path, &it->second);
    stages.erase(it);
  }
  Status Move(Fs& fs, const std::string& from, const std::string& to, Placing placing) {
    CAIRN_RETURN_IF_ERROR(placing == Placing::kNew ? fs.RenameNew(from, to) : fs.Rename(from, to));
    placed = true;
    stages.erase({&fs, from});
    return absl::OkStatus();
  }
};

InUse& Uses() {
  static InUse& uses = *new InUse;
  return uses;
}

bool Names(Fs& fs, const std::string& path, const FileStat& identity) {
  const auto named = fs.LinkStat(path);
  return named.ok() && named->IsSameFileAs(identity);
}

// True when the stage is ours: locked, and still what the path names. Another process may have
// taken it for a leftover between its making and our lock.
bool Hold(Fs& fs, const Stage& stage, LockKind lock) {
  const auto locked = stage.file->TryLock(lock);
  // Where directories can't be locked (NFS), a leftover can't be told, and is never removed.
  if (locked.ok() && !*locked) return false;
  return Names(fs, stage.path, stage.identity);
}

StatusOr<Stage> Make(Fs& fs, const std::string& target, const StageOptions& options,
                     bool directory) {
  const std::string dir = DirName(target);
  const std::string stem(Stem(options.stem.empty() ? BaseName(target) : options.stem));
  RemoveLeftovers(fs, dir, stem);
  const std::lock_guard guard(Uses().mutex);
  for (int i = 0; i < kTries; ++i) {
    const std::string name = fmt::format("{}{}{:016x}", stem, kMark, fs.NameSeed());
    // "x" and not "./x", as the target was named.
    Stage made{.path = target.find('/') == std::string::npos ? name : JoinPath(dir, name),
               .file = nullptr,
               .identity = {}};
    OpenOptions open{.write = !directory,
                     .create = !directory,
                     .exclusive = !directory,
                     .direct = options.direct,
                     .no_follow = true,
                     .directory = directory,
                     .mode = options.mode,
                     .shown = target};
    if (directory) {
      const Status status = fs.MakeDir(made.path, options.mode);
      if (absl::IsAlreadyExists(status)) continue;
      if (!status.ok()) return Rename(status, made.path, target);
    }
    auto file = fs.Open(made.path, open);
    if (absl::IsAlreadyExists(file.status()) || (directory && absl::IsNotFound(file.status()))) {
      continue;
    }
    if (!file.ok()) {
      if (directory) (void)fs.RemoveDir(made.path);
      return file.status();
    }
    made.file = *std::move(file);
    CAIRN_ASSIGN_OR_RETURN(made.identity, made.file->Stat());
    if (!Hold(fs, made, options.lock)) continue;
    Uses().stages.emplace(InUse::Place{&fs, made.path}, made.identity);
    return made;
  }
  return absl::UnavailableError(
      fmt::format("{}: no name beside it can be had; something removes them at once", target));
}

Status CheckStillThere(Fs& fs, const Stage& stage, const std::string& target) {
  if (Names(fs, stage.path, stage.identity)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("{}: what was made under the name {} is not there any more: another process "
                  "moved or removed it; nothing was written to {}",
                  target, stage.path, target));
}

}  // namespace

bool AbandonStages() {
  InUse& uses = Uses();
  uses.mutex.lock();
  if (uses.placed) {
    uses.mutex.unlock();
    return false;
  }
  for (const auto& [place, identity] : uses.stages) {
    // Somebody may be adding to a directory yet.
    for (int i = 0; i < kTries && !place.first->RemoveTree(place.second, &identity).ok(); ++i) {
    }
  }
  for (const auto& [fs, level] : uses.levels) (void)fs->RemoveDir(level);
  return true;
}

bool IsStageOf(std::string_view name, std::string_view stem) {
  stem = Stem(stem);
  if (name.size() != stem.size() + kMark.size() + kDigits || !name.starts_with(stem)) return false;
  name.remove_prefix(stem.size());
  if (!name.starts_with(kMark)) return false;
  return name.substr(kMark.size()).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void RemoveLeftovers(Fs& fs, const std::string& dir, const std::string& stem) {
  const auto names = fs.List(dir);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (!IsStageOf(name, stem)) continue;
    const std::string path = JoinPath(dir, name);
    const auto found = fs.LinkStat(path);
    const auto parent = fs.Stat(dir);
    if (!found.ok() || !parent.ok()) continue;
    const bool directory = found->type == FileType::kDirectory;
    if (!directory && found->type != FileType::kRegular) continue;
    if (found->owner != fs.UserId() && found->owner != parent->owner) continue;
    const auto file = fs.Open(path, {.no_follow = true, .directory = directory});
    if (!file.ok()) continue;
    const auto opened = (*file)->Stat();
    if (!opened.ok() || !opened->IsSameFileAs(*found)) continue;
    const auto locked = (*file)->TryLock(LockKind::kFlockExclusive);
    if (!locked.ok() || !*locked) continue;
    (void)fs.RemoveTree(path, &*found);
  }
}

StatusOr<StagedFile> StagedFile::Create(Fs& fs, const std::string& target,
                                        const StageOptions& options) {
  CAIRN_ASSIGN_OR_RETURN(Stage stage, Make(fs, target, options, false));
  return StagedFile(fs, target, std::move(stage));
}

StagedFile::~StagedFile() {
  if (stage_.file == nullptr || placed_) return;
  // Before its lock is given up.
  const std::lock_guard guard(Uses().mutex);
  Uses().Remove(*fs_, stage_.path);
}

Status StagedFile::Place(Placing placing) {
  CAIRN_RETURN_IF_ERROR(stage_.file->Sync());
  const std::lock_guard guard(Uses().mutex);
  CAIRN_RETURN_IF_ERROR(CheckStillThere(*fs_, stage_, target_));
  CAIRN_RETURN_IF_ERROR(Uses().Move(*fs_, stage_.path, target_, placing));
  placed_ = true;
  // Between the look and the rename somebody may have put another file under the stage's name. One
  // of the same user's that replaces ours at once (two saves) is no fault: ours was there, whole.
  const auto named = fs_->LinkStat(target_);
  const bool ours = named.ok() && named->IsSameFileAs(stage_.identity);
  const bool next = placing == Placing::kReplace && named.ok() &&
                    named->type == FileType::kRegular && named->owner == stage_.identity.owner;
  if (!ours && !next) {
    return absl::FailedPreconditionError(fmt::format(
        "{}: another process put a file of its own there at the same moment", target_));
  }
  const Status synced = fs_->SyncDir(DirName(target_));
  if (!synced.ok() && placing == Placing::kNew) (void)fs_->RemoveTree(target_, &stage_.identity);
  return synced;
}

StatusOr<StagedDir> StagedDir::Create(Fs& fs, const std::string& target,
                                      const StageOptions& options) {
  CAIRN_ASSIGN_OR_RETURN(Stage stage, Make(fs, target, options, true));
  return StagedDir(fs, target, std::move(stage));
}

StagedDir::~StagedDir() {
  if (stage_.file == nullptr) return;  // moved away
  const std::lock_guard guard(Uses().mutex);
  for (const Placed& placed : placed_) (void)fs_->RemoveTree(placed.path, &placed.identity);
  if (!stage_.path.empty()) Uses().Remove(*fs_, stage_.path);
}

Status StagedDir::Place(Placing placing) {
  const std::lock_guard guard(Uses().mutex);
  CAIRN_RETURN_IF_ERROR(CheckStillThere(*fs_, stage_, target_));
  CAIRN_RETURN_IF_ERROR(Uses().Move(*fs_, stage_.path, target_, placing));
  placed_.push_back({target_, stage_.identity});
  stage_.path.clear();
  return fs_->SyncDir(DirName(target_));
}

Status StagedDir::PlacePart(const std::string& name, const std::string& target, Placing placing) {
  const std::lock_guard guard(Uses().mutex);
  CAIRN_RETURN_IF_ERROR(CheckStillThere(*fs_, stage_, target_));
  const std::string from = JoinPath(stage_.path, name);
  CAIRN_ASSIGN_OR_RETURN(const FileStat identity, fs_->LinkStat(from));
  CAIRN_RETURN_IF_ERROR(Uses().Move(*fs_, from, target, placing));
  placed_.push_back({target, identity});
  return fs_->SyncDir(DirName(target));
}

LevelsAbove::~LevelsAbove() {
  const std::lock_guard guard(Uses().mutex);
  for (const std::string& level : made_) (void)fs_->RemoveDir(level);
  Forget();
}

void LevelsAbove::Keep() {
  const std::lock_guard guard(Uses().mutex);
  Forget();
}

void LevelsAbove::Forget() {
  for (const std::string& level : made_) std::erase(Uses().levels, InUse::Place{fs_, level});
  made_.clear();
}

Status LevelsAbove::Make(const std::string& dir, uint32_t mode) {
  const std::lock_guard guard(Uses().mutex);
  std::vector<std::string> missing;
  for (std::string level = dir; !Exists(*fs_, level); level = DirName(level)) {
    missing.push_back(level);
  }
  made_.insert(made_.begin(), missing.begin(), missing.end());
  std::vector<InUse::Place> places;
  for (const std::string& level : missing) places.emplace_back(fs_, level);
  Uses().levels.insert(Uses().levels.begin(), places.begin(), places.end());
  return MakeDirs(*fs_, dir, mode);
}

Status WriteFileAtomically(Fs& fs, const std::string& path, std::string_view content,
                           uint32_t mode) {
  CAIRN_ASSIGN_OR_RETURN(const OutputTarget target, FindOutputTarget(fs, path));
  CAIRN_RETURN_IF_ERROR(NeedFile(target, path));
  CAIRN_ASSIGN_OR_RETURN(StagedFile staged, StagedFile::Create(fs, target.path, {.mode = mode}));
  CAIRN_RETURN_IF_ERROR(staged.file().WriteAt(0, content));
  return staged.Place(Placing::kReplace);
}

}  // namespace cairn
