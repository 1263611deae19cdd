// offline/db_file.cc: see db_file.h.
#include "offline/db_file.h"

#include <fmt/format.h>

#include "offline/file_kind.h"

namespace cairn::offline {

StatusOr<std::unique_ptr<File>> OpenShared(const Context& context, const std::string& path) {
  // stat first: its error text is the one that scripts know from etcdutl.
  CAIRN_RETURN_IF_ERROR(context.fs.Stat(path).status());
  auto opened = bolt::OpenLocked(context.fs, path, {}, LockKind::kFlockShared, context.clock,
                                 context.lock_timeout_nanos);
  if (!opened.ok()) return ExplainDirectory(context.fs, path, opened.status());
  return opened;
}

StatusOr<DbFile> DbFile::Open(const Context& context, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> file, OpenShared(context, path));
  CAIRN_ASSIGN_OR_RETURN(DbFile db, Adopt(*file));
  db.owned_ = std::move(file);
  return db;
}

StatusOr<DbFile> DbFile::Adopt(const File& file) {
  DbFile db;
  db.file_ = &file;
  CAIRN_ASSIGN_OR_RETURN(db.file_size_, file.Size());
  auto metas = bolt::ReadMetaPages(file, db.logical_size());
  if (absl::IsDataLoss(metas.status())) return ExplainNoDb(file, metas.status());
  CAIRN_RETURN_IF_ERROR(metas.status());
  db.metas_ = *std::move(metas);
  return db;
}

std::string SnapDir(const std::string& data_dir) { return JoinPath(data_dir, "member/snap"); }
std::string DbPath(const std::string& data_dir) { return JoinPath(data_dir, "member/snap/db"); }
std::string WalDir(const std::string& data_dir) { return JoinPath(data_dir, "member/wal"); }

Status NameFile(const Status& status, const std::string& path) {
  if (!absl::IsDataLoss(status) || Message(status).find(path) != std::string_view::npos) {
    return status;
  }
  return Annotate(status, path);
}

Status NameOriginal(const Status& status, const std::string& copy, const std::string& original) {
  return absl::IsDataLoss(status) ? Rename(status, copy, original) : status;
}

StatusOr<std::vector<bolt::NamedBucket>> ScanBuckets(bolt::Scanner& scanner, const DbFile& db) {
  auto buckets = bolt::ScanRoot(scanner, db.meta());
  if (!buckets.ok()) return NameFile(buckets.status(), db.path());
  return buckets;
}

Status FaultsAsStatus(const bolt::Scanner& scanner, const std::string& path) {
  if (scanner.fault_count() == 0) return absl::OkStatus();
  return absl::DataLossError(fmt::format(
      "snapshot file integrity check failed. {} errors found. {}: {} (restore from another backup)",
      scanner.fault_count(), path, scanner.FaultText(3)));
}

}  // namespace cairn::offline
