// bolt/write_tx.h: a write transaction: buckets to change, then Commit or Rollback.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bolt/tree.h"

namespace cairn::bolt {

class Db;
class TxCursor;
class WriteTx;

// A bucket inside a write transaction, which owns it: the pointer is good as long as the WriteTx
// lives. Every call after the transaction's end, or after the bucket was deleted, is an error
// ("tx closed", "bucket not found"). Not thread-safe.
//
// Error texts are bbolt's: "key required", "key too large", "value too large", "incompatible value"
// (a bucket where a value is meant or the other way round), "bucket name required",
// "bucket already exists", "bucket not found". Other errors are I/O and DataLoss.
class Bucket {
 public:
  Bucket(const Bucket&) = delete;
  Bucket& operator=(const Bucket&) = delete;

  // The value, nothing if there is none or it is a bucket. Good until the next call on the bucket.
  StatusOr<std::optional<std::string_view>> Get(std::string_view key);
  // Copies key and value.
  Status Put(std::string_view key, std::string_view value);
  // OK if there is no such key.
  Status Delete(std::string_view key);

  StatusOr<Bucket*> OpenBucket(std::string_view name);
  StatusOr<Bucket*> CreateBucket(std::string_view name);
  StatusOr<Bucket*> CreateBucketIfNotExists(std::string_view name);
  // With everything below it.
  Status DeleteBucket(std::string_view name);

  uint64_t sequence() const { return sequence_; }
  Status SetSequence(uint64_t sequence);
  // How full pages are left when a node is cut, 0.1 to 1.0 (clamped); 0.5 suits keys in any order,
  // 0.9 keys that come in ascending order. For this transaction only.
  void SetFillPercent(double fill);

 private:
  friend class TxCursor;
  friend class WriteTx;

  template <typename Root>
  Bucket(WriteTx& tx, Bucket* parent, uint64_t sequence, Root root);

  Status Usable() const;
  Status CheckName(std::string_view name) const;
  // The bucket if it is there; it joins `open_`.
  StatusOr<Bucket*> FindBucket(std::string_view name);
  bool Changed() const { return tree_.dirty(); }
  Status Collect(PageWalk& walk);
  void MarkGone();
  Status Rebalance();
  void Release();
  // Writes what changed below and here; returns the value of this bucket's element.
  std::string Settle(RunWriter& writer);
  void SettleChildren(RunWriter& writer);

  WriteTx& tx_;
  Bucket* const parent_;  // null for the root bucket
  Tree tree_;
  uint64_t sequence_;
  double fill_ = 0.5;
  bool gone_ = false;
  std::optional<NodeView> held_;  // what the last Get points into
  std::map<std::string, std::unique_ptr<Bucket>, std::less<>> open_;
};

// The one write transaction of a Db; Db::BeginWrite makes it. Must not outlive the Db. Changes stay
// in memory until Commit. Not thread-safe.
class WriteTx {
 public:
  ~WriteTx();  // rolls back if it is still open
  WriteTx(const WriteTx&) = delete;
  WriteTx& operator=(const WriteTx&) = delete;

  // Holds buckets only; Put is an error here.
  Bucket& root() { return *root_; }
  uint64_t txid() const { return txid_; }

  // Makes the changes durable; the transaction is over whatever comes back. An error while the
  // changes are settled (DataLoss, a failed read) leaves the file and the Db as they were. After a
  // failed write or sync the file is at the last or at this transaction, and the Db accepts no
  // further write transaction.
  Status Commit();
  void Rollback();

 private:
  friend class Bucket;
  friend class Db;
  friend class TxCursor;

  WriteTx(Db& db, const Meta& meta, size_t cache_bytes);

  Db& db_;
  const Meta base_;  // the committed state that it starts from
  const uint64_t txid_;
  WindowSource source_;
  TreeContext context_;
  std::unique_ptr<Bucket> root_;
  std::vector<std::unique_ptr<Bucket>> deleted_;  // handles may still point to them
  bool open_ = true;
};

}  // namespace cairn::bolt
