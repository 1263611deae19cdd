// wal/purge.cc: see purge.h.
#include "wal/purge.h"

#include <algorithm>
#include <memory>

#include "wal/segment_name.h"

namespace cairn::wal {

StatusOr<std::vector<std::string>> Purge(Fs& fs, const std::string& dir, size_t max_files) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<SegmentName> segments, ListSegments(fs, dir));
  const size_t keep = std::max<size_t>(max_files, 1);
  std::vector<std::string> removed;
  for (size_t i = 0; i + keep < segments.size(); ++i) {
    const std::string name = FormatSegmentName(segments[i]);
    const std::string path = JoinPath(dir, name);
    CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, fs.Open(path, {.write = true}));
    CAIRN_ASSIGN_OR_RETURN(const bool locked, file->TryLock(LockKind::kOfdExclusive));
    if (!locked) break;
    CAIRN_RETURN_IF_ERROR(fs.RemoveFile(path));
    removed.push_back(name);
  }
  if (!removed.empty()) CAIRN_RETURN_IF_ERROR(fs.SyncDir(dir));
  return removed;
}

}  // namespace cairn::wal
