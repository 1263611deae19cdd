// offline/restore/member_stage.cc: see member_stage.h.
#include "offline/restore/member_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "offline/db_file.h"

namespace cairn::offline {

namespace {

constexpr uint32_t kDirMode = 0700;
constexpr std::string_view kMember = "member";
constexpr std::string_view kLog = "log";
constexpr size_t kNamesShown = 3;

// Whether both lead to the same place, there or not.
bool SamePlace(Fs& fs, const std::string& a, const std::string& b) {
  const auto at_a = fs.Stat(a);
  const auto at_b = fs.Stat(b);
  if (at_a.ok() || at_b.ok()) return at_a.ok() && at_b.ok() && at_a->IsSameFileAs(*at_b);
  if (a == b) return true;
  const std::string above_a = DirName(a);
  const std::string above_b = DirName(b);
  if (above_a == a || above_b == b) return false;
  return BaseName(a) == BaseName(b) && SamePlace(fs, above_a, above_b);
}

// Where in `dir` the path leads: "" for `dir` itself, "x/y" below it, nothing outside.
std::optional<std::string> PathIn(Fs& fs, const std::string& dir, std::string path) {
  std::string below;
  for (;;) {
    if (SamePlace(fs, dir, path)) return below;
    const std::string name = BaseName(path);
    std::string above = DirName(path);
    // Above "." and ".." the text says nothing.
    if (above == path || name == "." || name == "..") return std::nullopt;
    below = below.empty() ? name : JoinPath(name, below);
    path = std::move(above);
  }
}

std::string SomeOf(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kNamesShown) text += fmt::format(" and {} more", names.size() - kNamesShown);
  return text;
}

}  // namespace

Status CheckFree(Fs& fs, const std::string& where, const std::string& shown, uint64_t bytes) {
  CAIRN_ASSIGN_OR_RETURN(const uint64_t room, fs.FreeBytes(where));
  if (room >= bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      fmt::format("not enough room in {}: {} bytes are needed, {} are free", shown, bytes, room));
}

StatusOr<bool> FindEmptyDir(Fs& fs, const char* what, const std::string& dir,
                            const std::string& shown) {
  const auto st = fs.Stat(dir);
  if (absl::IsNotFound(st.status())) {
    if (!fs.LinkStat(dir).ok()) return false;
    return absl::FailedPreconditionError(
        fmt::format("{} \"{}\" is a link to nothing: make the directory that it names first", what,
                    shown));
  }
  CAIRN_RETURN_IF_ERROR(st.status());
  const auto refuse = [&](std::string_view why) {
    return absl::AlreadyExistsError(
        fmt::format("{} \"{}\" not empty or could not be read: {}", what, shown, why));
  };
  if (st->type != FileType::kDirectory) return refuse("it is not a directory");
  auto names = fs.List(dir);
  if (!names.ok()) return refuse(Message(names.status()));
  std::erase_if(*names, [](const std::string& name) { return IsStageOf(name, kMember); });
  if (names->empty()) return true;
  std::string why = "it holds " + SomeOf(*names);
  if (*names == std::vector<std::string>{"lost+found"}) {
    why += fmt::format(", as the root of a volume does: name a directory in it, such as {}",
                       JoinPath(shown, "etcd"));
  }
  return refuse(why);
}

StatusOr<MemberStage> MemberStage::Make(Fs& fs, const std::string& data_dir,
                                        const std::string& wal_dir, const MemberStageWords& words) {
  MemberStage stage(fs);
  stage.words_ = words;
  stage.shown_data_dir_ = data_dir;
  stage.data_dir_ = CleanPath(data_dir);
  const std::string& data = stage.data_dir_;
  CAIRN_ASSIGN_OR_RETURN(stage.into_existing_, FindEmptyDir(fs, words.data, data, data_dir));

  stage.wal_dir_ = wal_dir.empty() ? WalDir(data) : CleanPath(wal_dir);
  const std::string& wal = stage.wal_dir_;
  const auto inside = PathIn(fs, data, wal);
  if ((inside.has_value() && inside->empty()) || PathIn(fs, wal, data).has_value()) {
    return absl::InvalidArgumentError(
        fmt::format("{} \"{}\" is the {}, or lies above it: name a directory for the log alone",
                    words.wal, wal_dir, words.data));
  }
  if (!inside.has_value()) {
    if (words.wal_may_be_empty) {
      CAIRN_ASSIGN_OR_RETURN(const bool there, FindEmptyDir(fs, words.wal, wal, wal_dir));
      if (there) stage.wal_placing_ = Placing::kReplace;
    } else if (fs.LinkStat(wal).ok()) {
      return absl::AlreadyExistsError(fmt::format("{} \"{}\" exists", words.wal, wal_dir));
    }
  }

  CAIRN_RETURN_IF_ERROR(stage.above_.Make(DirName(data), kDirMode));
  CAIRN_ASSIGN_OR_RETURN(
      StagedDir staged,
      StagedDir::Create(fs, stage.into_existing_ ? JoinPath(data, kMember) : data,
                        {.mode = kDirMode}));
  stage.root_ = staged.path();
  stage.data_.emplace(std::move(staged));
  CAIRN_RETURN_IF_ERROR(MakeDirs(fs, SnapDir(stage.root_), kDirMode));
  if (inside.has_value()) {
    stage.wal_root_ = JoinPath(stage.root_, *inside);
    CAIRN_RETURN_IF_ERROR(MakeDirs(fs, DirName(stage.wal_root_), kDirMode));
  } else {
    CAIRN_RETURN_IF_ERROR(stage.above_.Make(DirName(wal), kDirMode));
    CAIRN_ASSIGN_OR_RETURN(StagedDir outside, StagedDir::Create(fs, wal, {.mode = kDirMode}));
    stage.wal_root_ = JoinPath(outside.path(), kLog);
    stage.wal_.emplace(std::move(outside));
  }
  return stage;
}

StatusOr<MemberStage> MemberStage::MakeWithin(Fs& fs, const std::string& root) {
  MemberStage stage(fs);
  stage.root_ = stage.data_dir_ = stage.shown_data_dir_ = root;
  stage.wal_root_ = stage.wal_dir_ = WalDir(root);
  CAIRN_RETURN_IF_ERROR(MakeDirs(fs, SnapDir(root), kDirMode));
  return stage;
}

std::string MemberStage::db_path() const { return DbPath(root_); }

Status MemberStage::CheckRoom(uint64_t db_bytes, uint64_t log_bytes) const {
  const std::string log_parent = DirName(wal_root_);
  CAIRN_ASSIGN_OR_RETURN(const FileStat data, fs_->Stat(root_));
  CAIRN_ASSIGN_OR_RETURN(const FileStat log, fs_->Stat(log_parent));
  if (data.device == log.device) {
    return CheckFree(*fs_, root_, shown_data_dir_, db_bytes + log_bytes);
  }
  CAIRN_RETURN_IF_ERROR(CheckFree(*fs_, root_, shown_data_dir_, db_bytes));
  return CheckFree(*fs_, log_parent, wal_dir_, log_bytes);
}

Status MemberStage::Taken() const {
  const auto found = FindEmptyDir(*fs_, words_.data, data_dir_, shown_data_dir_);
  if (!found.ok()) return found.status();
  return absl::AlreadyExistsError(fmt::format(
      "{} \"{}\" not empty or could not be read: another process made it meanwhile", words_.data,
      shown_data_dir_));
}

Status MemberStage::Place() {
  for (const std::string& leaf : {SnapDir(root_), DirName(wal_root_)}) {
    for (std::string dir = leaf; dir.size() >= root_.size() && dir.starts_with(root_);
         dir = DirName(dir)) {
      CAIRN_RETURN_IF_ERROR(fs_->SyncDir(dir));
    }
  }
  if (wal_.has_value()) {
    const Status placed = wal_->PlacePart(std::string(kLog), wal_dir_, wal_placing_);
    if (absl::IsAlreadyExists(placed)) {
      return absl::AlreadyExistsError(fmt::format("{} \"{}\" exists", words_.wal, wal_dir_));
    }
    CAIRN_RETURN_IF_ERROR(placed);
  }
  if (!data_.has_value()) return absl::OkStatus();
  if (!into_existing_) {
    const Status placed = data_->Place(Placing::kNew);
    return absl::IsAlreadyExists(placed) ? Taken() : placed;
  }
  // The directory itself may be a mount point: only what is inside can be moved. `member` makes it
  // a data directory, so it comes last.
  CAIRN_ASSIGN_OR_RETURN(std::vector<std::string> names, fs_->List(root_));
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& name) { return name != kMember; });
  for (const std::string& name : names) {
    const Status placed = data_->PlacePart(name, JoinPath(data_dir_, name), Placing::kNew);
    if (absl::IsAlreadyExists(placed)) return Taken();
    CAIRN_RETURN_IF_ERROR(placed);
  }
  return absl::OkStatus();
}

void MemberStage::Keep() {
  above_.Keep();
  if (data_.has_value()) data_->Keep();
  if (wal_.has_value()) wal_->Keep();
}

}  // namespace cairn::offline
