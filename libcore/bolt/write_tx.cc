// bolt/write_tx.cc: see write_tx.h; Commit is here, the buckets are in bucket.cc.
#include "bolt/write_tx.h"

#include <utility>

#include "bolt/commit.h"
#include "bolt/db.h"

namespace cairn::bolt {

WriteTx::WriteTx(Db& db, const Meta& meta, size_t cache_bytes)
    : db_(db),
      base_(meta),
      txid_(meta.txid + 1),
      source_(db.file(), meta.page_size, meta.high_water, cache_bytes),
      context_{source_, {}, {}, {}} {
  root_.reset(new Bucket(*this, nullptr, meta.root.sequence, meta.root.root));
}

WriteTx::~WriteTx() { Rollback(); }

void WriteTx::Rollback() {
  if (!open_) return;
  open_ = false;
  db_.EndWrite();
}

Status WriteTx::Commit() {
  if (!open_) return absl::FailedPreconditionError("tx closed");
  const Status status = [&]() -> Status {
    CAIRN_RETURN_IF_ERROR(root_->Rebalance());
    root_->Release();
    return db_.CommitTx(txid_, context_.unused, [&](RunWriter& writer) {
      BucketHeader header = base_.root;
      if (root_->Changed()) {
        root_->SettleChildren(writer);
        header.root = root_->tree_.Spill(writer, root_->fill_);
      }
      header.sequence = root_->sequence_;
      return header;
    });
  }();
  Rollback();  // the transaction is over; nothing is undone here
  return status;
}

}  // namespace cairn::bolt
