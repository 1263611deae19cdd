// offline/verify/verify.cc: which checks a path gets.
#include "offline/verify/verify.h"

#include <fmt/format.h>

#include "offline/place.h"

namespace cairn::offline {

StatusOr<VerifyReport> Verify(const Context& context, const std::string& path,
                              const std::string& wal_dir) {
  VerifyReport report;
  report.path = path;
  CAIRN_ASSIGN_OR_RETURN(const FileStat st, context.fs.Stat(path));
  if (st.type != FileType::kDirectory) {
    if (!wal_dir.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("{} is a file and has no log: --wal-dir goes with a data directory", path));
    }
    CAIRN_RETURN_IF_ERROR(VerifyDb(context, path, report).status());
    return report;
  }
  CAIRN_ASSIGN_OR_RETURN(const std::string data_dir, FindDataDir(context.fs, path));
  const std::string db_path = DbPath(data_dir);
  const auto db_stat = context.fs.Stat(db_path);
  if (absl::IsNotFound(db_stat.status())) {
    return absl::NotFoundError(fmt::format(
        "{}: no data directory (it has no member/snap/db); name a data directory or a file", path));
  }
  CAIRN_RETURN_IF_ERROR(db_stat.status());
  // First, as it is quick: a log that can't be read or lies elsewhere is told before a long check.
  auto log_dir = FindLog(context.fs, data_dir, wal_dir);
  if (absl::IsNotFound(log_dir.status()) && wal_dir.empty()) {
    return absl::NotFoundError(
        fmt::format("{} To check the db alone, name {}", Message(log_dir.status()), db_path));
  }
  CAIRN_RETURN_IF_ERROR(log_dir.status());
  CAIRN_ASSIGN_OR_RETURN(const std::optional<DbFacts> db, VerifyDb(context, db_path, report));
  CAIRN_RETURN_IF_ERROR(VerifyMember(context, data_dir, *log_dir, db, report));
  return report;
}

}  // namespace cairn::offline
