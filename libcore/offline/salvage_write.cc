// offline/salvage_write.cc: see salvage_write.h.
#include "offline/salvage_write.h"

#include <fmt/format.h>

#include "snap/db_stream.h"

namespace cairn::offline {

Status RefuseExisting(Fs& fs, const std::string& output) {
  const auto there = fs.Stat(output);
  if (absl::IsNotFound(there.status())) return absl::OkStatus();
  if (!there.ok()) return there.status();
  return absl::AlreadyExistsError(
      fmt::format("{}: file exists; name another output, nothing is written over", output));
}

StatusOr<uint64_t> WriteNewDb(const Context& context, const std::string& output,
                              const bolt::BulkLoadOptions& options,
                              const std::function<Status(bolt::BulkLoader&)>& fill,
                              const std::function<Status(const std::string& path)>& check) {
  Fs& fs = context.fs;
  CAIRN_RETURN_IF_ERROR(RefuseExisting(fs, output));
  const std::string part = output + ".part";
  uint64_t bytes = 0;
  const auto write = [&]() -> Status {
    if (Exists(fs, part)) CAIRN_RETURN_IF_ERROR(fs.RemoveFile(part));
    {
      CAIRN_ASSIGN_OR_RETURN(
          const std::unique_ptr<File> file,
          fs.Open(part, {.write = true, .create = true, .exclusive = true, .mode = 0600}));
      {
        bolt::BulkLoader loader(*file, options);
        CAIRN_RETURN_IF_ERROR(fill(loader));
        CAIRN_ASSIGN_OR_RETURN(bytes, loader.Finish());
      }
      context.progress.Stage("hashing", bytes);
      CAIRN_ASSIGN_OR_RETURN(const Sha256Digest digest,
                             snap::HashBytes(*file, bytes, context.progress));
      CAIRN_RETURN_IF_ERROR(file->WriteAt(bytes, {digest.data(), digest.size()}));
      CAIRN_RETURN_IF_ERROR(file->Sync());
      bytes += digest.size();
    }
    CAIRN_RETURN_IF_ERROR(check(part));
    // Whoever made it meanwhile keeps it.
    CAIRN_RETURN_IF_ERROR(RefuseExisting(fs, output));
    return PlaceDurably(fs, part, output);
  };
  if (Status s = write(); !s.ok()) {
    (void)fs.RemoveFile(part);
    return s;
  }
  return bytes;
}

}  // namespace cairn::offline
