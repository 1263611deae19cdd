// offline/db_file.h: a backend file opened for offline work: a snapshot (with its digest after it)
// or a member's `db`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fs.h"
#include "bolt/check/scan.h"
#include "bolt/file.h"

namespace cairn::offline {

// What every offline command works with. The references must outlive the work.
struct Context {
  Fs& fs;
  Clock& clock;
  Progress& progress;
  int64_t lock_timeout_nanos = 0;  // 0: wait for a locked file for ever
};

// Opens a file for reading under a shared lock, which is waited for; when `path` is a directory,
// the error names the db that lies in it.
StatusOr<std::unique_ptr<File>> OpenShared(const Context& context, const std::string& path);

// An open backend file with its current meta. The file is locked (shared flock) as long as this
// lives and is never written. Movable, not thread-safe.
class DbFile {
 public:
  // Errors: those of bolt::ReadMetaPages; FailedPrecondition, naming what it is, for a packed
  // backup and other files that are no database (offline/file_kind.h).
  static StatusOr<DbFile> Open(const Context& context, const std::string& path);
  // The same over a file that the caller has opened and locked; it must outlive this.
  static StatusOr<DbFile> Adopt(const File& file);

  const File& file() const { return *file_; }
  const std::string& path() const { return file_->path(); }
  const bolt::MetaPages& metas() const { return metas_; }
  const bolt::Meta& meta() const { return metas_.meta(); }
  // Bytes of the file, the digest after a snapshot included.
  uint64_t file_size() const { return file_size_; }
  bool has_digest() const { return bolt::HasDigest(file_size_); }
  uint64_t logical_size() const { return bolt::WithoutDigest(file_size_); }
  bolt::ReadTx Read(size_t cache_bytes = 1 << 20) const {
    return bolt::ReadTx(*file_, meta(), cache_bytes);
  }

 private:
  std::unique_ptr<File> owned_;
  const File* file_ = nullptr;
  uint64_t file_size_ = 0;
  bolt::MetaPages metas_;
};

// The paths inside a data directory (formats.md, head): DIR/member/{snap,snap/db,wal}.
std::string SnapDir(const std::string& data_dir);
std::string DbPath(const std::string& data_dir);
std::string WalDir(const std::string& data_dir);

// `status` with the file's name before a DataLoss text that lacks it.
Status NameFile(const Status& status, const std::string& path);

// Damage of a copy that is being made is damage of the file that it was made of: a DataLoss text
// gets the original's name in the place of the copy's.
Status NameOriginal(const Status& status, const std::string& copy, const std::string& original);

// The buckets of the db, as bolt::ScanRoot; errors name the file.
StatusOr<std::vector<bolt::NamedBucket>> ScanBuckets(bolt::Scanner& scanner, const DbFile& db);

// DataLoss in etcdutl's words when a scan found faults, with the first few of them; else OK.
Status FaultsAsStatus(const bolt::Scanner& scanner, const std::string& path);

}  // namespace cairn::offline
