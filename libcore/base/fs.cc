// base/fs.cc: helpers over any Fs.
#include "base/fs.h"

#include <fmt/format.h>

namespace cairn {

bool Exists(Fs& fs, const std::string& path) { return fs.Stat(path).ok(); }

Status MakeDirs(Fs& fs, const std::string& path, uint32_t mode) {
  if (const auto st = fs.Stat(path); st.ok()) {
    if (st->type == FileType::kDirectory) return absl::OkStatus();
    return absl::FailedPreconditionError(fmt::format("mkdir {}: not a directory", path));
  }
  const std::string parent = DirName(path);
  if (parent != path) CAIRN_RETURN_IF_ERROR(MakeDirs(fs, parent, mode));
  CAIRN_RETURN_IF_ERROR(fs.MakeDir(path, mode));
  return fs.SyncDir(parent);
}

Status RemoveTree(Fs& fs, const std::string& path) {
  const auto st = fs.Stat(path);
  if (absl::IsNotFound(st.status())) return absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(st.status());
  if (st->type != FileType::kDirectory) return fs.RemoveFile(path);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(path));
  for (const std::string& name : names) {
    CAIRN_RETURN_IF_ERROR(RemoveTree(fs, JoinPath(path, name)));
  }
  return fs.RemoveDir(path);
}

Status ReadExactly(const File& file, uint64_t offset, std::span<char> out) {
  CAIRN_ASSIGN_OR_RETURN(const size_t n, file.ReadAt(offset, out));
  if (n == out.size()) return absl::OkStatus();
  return Corrupt(file.path(), offset + n, "unexpected end of file");
}

StatusOr<std::string> ReadWholeFile(Fs& fs, const std::string& path, uint64_t max_bytes) {
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, fs.Open(path, {}));
  CAIRN_ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  if (size > max_bytes) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {} bytes are more than the {} expected here", path, size, max_bytes));
  }
  std::string content(size, '\0');
  CAIRN_RETURN_IF_ERROR(ReadExactly(*file, 0, content));
  return content;
}

Status WriteFileAtomically(Fs& fs, const std::string& path, std::string_view content,
                           uint32_t mode) {
  const std::string temporary = path + ".part";
  const auto write = [&]() -> Status {
    CAIRN_ASSIGN_OR_RETURN(
        const std::unique_ptr<File> file,
        fs.Open(temporary, {.write = true, .create = true, .truncate = true, .mode = mode}));
    CAIRN_RETURN_IF_ERROR(file->WriteAt(0, content));
    CAIRN_RETURN_IF_ERROR(file->Sync());
    return fs.Rename(temporary, path);
  };
  if (Status s = write(); !s.ok()) {
    (void)fs.RemoveFile(temporary);
    return s;
  }
  return fs.SyncDir(DirName(path));
}

Status PlaceDurably(Fs& fs, const std::string& from, const std::string& to) {
  CAIRN_RETURN_IF_ERROR(fs.Rename(from, to));
  const Status synced = fs.SyncDir(DirName(to));
  if (!synced.ok()) (void)RemoveTree(fs, to);
  return synced;
}

std::string JoinPath(std::string_view dir, std::string_view name) {
  if (dir.empty()) return std::string(name);
  if (dir.back() == '/') return std::string(dir).append(name);
  return std::string(dir).append("/").append(name);
}

std::string DirName(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  if (slash == 0) return "/";
  return std::string(path.substr(0, slash));
}

std::string BaseName(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace cairn
