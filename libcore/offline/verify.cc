// offline/verify.cc: which checks a path gets.
#include "offline/verify.h"

#include <fmt/format.h>

namespace cairn::offline {

StatusOr<VerifyReport> Verify(const Context& context, const std::string& path) {
  VerifyReport report;
  report.path = path;
  CAIRN_ASSIGN_OR_RETURN(const FileStat st, context.fs.Stat(path));
  if (st.type != FileType::kDirectory) {
    CAIRN_RETURN_IF_ERROR(VerifyDb(context, path, report).status());
    return report;
  }
  std::string data_dir = path;
  // DIR/member is taken for DIR, as it is easily named by mistake.
  if (!Exists(context.fs, JoinPath(path, "member")) && Exists(context.fs, JoinPath(path, "snap"))) {
    data_dir = DirName(path);
  }
  if (!Exists(context.fs, DbPath(data_dir))) {
    return absl::NotFoundError(fmt::format(
        "{}: no data directory (it has no member/snap/db); name a data directory or a file", path));
  }
  CAIRN_ASSIGN_OR_RETURN(const std::optional<DbFacts> db,
                         VerifyDb(context, DbPath(data_dir), report));
  CAIRN_RETURN_IF_ERROR(VerifyMember(context, data_dir, db, report));
  return report;
}

}  // namespace cairn::offline
