// bolt/db.h: a bbolt file open for writing: one write transaction at a time beside any number of
// read transactions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fs.h"
#include "bolt/file.h"
#include "bolt/freelist.h"
#include "bolt/write_tx.h"

namespace cairn::bolt {

struct DbOptions {
  bool create = false;                       // make the file if it is missing or empty
  uint32_t page_size = 4096;                 // of a new file
  bool store_freelist = false;               // etcd doesn't; a file of either kind is taken
  int64_t lock_timeout_nanos = 0;            // 0: wait for ever
  size_t cache_bytes = size_t{8} << 20;      // for the pages of each transaction
  uint64_t grow_bytes = uint64_t{16} << 20;  // beyond the need when the file is too short
};

// A read transaction of a Db: `tx()` sees the state that was last committed when it began, whatever
// is committed later. While it lives, the pages it sees are not written again, so a long one lets
// the file grow. Must not outlive the Db. Not thread-safe, but may live on any one thread.
class Reader {
 public:
  Reader(Reader&& other) noexcept;
  Reader& operator=(Reader&&) = delete;
  ~Reader();

  ReadTx& tx() { return tx_; }

 private:
  friend class Db;
  Reader(Db& db, ReadTx tx) : db_(&db), tx_(std::move(tx)) {}

  Db* db_;
  ReadTx tx_;
};

// Holds the file's exclusive lock while it lives. BeginRead, Reader's destructor and WriteSnapshot
// may be called from any thread; there is one writer at a time, on any thread.
class Db {
 public:
  // Errors: Unavailable when the lock is not free in time, NotFound without `create`,
  // "invalid database", I/O. A file that is created is durable, its name too.
  static StatusOr<std::unique_ptr<Db>> Open(Fs& fs, Clock& clock, const std::string& path,
                                            const DbOptions& options);
  ~Db();  // all readers and the writer must be gone
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;

  const std::string& path() const { return file_->path(); }
  // The last committed state.
  Meta meta() const;

  Reader BeginRead();
  // FailedPrecondition while another write transaction is open, and after a failed write or sync
  // (then the file must be opened anew). The first one finds the free pages, by a walk over all
  // trees if the file doesn't store them; DataLoss if that fails.
  StatusOr<std::unique_ptr<WriteTx>> BeginWrite();

  // Pages that may be written now, and pages that still wait for readers. Known once a write
  // transaction has begun; only for the thread of the writer.
  struct PageCounts {
    uint64_t free = 0;
    uint64_t pending = 0;
    uint64_t freelist = 0;  // that the stored list itself takes
  };
  PageCounts page_counts() const;

  // The reader's state as a file of its own, in one pass (bbolt's Tx.WriteTo): both metas, then the
  // pages as they lie in the file. `sink` gets the bytes in order; its error ends the stream.
  using Sink = std::function<Status(std::string_view bytes)>;
  Status WriteSnapshot(Reader& reader, const Sink& sink) const;

 private:
  friend class Reader;
  friend class WriteTx;

  Db(std::unique_ptr<File> file, const DbOptions& options, const Meta& meta, uint64_t file_size);

  const File& file() const { return *file_; }
  void EndRead(uint64_t txid);
  void EndWrite();
  Status LoadFreelist(const Meta& meta);
  // The part of a commit that touches the file: `settle` writes the trees and gives the root.
  Status CommitTx(uint64_t txid, std::span<const PageRun> unused,
                  const std::function<BucketHeader(RunWriter&)>& settle);

  const std::unique_ptr<File> file_;
  const DbOptions options_;

  mutable std::mutex mutex_;
  Meta meta_;                        // guarded by mutex_
  std::multiset<uint64_t> readers_;  // txids that open readers see; guarded by mutex_
  bool writing_ = false;             // guarded by mutex_
  Status broken_;                    // the first failed write or sync; guarded by mutex_

  // The writer's own.
  Freelist freelist_;
  bool freelist_loaded_ = false;
  PageRun freelist_run_;  // where the file stores it; count 0: nowhere
  uint64_t file_size_;
};

// The pages of a new database: two metas, an empty freelist, an empty root.
std::string NewFilePages(uint32_t page_size);

}  // namespace cairn::bolt
