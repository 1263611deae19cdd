// base/output_target.cc: see output_target.h.
#include "base/output_target.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cairn {

namespace {

constexpr int kMaxLinks = 40;  // as the kernel's
constexpr uint32_t kSticky = 01000;
constexpr uint32_t kWorldWritable = 0002;

bool IsStandardOutput(const FileStat& st) {
  struct stat out {};
  return fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == st.device && out.st_ino == st.inode;
}

// Whether the link is one of /proc's, which lead to open files and not to their names.
bool IsOfProc(Fs& fs, const std::string& link) {
  const auto proc = fs.Stat("/proc");
  const auto st = fs.LinkStat(link);
  return proc.ok() && st.ok() && proc->device == st->device;
}

Status CheckLink(Fs& fs, const std::string& link, const FileStat& st) {
  CAIRN_ASSIGN_OR_RETURN(const FileStat dir, fs.Stat(DirName(link)));
  constexpr uint32_t kForAll = kSticky | kWorldWritable;
  if ((dir.mode & kForAll) != kForAll) return absl::OkStatus();
  if (st.owner == fs.UserId() || st.owner == dir.owner) return absl::OkStatus();
  return absl::PermissionDeniedError(
      fmt::format("{} is a link that another user put into a directory for everybody: nothing is "
                  "written through it; name the file itself",
                  link));
}

TargetKind KindOf(const FileStat& st) {
  switch (st.type) {
    case FileType::kRegular:
      return IsStandardOutput(st) ? TargetKind::kStandardOutput : TargetKind::kFile;
    case FileType::kDirectory:
      return TargetKind::kDirectory;
    case FileType::kStream:
      return IsStandardOutput(st) ? TargetKind::kStandardOutput : TargetKind::kStream;
    case FileType::kLink:
    case FileType::kOther:
      break;
  }
  return TargetKind::kOther;
}

}  // namespace

StatusOr<OutputTarget> FindOutputTarget(Fs& fs, const std::string& path) {
  OutputTarget target{.kind = TargetKind::kFree, .path = path};
  for (int links = 0; links <= kMaxLinks; ++links) {
    const auto st = fs.LinkStat(target.path);
    if (absl::IsNotFound(st.status())) return target;
    if (!st.ok()) return st.status();
    if (st->type != FileType::kLink) {
      target.kind = KindOf(*st);
      return target;
    }
    CAIRN_RETURN_IF_ERROR(CheckLink(fs, target.path, *st));
    const auto followed = fs.Stat(target.path);
    if (followed.ok()) {
      const TargetKind kind = KindOf(*followed);
      if (kind != TargetKind::kFile || IsOfProc(fs, target.path)) {
        target.kind = kind == TargetKind::kFile ? TargetKind::kStream : kind;
        return target;
      }
    }
    const auto text = fs.ReadLink(target.path);
    if (!text.ok()) return text.status();
    target.path = text->starts_with('/') ? *text : JoinPath(DirName(target.path), *text);
  }
  return absl::FailedPreconditionError(fmt::format("{}: too many links, or a circle", path));
}

Status NeedFile(const OutputTarget& target, const std::string& path) {
  switch (target.kind) {
    case TargetKind::kFree:
    case TargetKind::kFile:
      return absl::OkStatus();
    case TargetKind::kDirectory:
      return absl::FailedPreconditionError(fmt::format("{} is a directory", path));
    case TargetKind::kStandardOutput:
    case TargetKind::kStream:
    case TargetKind::kOther:
      break;
  }
  return absl::FailedPreconditionError(fmt::format("{} is not a regular file", path));
}

}  // namespace cairn
