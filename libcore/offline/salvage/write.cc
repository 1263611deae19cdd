// offline/salvage/write.cc: see write.h.
#include "offline/salvage/write.h"

#include <fmt/format.h>

#include "base/staged_output.h"
#include "snap/db_stream.h"

namespace cairn::offline {

namespace {

Status Taken(const std::string& output) {
  return absl::AlreadyExistsError(
      fmt::format("{}: file exists; name another output, nothing is written over", output));
}

}  // namespace

Status RefuseExisting(Fs& fs, const std::string& output) {
  const auto there = fs.LinkStat(output);
  if (absl::IsNotFound(there.status())) return absl::OkStatus();
  return there.ok() ? Taken(output) : there.status();
}

StatusOr<uint64_t> WriteNewDb(const Context& context, const std::string& output,
                              const bolt::BulkLoadOptions& options,
                              const std::function<Status(bolt::BulkLoader&)>& fill,
                              const std::function<Status(const std::string& path)>& check) {
  Fs& fs = context.fs;
  CAIRN_RETURN_IF_ERROR(RefuseExisting(fs, output));
  CAIRN_ASSIGN_OR_RETURN(StagedFile staged, StagedFile::Create(fs, output, {}));
  File& file = staged.file();
  uint64_t bytes = 0;
  {
    bolt::BulkLoader loader(file, options);
    CAIRN_RETURN_IF_ERROR(fill(loader));
    CAIRN_ASSIGN_OR_RETURN(bytes, loader.Finish());
  }
  context.progress.Stage("hashing", bytes);
  CAIRN_ASSIGN_OR_RETURN(const Sha256Digest digest, snap::HashBytes(file, bytes, context.progress));
  CAIRN_RETURN_IF_ERROR(file.WriteAt(bytes, {digest.data(), digest.size()}));
  CAIRN_RETURN_IF_ERROR(file.Sync());
  bytes += digest.size();
  CAIRN_RETURN_IF_ERROR(check(staged.path()));
  // Whoever made it meanwhile keeps it.
  const Status placed = staged.Place(Placing::kNew);
  if (absl::IsAlreadyExists(placed)) return Taken(output);
  CAIRN_RETURN_IF_ERROR(placed);
  return bytes;
}

}  // namespace cairn::offline
