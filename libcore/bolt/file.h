// bolt/file.h: opening a bbolt file: its page size, its two metas, which one counts.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/fs.h"
#include "bolt/cursor.h"
#include "bolt/format.h"

namespace cairn::bolt {

// What the first two pages of a file say.
struct MetaPages {
  uint32_t page_size = 0;
  // Each is the decoded meta or why it is none.
  StatusOr<Meta> metas[2] = {absl::UnknownError("not read"), absl::UnknownError("not read")};
  int current = 0;  // which of the two counts: the valid one with the higher txid
  const Meta& meta() const { return *metas[current]; }
};

// Finds the page size (the first valid meta at 0, else at 1024·2^i) and reads both metas. Error
// "invalid database" (with the reasons) when neither is valid; DataLoss when the file is shorter
// than the current meta needs. `logical_size` is the file's size without a snapshot's digest.
StatusOr<MetaPages> ReadMetaPages(const File& file, uint64_t logical_size);

// Takes `kind` on `file`, trying again every 50 ms until `timeout_nanos` passed (0: for ever). The
// error says that the file is in use, by name, and what to do.
Status LockWithTimeout(File& file, LockKind kind, Clock& clock, int64_t timeout_nanos);

// Opens `path` and takes `kind` on it so. What it returns is what the path names while the lock is
// held: a file that was replaced while its lock was waited for (a server's own defragmentation does
// that) is let go, and the new one opened and waited for.
StatusOr<std::unique_ptr<File>> OpenLocked(Fs& fs, const std::string& path,
                                           const OpenOptions& options, LockKind kind, Clock& clock,
                                           int64_t timeout_nanos);

// A committed state of a file, for reading. Not thread-safe; several may read one File at the same
// time.
class ReadTx {
 public:
  // `file` must outlive it. `cache_bytes` bounds the memory for pages.
  ReadTx(const File& file, const Meta& meta, size_t cache_bytes);

  const Meta& meta() const { return meta_; }
  PageSource& source() { return *source_; }
  Cursor Root();
  // Nothing if there is no such bucket.
  StatusOr<std::optional<BucketRef>> FindBucket(std::string_view name);
  // The value of one key of a top-level bucket; nothing if bucket or key is missing.
  StatusOr<std::optional<std::string>> Get(std::string_view bucket, std::string_view key);
  // Bytes up to the high-water mark: what etcd calls the db's size.
  uint64_t SizeBytes() const { return meta_.high_water * meta_.page_size; }

 private:
  Meta meta_;
  std::unique_ptr<PageSource> source_;
};

}  // namespace cairn::bolt
