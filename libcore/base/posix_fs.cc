// base/posix_fs.cc: base/fs.h on the real file system.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>

#include "base/aligned_bytes.h"
#include "base/fs.h"
#include "base/random.h"

namespace cairn {

namespace {

FileStat FromStat(const struct stat& st) {
  FileStat result;
  result.type = S_ISREG(st.st_mode)                          ? FileType::kRegular
                : S_ISDIR(st.st_mode)                        ? FileType::kDirectory
                : S_ISLNK(st.st_mode)                        ? FileType::kLink
                : S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode) ? FileType::kStream
                                                             : FileType::kOther;
  result.size = static_cast<uint64_t>(st.st_size);
  result.allocated = static_cast<uint64_t>(st.st_blocks) * 512;
  result.mode = st.st_mode & 07777;
  result.owner = st.st_uid;
  result.group = st.st_gid;
  result.device = st.st_dev;
  result.inode = st.st_ino;
  result.modified_nanos = st.st_mtim.tv_sec * int64_t{1'000'000'000} + st.st_mtim.tv_nsec;
  return result;
}

// A descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

StatusOr<std::vector<std::string>> NamesIn(DIR* dir, const std::string& path) {
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* e = readdir(dir)) {
    const std::string_view name = e->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return ErrnoStatus("read", path, errno);
  std::sort(names.begin(), names.end());
  return names;
}

// Removes `name` in the directory `dir` with all below it. What a directory is was settled when it
// was opened, so nobody can put a link in its place between two steps.
Status RemoveAt(int dir, const std::string& name, const std::string& shown, const FileStat* only,
                const dev_t* device) {
  struct stat st {};
  if (fstatat(dir, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? absl::OkStatus() : ErrnoStatus("stat", shown, errno);
  }
  if (only != nullptr && !FromStat(st).IsSameFileAs(*only)) {
    return absl::FailedPreconditionError(
        fmt::format("remove {}: another file has this name by now", shown));
  }
  if (!S_ISDIR(st.st_mode)) {
    if (unlinkat(dir, name.c_str(), 0) != 0 && errno != ENOENT) {
      return ErrnoStatus("remove", shown, errno);
    }
    return absl::OkStatus();
  }
  const int fd = openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus("open", shown, errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(fdopendir(fd), closedir);
  if (entries == nullptr) {
    const int error_number = errno;
    close(fd);
    return ErrnoStatus("open", shown, error_number);
  }
  struct stat opened {};
  if (fstat(fd, &opened) != 0) return ErrnoStatus("stat", shown, errno);
  if (opened.st_dev != st.st_dev || opened.st_ino != st.st_ino) {
    return absl::FailedPreconditionError(
        fmt::format("remove {}: another file has this name by now", shown));
  }
  if (device != nullptr && st.st_dev != *device) return ErrnoStatus("remove", shown, EXDEV);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(entries.get(), shown));
  for (const std::string& below : names) {
    CAIRN_RETURN_IF_ERROR(RemoveAt(fd, below, JoinPath(shown, below), nullptr, &st.st_dev));
  }
  if (unlinkat(dir, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return ErrnoStatus("remove", shown, errno);
  }
  return absl::OkStatus();
}

class PosixFile : public File {
 public:
  PosixFile(std::string path, int fd, bool direct)
      : path_(std::move(path)), fd_(fd), direct_(direct) {}
  ~PosixFile() override { close(fd_); }

  const std::string& path() const override { return path_; }

  StatusOr<size_t> ReadAt(uint64_t offset, std::span<char> out) const override {
    size_t done = 0;
    while (done < out.size()) {
      const ssize_t n =
          pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (n < 0) {
        if (errno == EINTR) continue;
        return ErrnoStatus("read", path_, errno);
      }
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

  StatusOr<uint64_t> NextData(uint64_t offset) const override {
    const off_t found = lseek(fd_, static_cast<off_t>(offset), SEEK_DATA);
    if (found >= 0) return static_cast<uint64_t>(found);
    // Beyond the end, or nothing but a hole up to it; else a file system that knows no holes.
    if (errno == ENXIO) return Size();
    return offset;
  }

  Status WriteAt(uint64_t offset, std::string_view data) override {
    return WriteAtV(offset, std::span(&data, 1));
  }

  Status WriteAtV(uint64_t offset, std::span<const std::string_view> parts) override {
    std::vector<iovec> iov;
    iov.reserve(parts.size());
    for (std::string_view part : parts) {
      if (!part.empty()) iov.push_back({const_cast<char*>(part.data()), part.size()});
    }
    size_t first = 0;
    while (first < iov.size()) {
      if (direct_ && !IsAligned(offset, std::span(iov).subspan(first))) StopDirect();
      const int count = static_cast<int>(std::min<size_t>(iov.size() - first, IOV_MAX));
      const ssize_t n = pwritev(fd_, iov.data() + first, count, static_cast<off_t>(offset));
      if (n < 0) {
        if (errno == EINTR) continue;
        if (errno == EINVAL && direct_) {  // this file system wants another alignment
          StopDirect();
          continue;
        }
        return ErrnoStatus("write", path_, errno);
      }
      offset += static_cast<uint64_t>(n);
      size_t left = static_cast<size_t>(n);
      while (first < iov.size() && left >= iov[first].iov_len) left -= iov[first++].iov_len;
      if (left > 0) {
        iov[first].iov_base = static_cast<char*>(iov[first].iov_base) + left;
        iov[first].iov_len -= left;
      }
    }
    return absl::OkStatus();
  }

  Status Sync() override {
    if (fdatasync(fd_) != 0) return ErrnoStatus("fdatasync", path_, errno);
    return absl::OkStatus();
  }

  Status Truncate(uint64_t size) override {
    if (ftruncate(fd_, static_cast<off_t>(size)) != 0) return ErrnoStatus("truncate", path_, errno);
    return absl::OkStatus();
  }

  Status Allocate(uint64_t size) override {
    if (const int e = posix_fallocate(fd_, 0, static_cast<off_t>(size)); e != 0) {
      return ErrnoStatus("allocate", path_, e);
    }
    return absl::OkStatus();
  }

  StatusOr<uint64_t> Size() const override {
    struct stat st {};
    if (fstat(fd_, &st) != 0) return ErrnoStatus("stat", path_, errno);
    return static_cast<uint64_t>(st.st_size);
  }

  StatusOr<FileStat> Stat() const override {
    struct stat st {};
    if (fstat(fd_, &st) != 0) return ErrnoStatus("stat", path_, errno);
    return FromStat(st);
  }

  Status TakeOwner(const FileStat& of) override {
    // Only root may give a file away; anybody else owns both files already or can't help it.
    if (fchown(fd_, of.owner, of.group) != 0 && errno != EPERM) {
      return ErrnoStatus("chown", path_, errno);
    }
    if (fchmod(fd_, of.mode) != 0) return ErrnoStatus("chmod", path_, errno);
    return absl::OkStatus();
  }

  StatusOr<bool> TryLock(LockKind kind) override {
    int rc = 0;
    if (kind == LockKind::kOfdExclusive) {
      struct flock lock {};
      lock.l_type = F_WRLCK;
      lock.l_whence = SEEK_SET;
      rc = fcntl(fd_, F_OFD_SETLK, &lock);
    } else {
      rc = flock(fd_, (kind == LockKind::kFlockShared ? LOCK_SH : LOCK_EX) | LOCK_NB);
    }
    if (rc == 0) return true;
    if (errno == EWOULDBLOCK || errno == EAGAIN || errno == EACCES) return false;
    return ErrnoStatus("lock", path_, errno);
  }

  void Advise(Access access, uint64_t offset, uint64_t length) const override {
    int advice = POSIX_FADV_NORMAL;
    switch (access) {
      case Access::kSequential:
        advice = POSIX_FADV_SEQUENTIAL;
        break;
      case Access::kRandom:
        advice = POSIX_FADV_RANDOM;
        break;
      case Access::kWillNeed:
        advice = POSIX_FADV_WILLNEED;
        break;
      case Access::kDontNeed:
        advice = POSIX_FADV_DONTNEED;
        break;
    }
    posix_fadvise(fd_, static_cast<off_t>(offset), static_cast<off_t>(length), advice);
  }

  void StartWriteback(uint64_t offset, uint64_t length) const override {
    sync_file_range(fd_, static_cast<off_t>(offset), static_cast<off_t>(length),
                    SYNC_FILE_RANGE_WRITE);
  }

 private:
  static bool IsAligned(uint64_t offset, std::span<const iovec> parts) {
    uint64_t odd = offset;
    for (const iovec& part : parts) {
      odd |= reinterpret_cast<uintptr_t>(part.iov_base) | part.iov_len;  // NOLINT
    }
    return odd % kDirectAlignment == 0;
  }
  void StopDirect() {
    direct_ = false;
    (void)fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) & ~O_DIRECT);
  }

  const std::string path_;
  const int fd_;
  bool direct_;
};

class RealFs : public Fs {
 public:
  StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                       const OpenOptions& options) override {
    int flags = O_CLOEXEC | (options.write ? O_RDWR : O_RDONLY);
    if (options.create) flags |= O_CREAT;
    if (options.exclusive) flags |= O_EXCL;
    if (options.truncate) flags |= O_TRUNC;
    if (options.no_follow || options.exclusive) flags |= O_NOFOLLOW;
    if (options.directory) flags |= O_DIRECTORY;
    const std::string& shown = options.shown.empty() ? path : options.shown;
    // Else a pipe that nobody writes into would be waited for.
    flags |= O_NONBLOCK;
    int fd = -1;
    do {
      fd = open(path.c_str(), flags, static_cast<mode_t>(options.mode));
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) return ErrnoStatus("open", shown, errno);
    struct stat st {};
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && !options.directory) {
      close(fd);
      return ErrnoStatus("read", shown, EISDIR);
    }
    if (S_ISFIFO(st.st_mode)) {
      close(fd);
      return absl::InvalidArgumentError(fmt::format(
          "open {}: is a pipe; it is read in any order: write it to a file first", shown));
    }
    const bool direct = options.direct && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_DIRECT) == 0;
    return std::make_unique<PosixFile>(shown, fd, direct);
  }

  StatusOr<FileStat> Stat(const std::string& path) override {
    struct stat st {};
    if (stat(path.c_str(), &st) != 0) return ErrnoStatus("stat", path, errno);
    return FromStat(st);
  }

  StatusOr<FileStat> LinkStat(const std::string& path) override {
    struct stat st {};
    if (lstat(path.c_str(), &st) != 0) return ErrnoStatus("stat", path, errno);
    return FromStat(st);
  }

  StatusOr<std::string> ReadLink(const std::string& path) override {
    std::string target(PATH_MAX, '\0');
    const ssize_t n = readlink(path.c_str(), target.data(), target.size());
    if (n < 0) return ErrnoStatus("readlink", path, errno);
    target.resize(static_cast<size_t>(n));
    return target;
  }

  StatusOr<std::vector<std::string>> List(const std::string& dir) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(dir.c_str()), closedir);
    if (entries == nullptr) return ErrnoStatus("open", dir, errno);
    return NamesIn(entries.get(), dir);
  }

  Status MakeDir(const std::string& path, uint32_t mode) override {
    if (mkdir(path.c_str(), static_cast<mode_t>(mode)) != 0) {
      return ErrnoStatus("mkdir", path, errno);
    }
    return absl::OkStatus();
  }

  Status Rename(const std::string& from, const std::string& to) override {
    if (rename(from.c_str(), to.c_str()) != 0) {
      return ErrnoStatus("rename", from + " to " + to, errno);
    }
    return absl::OkStatus();
  }

  Status RenameNew(const std::string& from, const std::string& to) override {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
      return absl::OkStatus();
    }
    const auto fail = [&](int e) { return ErrnoStatus("rename", from + " to " + to, e); };
    if (errno != EINVAL && errno != ENOSYS) return fail(errno);
    // A file system that can't (NFS). A second name for a file is as good; a directory can at worst
    // take the place of an empty one.
    struct stat st {};
    if (lstat(to.c_str(), &st) == 0) return fail(EEXIST);
    if (lstat(from.c_str(), &st) != 0) return fail(errno);
    if (S_ISDIR(st.st_mode)) return Rename(from, to);
    if (link(from.c_str(), to.c_str()) != 0) {
      return errno == EPERM || errno == EOPNOTSUPP ? Rename(from, to) : fail(errno);
    }
    return RemoveFile(from);
  }

  Status RemoveFile(const std::string& path) override {
    if (unlink(path.c_str()) != 0) return ErrnoStatus("remove", path, errno);
    return absl::OkStatus();
  }

  Status RemoveDir(const std::string& path) override {
    if (rmdir(path.c_str()) != 0) return ErrnoStatus("remove", path, errno);
    return absl::OkStatus();
  }

  Status SyncDir(const std::string& dir) override {
    const int fd = open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return ErrnoStatus("open", dir, errno);
    const int rc = fsync(fd);
    const int error_number = errno;
    close(fd);
    if (rc != 0) return ErrnoStatus("fsync", dir, error_number);
    return absl::OkStatus();
  }

  Status RemoveTree(const std::string& path, const FileStat* only) override {
    const std::string parent = DirName(path);
    const Descriptor dir(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (dir.get() < 0) {
      return errno == ENOENT ? absl::OkStatus() : ErrnoStatus("open", parent, errno);
    }
    return RemoveAt(dir.get(), BaseName(path), path, only, nullptr);
  }

  uint32_t UserId() override { return geteuid(); }
  uint64_t NameSeed() override { return SystemSeed(); }

  StatusOr<uint64_t> FreeBytes(const std::string& path) override {
    struct statvfs vfs {};
    if (statvfs(path.c_str(), &vfs) != 0) return ErrnoStatus("statvfs", path, errno);
    return uint64_t{vfs.f_bavail} * vfs.f_frsize;
  }
};

}  // namespace

Fs& PosixFs() {
  static RealFs fs;
  return fs;
}

}  // namespace cairn
