// offline/backup_stage.cc: see backup_stage.h.
#include "offline/backup_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "offline/db_file.h"

namespace cairn::offline {

namespace {

constexpr std::string_view kSuffix = ".backing-up";
constexpr uint32_t kDirMode = 0700;

// Whether a directory is there; AlreadyExists when it holds more than what a killed run left.
StatusOr<bool> IsThere(Fs& fs, const char* what, const std::string& dir) {
  const auto st = fs.Stat(dir);
  if (absl::IsNotFound(st.status())) return false;
  CAIRN_RETURN_IF_ERROR(st.status());
  const auto names = fs.List(dir);
  const bool empty =
      names.ok() && std::all_of(names->begin(), names->end(),
                                [](const std::string& name) { return name == kSuffix; });
  if (empty) return true;
  return absl::AlreadyExistsError(
      fmt::format("{} \"{}\" not empty or could not be read", what, dir));
}

void DropSlashes(std::string& path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
}

}  // namespace

StatusOr<BackupStage> BackupStage::Make(Fs& fs, std::string dir, std::string wal_dir) {
  BackupStage stage(fs);
  DropSlashes(dir);
  DropSlashes(wal_dir);
  stage.dir_ = dir;
  CAIRN_ASSIGN_OR_RETURN(stage.into_existing_, IsThere(fs, "backup-dir", dir));
  stage.root_ = stage.into_existing_ ? JoinPath(dir, kSuffix) : dir + std::string(kSuffix);
  stage.own_wal_dir_ = !wal_dir.empty() && wal_dir != WalDir(dir);
  stage.wal_dir_ = stage.own_wal_dir_ ? wal_dir : WalDir(dir);
  if (stage.own_wal_dir_) {
    CAIRN_RETURN_IF_ERROR(IsThere(fs, "backup-wal-dir", wal_dir).status());
    CAIRN_RETURN_IF_ERROR(MakeDirs(fs, DirName(wal_dir), kDirMode));
  }
  stage.wal_root_ = stage.own_wal_dir_ ? wal_dir + std::string(kSuffix) : WalDir(stage.root_);
  CAIRN_RETURN_IF_ERROR(MakeDirs(fs, DirName(dir), kDirMode));
  stage.active_ = true;
  CAIRN_RETURN_IF_ERROR(RemoveTree(fs, stage.root_));
  if (stage.own_wal_dir_) CAIRN_RETURN_IF_ERROR(RemoveTree(fs, stage.wal_root_));
  CAIRN_RETURN_IF_ERROR(MakeDirs(fs, SnapDir(stage.root_), kDirMode));
  return stage;
}

BackupStage::BackupStage(BackupStage&& other) noexcept
    : fs_(other.fs_),
      dir_(std::move(other.dir_)),
      wal_dir_(std::move(other.wal_dir_)),
      root_(std::move(other.root_)),
      wal_root_(std::move(other.wal_root_)),
      into_existing_(other.into_existing_),
      own_wal_dir_(other.own_wal_dir_),
      active_(std::exchange(other.active_, false)),
      data_placed_(other.data_placed_),
      wal_placed_(other.wal_placed_) {}

BackupStage::~BackupStage() {
  if (!active_) return;
  (void)RemoveTree(*fs_, root_);
  if (data_placed_) {
    (void)RemoveTree(*fs_, into_existing_ ? JoinPath(dir_, "member") : dir_);
  }
  if (own_wal_dir_) {
    (void)RemoveTree(*fs_, wal_root_);
    (void)RemoveTree(*fs_, wal_root_ + ".tmp");
    if (wal_placed_) (void)RemoveTree(*fs_, wal_dir_);
  }
}

Status BackupStage::Place() {
  CAIRN_RETURN_IF_ERROR(fs_->SyncDir(SnapDir(root_)));
  CAIRN_RETURN_IF_ERROR(fs_->SyncDir(JoinPath(root_, "member")));
  CAIRN_RETURN_IF_ERROR(fs_->SyncDir(root_));
  if (own_wal_dir_) {
    CAIRN_RETURN_IF_ERROR(fs_->Rename(wal_root_, wal_dir_));
    wal_placed_ = true;
    CAIRN_RETURN_IF_ERROR(fs_->SyncDir(DirName(wal_dir_)));
  }
  if (into_existing_) {
    CAIRN_RETURN_IF_ERROR(fs_->Rename(JoinPath(root_, "member"), JoinPath(dir_, "member")));
    data_placed_ = true;
    CAIRN_RETURN_IF_ERROR(fs_->RemoveDir(root_));
    CAIRN_RETURN_IF_ERROR(fs_->SyncDir(dir_));
  } else {
    CAIRN_RETURN_IF_ERROR(fs_->Rename(root_, dir_));
    data_placed_ = true;
    CAIRN_RETURN_IF_ERROR(fs_->SyncDir(DirName(dir_)));
  }
  active_ = false;
  return absl::OkStatus();
}

}  // namespace cairn::offline
