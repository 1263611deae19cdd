// base/fs.cc: helpers over any Fs.
#include "base/fs.h"

#include <fmt/format.h>

#include <algorithm>

namespace cairn {

bool Exists(Fs& fs, const std::string& path) { return fs.Stat(path).ok(); }

Status MakeDirs(Fs& fs, const std::string& path, uint32_t mode) {
  if (const auto st = fs.Stat(path); st.ok()) {
    if (st->type == FileType::kDirectory) return absl::OkStatus();
    return absl::FailedPreconditionError(fmt::format("mkdir {}: not a directory", path));
  }
  const std::string parent = DirName(path);
  if (parent != path) CAIRN_RETURN_IF_ERROR(MakeDirs(fs, parent, mode));
  const Status made = fs.MakeDir(path, mode);
  if (absl::IsAlreadyExists(made)) {  // by another process, since the look at it
    CAIRN_ASSIGN_OR_RETURN(const FileStat st, fs.Stat(path));
    if (st.type != FileType::kDirectory) return made;
  } else if (!made.ok()) {
    return made;
  }
  return fs.SyncDir(parent);
}

Status RemoveTree(Fs& fs, const std::string& path) { return fs.RemoveTree(path, nullptr); }

StatusOr<bool> StillNamed(Fs& fs, const File& file, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const FileStat opened, file.Stat());
  const auto named = fs.Stat(path);
  if (absl::IsNotFound(named.status())) return false;
  if (!named.ok()) return named.status();
  return named->IsSameFileAs(opened);
}

Status ReadExactly(const File& file, uint64_t offset, std::span<char> out) {
  CAIRN_ASSIGN_OR_RETURN(const size_t n, file.ReadAt(offset, out));
  if (n == out.size()) return absl::OkStatus();
  return Corrupt(file.path(), offset + n, "unexpected end of file");
}

Status CopyBytes(const File& from, File& to, uint64_t size,
                 const std::function<Status(uint64_t done)>& on_progress) {
  constexpr uint64_t kChunk = 1 << 20;
  std::string buffer;
  for (uint64_t done = 0; done < size;) {
    CAIRN_ASSIGN_OR_RETURN(const uint64_t data, from.NextData(done));
    if (data >= size) break;
    done = data;
    buffer.resize(std::min(size - done, kChunk));
    CAIRN_RETURN_IF_ERROR(ReadExactly(from, done, buffer));
    if (buffer.find_first_not_of('\0') != std::string::npos) {
      CAIRN_RETURN_IF_ERROR(to.WriteAt(done, buffer));
    }
    done += buffer.size();
    CAIRN_RETURN_IF_ERROR(on_progress(done));
  }
  return to.Truncate(size);
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

std::string CleanPath(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!rooted) {
      parts.push_back(part);
    }
  }
  std::string clean = rooted ? "/" : "";
  for (const std::string_view part : parts) {
    if (!clean.empty() && clean.back() != '/') clean += '/';
    clean += part;
  }
  return clean.empty() ? "." : clean;
}

}  // namespace cairn
