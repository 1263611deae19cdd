// offline/inspect/hash_kv.cc: see hash_kv.h.
//
// Two ways lead to the same number. The exact one builds an index of every key and asks it what a
// compaction at the revision would keep. The quick one serves the current revision of a store whose
// last compaction, at C, has finished: then every record above C counts, and one up to C counts
// unless it is a tombstone or its key has a record above C. So one pass over the leaves suffices,
// those above C first.
#include "offline/inspect/hash_kv.h"

#include <fmt/format.h>

#include <optional>

#include "base/crc32c.h"
#include "mvcc/boot_state.h"
#include "mvcc/hash_kv.h"
#include "mvcc/schema.h"
#include "offline/etcd_db.h"
#include "offline/inspect/changed_keys.h"
#include "offline/inspect/ordered_crc.h"
#include "offline/key_bucket.h"

namespace cairn::offline {

namespace {

class QuickHash : public bolt::LeafVisitor {
 public:
  QuickHash(std::string path, int64_t compacted) : path_(std::move(path)), compacted_(compacted) {}

  void Begin(size_t leaves) override { crc_.Begin(leaves); }

  Status Leaf(size_t ordinal, const bolt::PageView& page, int phase) override {
    if (page.count() > 0) {
      // The first and the last key bound all others: the scan has checked their order.
      for (const size_t i : {size_t{0}, page.count() - 1}) {
        if (!mvcc::ParseRevisionKey(page.key(i)).has_value()) {
          return BadRevisionKey(path_, page.key(i));
        }
      }
    }
    if (compacted_ < 0) {
      crc_.SetWhole(ordinal, page);
      return absl::OkStatus();
    }
    return phase == 0 ? Changed(ordinal, page) : Settled(ordinal, page);
  }

  uint32_t Join(uint32_t crc) const { return crc_.Join(crc); }
  // Without a live key etcd filters nothing; the quick way does not apply.
  bool any_live() const { return compacted_ < 0 || live_ > 0; }

 private:
  Status Changed(size_t ordinal, const bolt::PageView& page) {
    for (size_t i = 0; i < page.count(); ++i) {
      const auto record = mvcc::ParseRevisionKey(page.key(i));
      if (!record.has_value()) return BadRevisionKey(path_, page.key(i));
      if (record->revision.main <= compacted_) continue;
      proto::KeyValueView kv;
      CAIRN_RETURN_IF_ERROR(DecodeRecord(path_, record->revision, page.value(i), kv));
      changed_.Insert(kv.key);
      live_ += record->tombstone ? -1 : (kv.version == 1 ? 1 : 0);
    }
    crc_.SetWhole(ordinal, page);
    return absl::OkStatus();
  }

  Status Settled(size_t ordinal, const bolt::PageView& page) {
    uint32_t crc = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < page.count(); ++i) {
      const auto record = mvcc::ParseRevisionKey(page.key(i));
      if (!record.has_value()) return BadRevisionKey(path_, page.key(i));
      if (record->revision.main <= compacted_) {
        if (record->tombstone) continue;
        ++live_;
        if (changed_.size() > 0) {
          proto::KeyValueView kv;
          CAIRN_RETURN_IF_ERROR(DecodeRecord(path_, record->revision, page.value(i), kv));
          if (changed_.Contains(kv.key)) continue;
        }
      }
      crc = ExtendCrc32c(ExtendCrc32c(crc, page.key(i)), page.value(i));
      bytes += page.key(i).size() + page.value(i).size();
    }
    crc_.Set(ordinal, crc, bytes);
    return absl::OkStatus();
  }

  const std::string path_;
  const int64_t compacted_;
  OrderedCrc crc_;
  ChangedKeys changed_;
  int64_t live_ = 0;
};

// Nothing when the quick way does not apply after all.
StatusOr<std::optional<uint32_t>> HashQuickly(const Context& context, const DbFile& db,
                                              bolt::ReadTx& tx, int64_t compacted) {
  CAIRN_ASSIGN_OR_RETURN(const std::optional<bolt::BucketRef> bucket,
                         tx.FindBucket(mvcc::kKeyBucket));
  uint32_t crc = Crc32c(mvcc::kKeyBucket);
  if (!bucket.has_value()) return std::optional<uint32_t>(crc);
  bolt::Scanner scanner(db.file(), db.meta(), context.progress);
  QuickHash visitor(db.path(), compacted);
  const mvcc::RevisionKeyBytes split(mvcc::RevisionKey{{compacted + 1, 0}, false});
  CAIRN_RETURN_IF_ERROR(
      scanner.ScanBucket(*bucket, visitor, compacted < 0 ? std::string_view() : split.view()));
  if (scanner.fault_count() > 0) {
    return absl::DataLossError(
        fmt::format("{}: {} (restore from another backup)", db.path(), scanner.FaultText(3)));
  }
  if (!visitor.any_live()) return std::optional<uint32_t>();
  return std::optional<uint32_t>(visitor.Join(crc));
}

}  // namespace

StatusOr<uint32_t> HashKvCompactedAt(bolt::ReadTx& tx, int64_t compacted, int64_t revision,
                                     Progress& progress) {
  std::vector<mvcc::Revision> keep;
  {
    CAIRN_ASSIGN_OR_RETURN(const KeyIndex index, BuildKeyIndex(tx, progress));
    keep = index.Keep(revision, KeepRule::kHash);
  }
  progress.Stage("hashing", tx.SizeBytes());
  mvcc::KvHasher hasher(compacted, revision, std::move(keep));
  CAIRN_RETURN_IF_ERROR(ForEachRecord(
      tx, progress, [&](std::string_view key, std::string_view value, const mvcc::RevisionKey&) {
        return hasher.Add(key, value);
      }));
  return hasher.hash();
}

StatusOr<HashKvResult> HashKv(const Context& context, const std::string& path, int64_t revision) {
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, OpenEtcdDb(context, path));
  bolt::ReadTx tx = db.Read();
  CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));
  HashKvResult result;
  result.compact_revision = boot.compact_revision();
  CAIRN_ASSIGN_OR_RETURN(result.hash_revision, mvcc::ResolveRevision(revision, boot));
  // A damaged mark may leave no revision above it, where the quick way splits the records.
  const bool room_above = result.compact_revision < INT64_MAX;
  if (!boot.resumes_compaction() && result.hash_revision == boot.current && room_above) {
    context.progress.Stage("hashing", tx.SizeBytes());
    CAIRN_ASSIGN_OR_RETURN(const std::optional<uint32_t> hash,
                           HashQuickly(context, db, tx, result.compact_revision));
    if (hash.has_value()) {
      result.hash = *hash;
      return result;
    }
  }
  CAIRN_ASSIGN_OR_RETURN(result.hash, HashKvCompactedAt(tx, result.compact_revision,
                                                        result.hash_revision, context.progress));
  return result;
}

}  // namespace cairn::offline
