// offline/key_bucket.cc: see key_bucket.h.
#include "offline/key_bucket.h"

#include <fmt/format.h>

#include "mvcc/schema.h"

namespace cairn::offline {

Status BadRevisionKey(const std::string& path, std::string_view key) {
  std::string hex;
  for (const char c : key.substr(0, 32)) hex += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return absl::DataLossError(
      fmt::format("{}: cannot parse revision key: {} ({} bytes)", path, hex, key.size()));
}

Status BadKeyValue(const std::string& path, mvcc::Revision revision, const Status& why) {
  return absl::DataLossError(fmt::format("{}: cannot unmarshal the value at revision {}.{}: {}",
                                         path, revision.main, revision.sub, Message(why)));
}

StatusOr<mvcc::BootState> ReadBootState(bolt::ReadTx& tx) {
  CAIRN_ASSIGN_OR_RETURN(const std::optional<std::string> finished,
                         tx.Get(mvcc::kMetaBucket, mvcc::kFinishedCompactKey));
  CAIRN_ASSIGN_OR_RETURN(const std::optional<std::string> scheduled,
                         tx.Get(mvcc::kMetaBucket, mvcc::kScheduledCompactKey));
  CAIRN_ASSIGN_OR_RETURN(std::optional<bolt::BucketRef> bucket, tx.FindBucket(mvcc::kKeyBucket));
  std::optional<mvcc::Revision> last;
  if (bucket.has_value()) {
    bolt::Cursor cursor(tx.source(), std::move(*bucket));
    CAIRN_ASSIGN_OR_RETURN(const std::optional<bolt::Item> item, cursor.Last());
    if (item.has_value()) {
      const auto record = mvcc::ParseRevisionKey(item->key);
      if (!record.has_value()) return BadRevisionKey(tx.source().path(), item->key);
      last = record->revision;
    }
  }
  auto state = mvcc::ReadBootState(finished, scheduled, last);
  if (!state.ok()) return Annotate(state.status(), tx.source().path());
  return state;
}

Status ForEachRecord(bolt::ReadTx& tx, Progress& progress, const RecordVisitor& visit) {
  CAIRN_ASSIGN_OR_RETURN(std::optional<bolt::BucketRef> bucket, tx.FindBucket(mvcc::kKeyBucket));
  if (!bucket.has_value()) return absl::OkStatus();
  bolt::Cursor cursor(tx.source(), std::move(*bucket));
  uint64_t done = 0;
  uint64_t reported = 0;
  for (auto item = cursor.First();; item = cursor.Next()) {
    CAIRN_RETURN_IF_ERROR(item.status());
    if (!item->has_value()) return absl::OkStatus();
    const bolt::Item& it = **item;
    const auto record = mvcc::ParseRevisionKey(it.key);
    if (!record.has_value()) return BadRevisionKey(tx.source().path(), it.key);
    CAIRN_RETURN_IF_ERROR(visit(it.key, it.value, *record));
    done += it.key.size() + it.value.size() + bolt::kElementSize;
    if (done - reported >= (1 << 20)) {
      reported = done;
      CAIRN_RETURN_IF_ERROR(progress.Update(done));
    }
  }
}

StatusOr<KeyIndex> BuildKeyIndex(bolt::ReadTx& tx, Progress& progress) {
  KeyIndex index;
  progress.Stage("indexing", tx.SizeBytes());
  const RecordVisitor add = [&](std::string_view, std::string_view value,
                                const mvcc::RevisionKey& record) -> Status {
    proto::KeyValueView kv;
    CAIRN_RETURN_IF_ERROR(DecodeRecord(tx.source().path(), record.revision, value, kv));
    return Annotate(index.Add(record, kv), tx.source().path());
  };
  CAIRN_RETURN_IF_ERROR(ForEachRecord(tx, progress, add));
  return index;
}

}  // namespace cairn::offline
