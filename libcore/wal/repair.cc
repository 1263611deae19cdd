// wal/repair.cc: see repair.h.
#include "wal/repair.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/staged_output.h"
#include "wal/segment_name.h"
#include "wal/segment_reader.h"

namespace cairn::wal {

StatusOr<RepairResult> RepairTornTail(Fs& fs, const std::string& dir) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<SegmentName> names, ListSegments(fs, dir));
  RepairResult result;
  result.path = JoinPath(dir, FormatSegmentName(names.back()));
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, fs.Open(result.path, {.write = true}));
  CAIRN_ASSIGN_OR_RETURN(const bool locked, file->TryLock(LockKind::kOfdExclusive));
  if (!locked) {
    return absl::FailedPreconditionError(fmt::format(
        "{}: file already locked: another process has this log open; stop it first", result.path));
  }
  CAIRN_ASSIGN_OR_RETURN(const bool still_named, StillNamed(fs, *file, result.path));
  if (!still_named) {
    return absl::FailedPreconditionError(fmt::format(
        "{}: another process moves or replaces the files of this log; stop it first", result.path));
  }
  SegmentReader reader(*file, 0, SegmentPlace::kLast);
  while (true) {
    CAIRN_ASSIGN_OR_RETURN(const std::optional<RecordView> record, reader.Next());
    if (!record) break;
  }
  result.good_bytes = reader.good_bytes();
  switch (reader.end()) {
    case SegmentEnd::kClean:
      return result;
    case SegmentEnd::kCorrupt:
      return absl::DataLossError(
          fmt::format("{}; this is damage, not a crash's torn tail, and is not cut away: restore "
                      "the member from "
                      "its peers or from a snapshot",
                      Message(reader.problem())));
    case SegmentEnd::kTornTail:
      break;
  }
  if (result.good_bytes == 0) {
    return absl::DataLossError(
        fmt::format("{}; the segment has no whole record, so there is nothing to keep: restore the "
                    "member from its peers or from a snapshot",
                    Message(reader.problem())));
  }
  result.problem = Message(reader.problem());
  result.broken_path = result.path + ".broken";
  CAIRN_ASSIGN_OR_RETURN(StagedFile broken, StagedFile::Create(fs, result.broken_path, {}));
  CAIRN_ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  CAIRN_RETURN_IF_ERROR(
      CopyBytes(*file, broken.file(), size, [](uint64_t) { return absl::OkStatus(); }));
  CAIRN_RETURN_IF_ERROR(broken.Place(Placing::kReplace));
  CAIRN_RETURN_IF_ERROR(file->Truncate(result.good_bytes));
  CAIRN_RETURN_IF_ERROR(file->Sync());
  result.repaired = true;
  return result;
}

}  // namespace cairn::wal
