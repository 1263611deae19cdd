// sim/mem_fs.h: a file system in memory, for tests: it logs every change, so that crashes can be
// played through (sim/crash_states.h), and fails where it is told to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/fs.h"
#include "sim/mem_blob.h"

namespace cairn {

// One change of a MemFs. Nodes (files and directories) have numbers that stay the same when names
// change; number 1 is the root.
struct MemOp {
  enum class Kind {
    kCreate,    // `name` in `dir` is the new empty file `node`
    kMakeDir,   // `name` in `dir` is the new empty directory `node`
    kWrite,     // `data` at `offset` of `node`
    kTruncate,  // `node` is `offset` bytes long
    kAllocate,  // `node` is at least `offset` bytes long
    kRename,  // `node` moves from `name` in `dir` to `to_name` in `to_dir`, replacing what is there
    kRemove,  // `name` in `dir`, a file or an empty directory, is gone
    kSync,    // data and size of `node` are durable
    kSyncDir,  // the names in `node` are durable
    kBitRot,   // the bits of `data` at `offset` of `node` are flipped, on the disk too
  };
  Kind kind = Kind::kSync;
  uint64_t node = 0;
  uint64_t offset = 0;
  std::string data;
  uint64_t dir = 0;
  std::string name;
  uint64_t to_dir = 0;
  std::string to_name;
  uint32_t mode = 0;
  std::string path;  // as the caller gave it, for messages

  // "write /data/db 4096+8192"
  std::string ToString() const;
};

// A file or directory as it is.
struct MemNode {
  bool is_dir = false;
  uint32_t mode = 0;
  MemBlob data;
  uint64_t reserved = 0;  // bytes asked for by Allocate
  std::map<std::string, uint64_t> entries;
};

// All nodes by number. Numbers grow and are never used twice.
struct MemDisk {
  static constexpr uint64_t kRoot = 1;
  std::map<uint64_t, MemNode> nodes;
  uint64_t next_node = kRoot + 1;
};

// A deterministic file system with the rules and error texts of the real one: rename and remove
// rules, owner permission bits, flock and open-file-description locks between open files, files
// that live on while open. No links; relative paths begin at the root; times don't exist.
//
// Thread-safe. Files may outlive the file system. At most 16 GiB a file (then "file too large").
class MemFs : public Fs {
 public:
  // Only "/", with mode 0755.
  MemFs();
  // What a machine finds on `disk` after it started again.
  explicit MemFs(MemDisk disk);
  ~MemFs() override;

  StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                       const OpenOptions& options) override;
  StatusOr<FileStat> Stat(const std::string& path) override;
  StatusOr<std::vector<std::string>> List(const std::string& dir) override;
  Status MakeDir(const std::string& path, uint32_t mode) override;
  StatusOr<std::string> ReadLink(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status RenameNew(const std::string& from, const std::string& to) override;
  Status RemoveFile(const std::string& path) override;
  Status RemoveDir(const std::string& path) override;
  Status SyncDir(const std::string& dir) override;
  Status RemoveTree(const std::string& path, const FileStat* only) override;
  uint64_t NameSeed() override;  // 1, 2, 3, …
  // What is left of the byte budget; 1 TiB without one.
  StatusOr<uint64_t> FreeBytes(const std::string& path) override;

  // The log. `op_count` is how many changes have been done, so "after n operations" names a moment
  // between two of them. The references are good until the next change.
  size_t op_count() const;
  const std::vector<MemOp>& log() const;
  // The disk, fully durable, that the log begins with.
  const MemDisk& log_start() const;
  // Makes all that is there durable and begins a new, empty log: the moment a test starts from.
  void Settle();

  // Faults. Attempts are counted from 0 as operations are, but failed ones count too. The attempt
  // `attempt` of a change fails with `status` and changes nothing; with `from_then_on` all later
  // ones fail too.
  void FailAt(uint64_t attempt, Status status, bool from_then_on = false);
  uint64_t attempts() const;
  // After `bytes` more written bytes the disk is full: a write that does not fit writes what fits,
  // then gives "no space left on device". Growing by Allocate takes from it too.
  void SetByteBudget(uint64_t bytes);
  void RemoveByteBudget();
  // Reads of `path` that touch the range give `status`; such as an input/output error.
  void FailReads(const std::string& path, uint64_t offset, uint64_t length, Status status);
  // Flips bit 0–7 of the byte at `offset`, which must exist, on the disk as well.
  void FlipBit(const std::string& path, uint64_t offset, int bit);
  // chmod(2); `path` must exist.
  void SetMode(const std::string& path, uint32_t mode);

 private:
  struct State;
  class OpenFile;
  std::shared_ptr<State> state_;
};

}  // namespace cairn
