// offline/defrag.cc: see defrag.h.
#include "offline/defrag.h"

#include <fmt/format.h>

#include <set>

#include "alarm/alarm_record.h"
#include "base/output_target.h"
#include "base/staged_output.h"
#include "bolt/bulk_loader.h"
#include "bolt/freelist.h"
#include "gotext/quote.h"
#include "mvcc/schema.h"

namespace cairn::offline {

namespace {

// etcd removes files whose names begin so when it starts.
constexpr std::string_view kTemporary = "db.tmp";

constexpr int kMaxNesting = 64;  // etcd nests no buckets at all

// Copies buckets and those inside them. A damaged file may hold a bucket inside itself.
class Copier {
 public:
  Copier(bolt::ReadTx& tx, bolt::BulkLoader& loader, Progress& progress)
      : tx_(tx), loader_(loader), progress_(progress) {}

  Status Copy(bolt::BucketRef bucket, std::string_view name, int nesting = 0) {
    const uint64_t root_page = bucket.header.root;
    if (nesting > kMaxNesting || (root_page != 0 && !roots_.insert(root_page).second)) {
      return absl::DataLossError(fmt::format("{}: bucket {} lies in itself, or too deep (page {})",
                                             tx_.source().path(), QuoteGo(name), root_page));
    }
    CAIRN_RETURN_IF_ERROR(loader_.BeginBucket(name, bucket.header.sequence));
    bolt::Cursor cursor(tx_.source(), std::move(bucket));
    for (auto item = cursor.First();; item = cursor.Next()) {
      CAIRN_RETURN_IF_ERROR(item.status());
      if (!item->has_value()) break;
      const bolt::Item& it = **item;
      if (it.is_bucket) {
        auto inner = bolt::ParseBucket(it.value);
        if (!inner.ok()) return Annotate(inner.status(), tx_.source().path());
        const std::string inner_name(it.key);
        CAIRN_RETURN_IF_ERROR(Copy(*std::move(inner), inner_name, nesting + 1));
      } else {
        CAIRN_RETURN_IF_ERROR(Annotate(loader_.Add(it.key, it.value), tx_.source().path()));
        done_ += it.key.size() + it.value.size() + bolt::kElementSize;
        if (done_ - reported_ >= (1 << 20)) {
          reported_ = done_;
          CAIRN_RETURN_IF_ERROR(progress_.Update(done_));
        }
      }
    }
    return loader_.EndBucket();
  }

 private:
  bolt::ReadTx& tx_;
  bolt::BulkLoader& loader_;
  Progress& progress_;
  std::set<uint64_t> roots_;
  uint64_t done_ = 0;
  uint64_t reported_ = 0;
};

StatusOr<uint64_t> WriteCopy(const DbFile& db, File& out, Progress& progress) {
  bolt::ReadTx tx = db.Read();
  bolt::BulkLoader loader(out,
                          {.page_size = db.meta().page_size, .fill = 1.0, .txid = db.meta().txid});
  progress.Stage("defragmenting", tx.SizeBytes());
  Copier copier(tx, loader, progress);
  bolt::Cursor root = tx.Root();
  for (auto item = root.First();; item = root.Next()) {
    CAIRN_RETURN_IF_ERROR(item.status());
    if (!item->has_value()) break;
    const std::string name((*item)->key);
    if (!(*item)->is_bucket) {
      return absl::DataLossError(
          fmt::format("{}: root bucket holds \"{}\", which is not a bucket", db.path(), name));
    }
    CAIRN_ASSIGN_OR_RETURN(bolt::BucketRef bucket, bolt::ParseBucket((*item)->value));
    CAIRN_RETURN_IF_ERROR(copier.Copy(std::move(bucket), name));
  }
  return loader.Finish();
}

StatusOr<DbUse> CountUse(const DbFile& db) {
  bolt::ReadTx tx = db.Read();
  CAIRN_ASSIGN_OR_RETURN(const bolt::Freelist free,
                         bolt::Freelist::FromTrees(tx.source(), db.meta()));
  DbUse use;
  use.size_bytes = tx.SizeBytes();
  use.in_use_bytes = use.size_bytes - free.free_count() * db.meta().page_size;
  return use;
}

StatusOr<std::vector<std::string>> ReadAlarms(bolt::ReadTx& tx) {
  std::vector<std::string> alarms;
  CAIRN_ASSIGN_OR_RETURN(std::optional<bolt::BucketRef> bucket, tx.FindBucket(mvcc::kAlarmBucket));
  if (!bucket.has_value()) return alarms;
  bolt::Cursor cursor(tx.source(), std::move(*bucket));
  for (auto item = cursor.First();; item = cursor.Next()) {
    CAIRN_RETURN_IF_ERROR(item.status());
    if (!item->has_value()) return alarms;
    const auto record = alarm::DecodeAlarm((*item)->key, (*item)->value);
    if (!record.ok()) return Annotate(record.status(), tx.source().path());
    alarms.push_back(
        fmt::format("{} of member {:x}", alarm::AlarmName(record->type), record->member.value));
  }
}

// Takes away what defragmentations of etcd left that were killed: while the db is locked, none is
// at work. Links and what is no file stay.
void RemoveOrphans(Fs& fs, const std::string& dir) {
  const auto names = fs.List(dir);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (!name.starts_with("db.tmp.") || IsStageOf(name, kTemporary)) continue;
    const std::string path = JoinPath(dir, name);
    const auto st = fs.LinkStat(path);
    if (st.ok() && st->type == FileType::kRegular) (void)fs.RemoveTree(path, &*st);
  }
}

}  // namespace

StatusOr<DefragResult> Defragment(const Context& context, const std::string& data_dir,
                                  const DefragOptions& options) {
  Fs& fs = context.fs;
  const std::string path = DbPath(data_dir);
  CAIRN_RETURN_IF_ERROR(fs.Stat(path).status());
  // The lock that a server takes; the shared one of DbFile would let two defrags race.
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<File> guard,
                         bolt::OpenLocked(fs, path, {.write = true}, LockKind::kFlockExclusive,
                                          context.clock, context.lock_timeout_nanos));
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, DbFile::Adopt(*guard));
  DefragResult result;
  result.bytes_before = db.file_size();
  DbUse use_before;
  if (options.on_begin) {
    // What can't be counted may still be copied, and says what is wrong if not.
    if (const auto use = CountUse(db); use.ok()) {
      use_before = *use;
      options.on_begin(use_before);
    }
  }

  bolt::ReadTx tx = db.Read();
  CAIRN_ASSIGN_OR_RETURN(result.alarms, ReadAlarms(tx));

  // A link stays: the file that it names is replaced.
  CAIRN_ASSIGN_OR_RETURN(const OutputTarget target, FindOutputTarget(fs, path));
  RemoveOrphans(fs, DirName(target.path));
  CAIRN_ASSIGN_OR_RETURN(const FileStat owner, guard->Stat());
  // Locked for us alone before it gets the name, so that whoever opens that afterwards waits.
  CAIRN_ASSIGN_OR_RETURN(StagedFile staged, StagedFile::Create(fs, target.path,
                                                               {.lock = LockKind::kFlockExclusive,
                                                                .stem = std::string(kTemporary)}));
  CAIRN_RETURN_IF_ERROR(staged.file().TakeOwner(owner));
  CAIRN_ASSIGN_OR_RETURN(result.bytes_after, WriteCopy(db, staged.file(), context.progress));
  CAIRN_ASSIGN_OR_RETURN(const bool still_named, StillNamed(fs, *guard, path));
  if (!still_named) {
    return absl::FailedPreconditionError(
        fmt::format("{}: another process replaced this file meanwhile; nothing was changed", path));
  }
  if (result.bytes_after > result.bytes_before) {
    result.larger_bytes = result.bytes_after - result.bytes_before;
    result.bytes_after = result.bytes_before;
    result.use_after = use_before;
    return result;
  }
  if (options.on_begin) {
    CAIRN_ASSIGN_OR_RETURN(const DbFile copy, DbFile::Adopt(staged.file()));
    CAIRN_ASSIGN_OR_RETURN(result.use_after, CountUse(copy));
  }
  CAIRN_RETURN_IF_ERROR(staged.Place(Placing::kReplace));
  return result;
}

}  // namespace cairn::offline
