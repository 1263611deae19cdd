// base/fs.h: the seam between Cairn and the file system. Every byte that reaches or leaves a disk
// passes here, so that tests can drop, tear, delay and refuse it on purpose (sim/mem_fs.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn {

// Whole-file advisory locks. etcd locks the db with flock(2) and WAL segments with
// open-file-description locks.
enum class LockKind { kFlockShared, kFlockExclusive, kOfdExclusive };

// How a range will be read; a hint only.
enum class Access { kSequential, kRandom, kWillNeed, kDontNeed };

enum class FileType {
  kRegular,
  kDirectory,
  kLink,    // a symbolic link; only LinkStat says so
  kStream,  // a FIFO or a character device: bytes go in, in order
  kOther,   // a socket or a block device
};

struct FileStat {
  FileType type = FileType::kOther;
  uint64_t size = 0;
  uint64_t allocated = 0;  // bytes of blocks in use
  uint32_t mode = 0;       // permission bits
  uint32_t owner = 0;      // user id
  uint32_t group = 0;
  uint64_t device = 0;  // device and inode: which file it is, by whatever name
  uint64_t inode = 0;
  int64_t modified_nanos = 0;  // Unix time of the last write; 0 where there is no clock

  bool IsSameFileAs(const FileStat& other) const {
    return device == other.device && inode == other.inode;
  }
};

// An open file. Offsets and sizes are in bytes. Const functions may be called from several threads
// at once.
class File {
 public:
  virtual ~File() = default;
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // The path it was opened by (or OpenOptions::shown), for messages.
  virtual const std::string& path() const = 0;

  // Reads up to out.size() bytes from `offset`; fewer only at the end of the file. Returns how
  // many.
  virtual StatusOr<size_t> ReadAt(uint64_t offset, std::span<char> out) const = 0;
  virtual Status WriteAt(uint64_t offset, std::string_view data) = 0;
  // Writes the parts one after the other, as one vectored write where possible.
  virtual Status WriteAtV(uint64_t offset, std::span<const std::string_view> parts) = 0;
  // fdatasync: data and size are durable when it returns OK. A failure is fatal for the caller:
  // never retried.
  virtual Status Sync() = 0;
  virtual Status Truncate(uint64_t size) = 0;
  // Makes the file at least `size` bytes long with its blocks reserved; what was there stays.
  virtual Status Allocate(uint64_t size) = 0;
  virtual StatusOr<uint64_t> Size() const = 0;
  // Of the open file, whatever its path names by now.
  virtual StatusOr<FileStat> Stat() const = 0;
  // Gives the open file the owner, group and permission bits of `of`, as far as this process may: a
  // tool run by root must not leave files that the server's user can't open. By descriptor: whoever
  // puts a link under the path gains nothing.
  virtual Status TakeOwner(const FileStat& of) = 0;
  // False when another open file holds a conflicting lock. Released when the file is closed.
  virtual StatusOr<bool> TryLock(LockKind kind) = 0;
  virtual void Advise(Access access, uint64_t offset, uint64_t length) const = 0;
  // Where the first byte from `offset` on may lie that is no hole; the file's size if all is hole.
  virtual StatusOr<uint64_t> NextData(uint64_t offset) const { return offset; }
  // Starts writing dirty bytes of the range to disk without waiting; a hint only.
  virtual void StartWriteback(uint64_t offset, uint64_t length) const = 0;
};

struct OpenOptions {
  bool write = false;
  bool create = false;     // with write: create if missing
  bool exclusive = false;  // with create: fail if it exists
  bool truncate = false;
  // With write: past the page cache, for large files that nobody is about to read. A hint: writes
  // that aren't aligned (base/aligned_bytes.h) and file systems that can't go through the cache.
  bool direct = false;
  bool no_follow = false;  // fail if the path is a symbolic link (`exclusive` never follows one)
  // A directory, to lock, to sync, to tell or to give an owner; without write.
  bool directory = false;
  uint32_t mode = 0600;
  std::string shown;  // what messages call the file; empty: its path
};

// The file system. Thread-safe. Nothing is durable until the file is synced, and a created, renamed
// or removed name not until its directory is (SyncDir).
class Fs {
 public:
  virtual ~Fs() = default;

  virtual StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                               const OpenOptions& options) = 0;
  virtual StatusOr<FileStat> Stat(const std::string& path) = 0;
  // The same, of a symbolic link itself.
  virtual StatusOr<FileStat> LinkStat(const std::string& path) { return Stat(path); }
  // What a symbolic link says.
  virtual StatusOr<std::string> ReadLink(const std::string& path) = 0;
  // Names in the directory, sorted, without "." and "..".
  virtual StatusOr<std::vector<std::string>> List(const std::string& dir) = 0;
  // One level; AlreadyExists if something has that name.
  virtual Status MakeDir(const std::string& path, uint32_t mode) = 0;
  // rename(2): replaces a file, or an empty directory by a directory.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  // The same, but AlreadyExists when anything has the name `to`, also an empty directory.
  virtual Status RenameNew(const std::string& from, const std::string& to) = 0;
  virtual Status RemoveFile(const std::string& path) = 0;
  virtual Status RemoveDir(const std::string& path) = 0;
  virtual Status SyncDir(const std::string& dir) = 0;
  // Removes a file, a link (not what it names) or a whole tree; OK when nothing is there. With
  // `only` FailedPrecondition, and nothing is done, when the path is another file than that. By
  // descriptors: no link is followed below the path's directory, and no other file system entered.
  virtual Status RemoveTree(const std::string& path, const FileStat* only) = 0;
  // The user whose files this process makes.
  virtual uint32_t UserId() { return 0; }
  // For names that nobody can foresee (a counter where a test needs the same ones again).
  virtual uint64_t NameSeed() = 0;
  // Bytes that can still be written on the file system that holds `path`.
  virtual StatusOr<uint64_t> FreeBytes(const std::string& path) = 0;
};

// The real file system of this process. Lives for ever.
Fs& PosixFs();

// Helpers over any Fs.
bool Exists(Fs& fs, const std::string& path);
// MakeDir for each missing level, parents synced. `mode` goes to the levels it makes.
Status MakeDirs(Fs& fs, const std::string& path, uint32_t mode);
// Fs::RemoveTree of whatever is there.
Status RemoveTree(Fs& fs, const std::string& path);
// Whether the path (links followed) still leads to the open file: another process may have given
// the name away while its lock was waited for.
StatusOr<bool> StillNamed(Fs& fs, const File& file, const std::string& path);
// Exactly out.size() bytes, or an error that names path and offset ("unexpected end of file").
Status ReadExactly(const File& file, uint64_t offset, std::span<char> out);
// Copies the first `size` bytes of `from`, which has them, to an empty file, and makes that as
// long. Holes stay holes, and long zeros become some. `on_progress` is called with the bytes done;
// its error ends the copy.
Status CopyBytes(const File& from, File& to, uint64_t size,
                 const std::function<Status(uint64_t done)>& on_progress);
StatusOr<std::string> ReadWholeFile(Fs& fs, const std::string& path, uint64_t max_bytes);
// "a/b" from ("a", "b"), "a" from "a/b", "b" from "a/b".
std::string JoinPath(std::string_view dir, std::string_view name);
std::string DirName(std::string_view path);
std::string BaseName(std::string_view path);
// The shortest name of the same path, by its text alone, as Go's path cleaning makes it: "b" from
// "a/../b" and "./b//", "." from "".
std::string CleanPath(std::string_view path);

}  // namespace cairn
