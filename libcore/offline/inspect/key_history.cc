// offline/inspect/key_history.cc: see key_history.h.
#include "offline/inspect/key_history.h"

#include <utility>

#include "mvcc/schema.h"
#include "offline/inspect/keys_at.h"
#include "offline/key_bucket.h"
#include "offline/key_prefix.h"

namespace cairn::offline {

StatusOr<HistorySummary> ForEachRecordBetween(const DbFile& db, const HistoryOptions& options,
                                              Progress& progress, const HistoryVisitor& visit) {
  bolt::ReadTx tx = db.Read();
  HistorySummary summary;
  CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));
  summary.compact_revision = boot.compact_revision();
  summary.last_revision = boot.current;
  if (options.last_revision > boot.current) {
    return CannotAnswer(db.path(), options.last_revision, boot);
  }
  if (options.last_revision != 0) summary.last_revision = options.last_revision;
  CAIRN_ASSIGN_OR_RETURN(std::optional<bolt::BucketRef> bucket, tx.FindBucket(mvcc::kKeyBucket));
  if (!bucket.has_value()) return summary;

  progress.Stage("reading", 0);
  bolt::Cursor cursor(tx.source(), std::move(*bucket));
  const mvcc::RevisionKeyBytes first(mvcc::RevisionKey{{options.first_revision, 0}, false});
  uint64_t done = 0;
  uint64_t reported = 0;
  for (auto item = cursor.Seek(first.view());; item = cursor.Next()) {
    CAIRN_RETURN_IF_ERROR(NameFile(item.status(), db.path()));
    if (!item->has_value()) return summary;
    const bolt::Item& it = **item;
    const auto record = mvcc::ParseRevisionKey(it.key);
    if (!record.has_value() || it.is_bucket) return BadRevisionKey(db.path(), it.key);
    if (record->revision.main > summary.last_revision) return summary;
    proto::KeyValueView kv;
    CAIRN_RETURN_IF_ERROR(DecodeRecord(db.path(), record->revision, it.value, kv));
    done += it.key.size() + it.value.size();
    if (done - reported >= (1 << 20)) {
      reported = done;
      CAIRN_RETURN_IF_ERROR(progress.Update(done));
    }
    if (!BeginsWithAny(kv.key, options.prefixes)) continue;
    if (options.limit != 0 && summary.records == options.limit) return summary;
    CAIRN_RETURN_IF_ERROR(visit(*record, kv));
    ++summary.records;
  }
}

}  // namespace cairn::offline
