// offline/inspect/diff.cc: see diff.h.
#include "offline/inspect/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "bolt/check/scan.h"
#include "mvcc/boot_state.h"
#include "mvcc/schema.h"
#include "offline/etcd_db.h"
#include "offline/inspect/changed_key_table.h"
#include "offline/key_bucket.h"
#include "offline/key_prefix.h"
#include "proto/kv_view.h"

namespace cairn::offline {

namespace {

using Entry = ChangedKeyTable::Entry;

// One of the two files.
struct Side {
  DbFile db;
  bolt::ReadTx tx;
  mvcc::BootState boot;
  int64_t written_nanos = 0;

  int64_t current() const { return boot.current; }
  int64_t compacted() const { return boot.compact_revision(); }
};

StatusOr<Side> OpenSide(const Context& context, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(DbFile db, OpenEtcdDb(context, path));
  CAIRN_ASSIGN_OR_RETURN(const FileStat st, context.fs.Stat(path));
  bolt::ReadTx tx = db.Read();
  CAIRN_ASSIGN_OR_RETURN(const mvcc::BootState boot, ReadBootState(tx));
  return Side{std::move(db), std::move(tx), boot, st.modified_nanos};
}

// The records of a side, one after the other.
class Records {
 public:
  explicit Records(Side& side) : path_(side.db.path()), tx_(side.tx) {}

  Status Begin() {
    CAIRN_ASSIGN_OR_RETURN(std::optional<bolt::BucketRef> bucket, tx_.FindBucket(mvcc::kKeyBucket));
    if (!bucket.has_value()) return absl::OkStatus();
    cursor_.emplace(tx_.source(), std::move(*bucket));
    return Take(cursor_->First());
  }
  Status Next() {
    bytes_ += item_->key.size() + item_->value.size() + bolt::kElementSize;
    return Take(cursor_->Next());
  }

  bool done() const { return !item_.has_value(); }
  const mvcc::RevisionKey& at() const { return at_; }
  std::string_view value() const { return item_->value; }
  uint64_t bytes() const { return bytes_; }

  StatusOr<proto::KeyValueView> Decode() const {
    proto::KeyValueView kv;
    CAIRN_RETURN_IF_ERROR(DecodeRecord(path_, at_.revision, item_->value, kv));
    return kv;
  }

 private:
  Status Take(StatusOr<std::optional<bolt::Item>> item) {
    CAIRN_RETURN_IF_ERROR(item.status());
    item_ = *item;
    if (!item_.has_value()) return absl::OkStatus();
    const auto record = mvcc::ParseRevisionKey(item_->key);
    if (!record.has_value()) return BadRevisionKey(path_, item_->key);
    if (seen_any_ && record->revision <= at_.revision) {
      return absl::DataLossError(fmt::format("{}: bucket key: revision {}.{} after {}.{}", path_,
                                             record->revision.main, record->revision.sub,
                                             at_.revision.main, at_.revision.sub));
    }
    at_ = *record;
    seen_any_ = true;
    return absl::OkStatus();
  }

  const std::string path_;
  bolt::ReadTx& tx_;
  std::optional<bolt::Cursor> cursor_;
  std::optional<bolt::Item> item_;
  mvcc::RevisionKey at_;
  bool seen_any_ = false;
  uint64_t bytes_ = 0;
};

// The first reading: finds the keys that may differ, and whether the files are of one cluster.
class Comparison {
 public:
  Comparison(Side& older, Side& younger, const DiffOptions& options, ChangedKeyTable& table)
      : older_(older), younger_(younger), options_(options), table_(table) {}

  Status Run(Progress& progress) {
    progress.Stage("comparing", older_.tx.SizeBytes() + younger_.tx.SizeBytes());
    Records a(older_);
    Records b(younger_);
    CAIRN_RETURN_IF_ERROR(a.Begin());
    CAIRN_RETURN_IF_ERROR(b.Begin());
    uint64_t reported = 0;
    while (!a.done() || !b.done()) {
      const bool take_a = !a.done() && (b.done() || a.at().revision <= b.at().revision);
      const bool take_b = !b.done() && (a.done() || b.at().revision <= a.at().revision);
      if (take_a && take_b) {
        if (!(a.at() == b.at() && a.value() == b.value())) {
          Disagree(a.at().revision, "differs");
          CAIRN_RETURN_IF_ERROR(Note(a, false));
          CAIRN_RETURN_IF_ERROR(Note(b, false));
        }
      } else if (take_a) {
        if (a.at().revision.main > younger_.compacted()) {
          Disagree(a.at().revision, "is missing in " + younger_.db.path());
        }
        CAIRN_RETURN_IF_ERROR(Note(a, false));
      } else {
        const bool beyond = b.at().revision.main > older_.current();
        if (!beyond && b.at().revision.main > older_.compacted()) {
          Disagree(b.at().revision, "is missing in " + older_.db.path());
        }
        CAIRN_RETURN_IF_ERROR(Note(b, beyond));
      }
      if (take_a) CAIRN_RETURN_IF_ERROR(a.Next());
      if (take_b) CAIRN_RETURN_IF_ERROR(b.Next());
      if (const uint64_t done = a.bytes() + b.bytes(); done - reported >= (1 << 20)) {
        reported = done;
        CAIRN_RETURN_IF_ERROR(progress.Update(done));
      }
    }
    return absl::OkStatus();
  }

  const std::string& disagreement() const { return disagreement_; }

 private:
  Status Note(const Records& records, bool is_write) {
    CAIRN_ASSIGN_OR_RETURN(const proto::KeyValueView kv, records.Decode());
    // The mark that a restore with --bump-revision leaves has no key.
    if (kv.key.empty() || !BeginsWithAny(kv.key, options_.prefixes)) return absl::OkStatus();
    Entry& entry = table_.FindOrAdd(kv.key);
    if (is_write) ++entry.seen_writes;
    return absl::OkStatus();
  }

  void Disagree(mvcc::Revision at, const std::string& how) {
    if (!disagreement_.empty()) return;
    disagreement_ = fmt::format("the record of revision {}.{} {}", at.main, at.sub, how);
  }

  Side& older_;
  Side& younger_;
  const DiffOptions& options_;
  ChangedKeyTable& table_;
  std::string disagreement_;
};

// The second reading: the newest record of each of the keys, in file order.
class NewestRecords : public bolt::LeafVisitor {
 public:
  NewestRecords(std::string path, ChangedKeyTable& table, bool younger)
      : path_(std::move(path)), table_(table), younger_(younger) {}

  void Begin(size_t) override {}
  Status Leaf(size_t, const bolt::PageView& page, int) override {
    for (size_t i = 0; i < page.count(); ++i) {
      const auto record = mvcc::ParseRevisionKey(page.key(i));
      if (!record.has_value()) return BadRevisionKey(path_, page.key(i));
      proto::KeyValueView kv;
      CAIRN_RETURN_IF_ERROR(DecodeRecord(path_, record->revision, page.value(i), kv));
      if (Entry* entry = table_.Find(kv.key); entry != nullptr) Take(*entry, *record, kv);
    }
    return absl::OkStatus();
  }

 private:
  void Take(Entry& entry, const mvcc::RevisionKey& record, const proto::KeyValueView& kv) const {
    KeyState& state = younger_ ? entry.younger : entry.older;
    if (record.revision < state.modified) return;
    state = {record.revision, kv.create_revision, kv.version,
             static_cast<uint32_t>(kv.value.size()), !record.tombstone};
    if (!younger_) {
      entry.older_value = HashKey(kv.value);
    } else {
      entry.same_value = entry.older.value_bytes == kv.value.size() &&
                         entry.older_value == HashKey(kv.value);
    }
  }

  const std::string path_;
  ChangedKeyTable& table_;
  const bool younger_;
};

Status ReadNewest(const Context& context, Side& side, ChangedKeyTable& table, bool younger) {
  CAIRN_ASSIGN_OR_RETURN(const std::optional<bolt::BucketRef> bucket,
                         side.tx.FindBucket(mvcc::kKeyBucket));
  if (!bucket.has_value()) return absl::OkStatus();
  context.progress.Stage(younger ? "reading the younger" : "reading the older",
                         side.tx.SizeBytes());
  bolt::Scanner scanner(side.db.file(), side.db.meta(), context.progress);
  NewestRecords newest(side.db.path(), table, younger);
  CAIRN_RETURN_IF_ERROR(scanner.ScanBucket(*bucket, newest));
  return FaultsAsStatus(scanner, side.db.path());
}

// Puts and deletions between the two states: what the records show, or what versions tell where
// that is more.
int64_t WritesOf(const Entry& entry) {
  int64_t known = 0;
  if (entry.younger.live) {
    known = entry.younger.version;
    if (entry.older.live) {
      known += entry.older.create_revision == entry.younger.create_revision ? -entry.older.version
                                                                            : 1;  // the deletion
    }
  } else if (entry.older.live) {
    known = 1;
  }
  return std::max<int64_t>(known, entry.seen_writes);
}

struct Judged {
  bool changed = false;
  bool passing = false;
  KeyChange change;
  int64_t bytes = 0;
};

Judged Judge(std::string_view key, const Entry& entry, bool same_cluster, bool reversed) {
  const KeyState& before = reversed ? entry.younger : entry.older;
  const KeyState& after = reversed ? entry.older : entry.younger;
  Judged judged;
  KeyChange& change = judged.change;
  change.key = key;
  change.before_revision = before.live ? before.modified.main : 0;
  change.after_revision = after.live ? after.modified.main : 0;
  change.before_bytes = before.live ? before.value_bytes : 0;
  change.after_bytes = after.live ? after.value_bytes : 0;
  change.same_value = before.live && after.live && entry.same_value;
  change.writes = same_cluster ? WritesOf(entry) : 0;
  if (before.live && after.live) {
    change.kind = ChangeKind::kModified;
    judged.changed =
        same_cluster ? entry.older.modified != entry.younger.modified : !entry.same_value;
  } else if (before.live || after.live) {
    change.kind = after.live ? ChangeKind::kAdded : ChangeKind::kRemoved;
    judged.changed = true;
  } else {
    judged.passing = same_cluster && entry.seen_writes > 0;
  }
  const auto size = [&](const KeyState& state) -> int64_t {
    return state.live ? static_cast<int64_t>(key.size()) + state.value_bytes : 0;
  };
  judged.bytes = size(after) - size(before);
  return judged;
}

void Count(DiffRow& row, const Judged& judged) {
  if (judged.passing) {
    ++row.passing;
  } else if (judged.change.kind == ChangeKind::kAdded) {
    ++row.added;
  } else if (judged.change.kind == ChangeKind::kRemoved) {
    ++row.removed;
  } else {
    ++row.modified;
  }
  row.writes += judged.change.writes;
  row.bytes += judged.bytes;
}

Status Tell(const ChangedKeyTable& table, const DiffOptions& options, bool reversed,
            const ChangeVisitor& visit, DiffReport& report) {
  std::map<std::string, DiffRow, std::less<>> rows;
  std::vector<uint32_t> changed;
  for (uint32_t id = 0; id < table.entries().size(); ++id) {
    const Entry& entry = table.entries()[id];
    const std::string_view key = table.Name(entry);
    const Judged judged = Judge(key, entry, report.same_cluster, reversed);
    if (!judged.changed && !judged.passing) continue;
    Count(report.total, judged);
    if (options.depth > 0) {
      const std::string_view prefix = RowPrefix(key, options.depth);
      auto row = rows.find(prefix);
      if (row == rows.end()) row = rows.emplace(prefix, DiffRow{std::string(prefix)}).first;
      Count(row->second, judged);
    }
    if (judged.changed && visit) changed.push_back(id);
  }
  for (auto& [prefix, row] : rows) report.prefixes.push_back(std::move(row));
  const auto keys = [](const DiffRow& row) { return row.added + row.removed + row.modified; };
  std::stable_sort(report.prefixes.begin(), report.prefixes.end(),
                   [&](const DiffRow& a, const DiffRow& b) {
                     return std::pair(a.writes, keys(a)) > std::pair(b.writes, keys(b));
                   });
  std::sort(changed.begin(), changed.end(), [&](uint32_t a, uint32_t b) {
    return table.Name(table.entries()[a]) < table.Name(table.entries()[b]);
  });
  for (const uint32_t id : changed) {
    const Entry& entry = table.entries()[id];
    CAIRN_RETURN_IF_ERROR(
        visit(Judge(table.Name(entry), entry, report.same_cluster, reversed).change));
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<DiffReport> Diff(const Context& context, const std::string& before,
                          const std::string& after, const DiffOptions& options,
                          const ChangeVisitor& visit) {
  CAIRN_ASSIGN_OR_RETURN(Side first, OpenSide(context, before));
  CAIRN_ASSIGN_OR_RETURN(Side second, OpenSide(context, after));
  DiffReport report;
  report.before_revision = first.current();
  report.after_revision = second.current();
  report.elapsed_nanos = options.elapsed_nanos;
  if (!report.elapsed_nanos.has_value() && first.written_nanos > 0 &&
      second.written_nanos > first.written_nanos) {
    report.elapsed_nanos = second.written_nanos - first.written_nanos;
  }
  // The one that has seen more is the younger one, whatever the order they were given in.
  const bool reversed = std::pair(first.current(), first.compacted()) >
                        std::pair(second.current(), second.compacted());
  Side& older = reversed ? second : first;
  Side& younger = reversed ? first : second;

  ChangedKeyTable table;
  Comparison comparison(older, younger, options, table);
  CAIRN_RETURN_IF_ERROR(comparison.Run(context.progress));
  report.disagreement = comparison.disagreement();
  report.same_cluster = report.disagreement.empty();
  if (!table.entries().empty()) {
    CAIRN_RETURN_IF_ERROR(ReadNewest(context, older, table, false));
    CAIRN_RETURN_IF_ERROR(ReadNewest(context, younger, table, true));
  }
  CAIRN_RETURN_IF_ERROR(Tell(table, options, reversed, visit, report));
  return report;
}

}  // namespace cairn::offline
