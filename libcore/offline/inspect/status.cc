// offline/inspect/status.cc: see status.h.
#include "offline/inspect/status.h"

#include <fmt/format.h>

#include <map>

#include "base/crc32c.h"
#include "mvcc/boot_state.h"
#include "mvcc/schema.h"
#include "offline/etcd_db.h"
#include "offline/inspect/key_index.h"
#include "offline/inspect/ordered_crc.h"
#include "offline/key_bucket.h"
#include "proto/kv_view.h"

namespace cairn::offline {

namespace {

class PlainBucket : public bolt::LeafVisitor {
 public:
  void Begin(size_t leaves) override { crc.Begin(leaves); }
  Status Leaf(size_t ordinal, const bolt::PageView& page, int) override {
    crc.SetWhole(ordinal, page);
    return absl::OkStatus();
  }
  OrderedCrc crc;
};

// Beside the CRC: the last revision, and live keys by counting. After a finished compaction at C
// each record up to C that is no tombstone is a live key then; above C a key begins with version 1
// and ends with a tombstone.
class KeyBucket : public bolt::LeafVisitor {
 public:
  KeyBucket(std::string path, int64_t compacted) : path_(std::move(path)), compacted_(compacted) {}

  void Begin(size_t leaves) override { crc.Begin(leaves); }
  Status Leaf(size_t ordinal, const bolt::PageView& page, int) override {
    crc.SetWhole(ordinal, page);
    for (size_t i = 0; i < page.count(); ++i) {
      const auto record = mvcc::ParseRevisionKey(page.key(i));
      if (!record.has_value()) return BadRevisionKey(path_, page.key(i));
      proto::KeyValueView kv;
      CAIRN_RETURN_IF_ERROR(DecodeRecord(path_, record->revision, page.value(i), kv));
      last_revision = std::max(last_revision, record->revision.main);
      if (record->tombstone) {
        if (record->revision.main > compacted_) --live;
      } else if (record->revision.main <= compacted_ || kv.version == 1) {
        ++live;
      }
    }
    return absl::OkStatus();
  }

  OrderedCrc crc;
  int64_t live = 0;
  int64_t last_revision = 0;

 private:
  const std::string path_;
  const int64_t compacted_;
};

}  // namespace

StatusOr<SnapshotStatus> ReadSnapshotStatus(const Context& context, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, OpenEtcdDb(context, path));
  SnapshotStatus status;
  bolt::ReadTx tx = db.Read();
  status.total_size = static_cast<int64_t>(tx.SizeBytes());
  context.progress.Stage("checking", tx.SizeBytes());

  bolt::Scanner scanner(db.file(), db.meta(), context.progress);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<bolt::NamedBucket> buckets, ScanBuckets(scanner, db));
  CAIRN_RETURN_IF_ERROR(FaultsAsStatus(scanner, path));
  CAIRN_ASSIGN_OR_RETURN(const std::optional<std::string> version,
                         tx.Get(mvcc::kMetaBucket, mvcc::kStorageVersionKey));
  status.version = version.value_or("");
  CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));

  for (const bolt::NamedBucket& bucket : buckets) {
    status.hash = ExtendCrc32c(status.hash, bucket.name);
    if (bucket.name == mvcc::kKeyBucket) {
      KeyBucket visitor(path, boot.finished_compact);
      CAIRN_RETURN_IF_ERROR(scanner.ScanBucket(bucket.bucket, visitor));
      status.hash = visitor.crc.Join(status.hash);
      status.revision = visitor.last_revision;
      status.total_keys = visitor.live;
    } else {
      PlainBucket visitor;
      CAIRN_RETURN_IF_ERROR(scanner.ScanBucket(bucket.bucket, visitor));
      status.hash = visitor.crc.Join(status.hash);
    }
  }
  status.warnings = StartWarnings(db, false);
  CAIRN_RETURN_IF_ERROR(scanner.CheckFree());
  CAIRN_RETURN_IF_ERROR(FaultsAsStatus(scanner, path));
  if (boot.resumes_compaction()) {
    // Records that the compaction would have removed are still there: count by key.
    CAIRN_ASSIGN_OR_RETURN(const KeyIndex index, BuildKeyIndex(tx, context.progress));
    status.total_keys = static_cast<int64_t>(index.live_keys());
  }
  return status;
}

}  // namespace cairn::offline
