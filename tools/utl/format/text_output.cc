// tools/utl/format/text_output.cc: see text_output.h.
#include "tools/utl/format/text_output.h"

#include <fmt/format.h>

namespace cairn::utl {

namespace {

Status Taken(const std::string& path) {
  return absl::AlreadyExistsError(
      fmt::format("{} is there already (remove it, or name another file)", path));
}

}  // namespace

StatusOr<std::unique_ptr<TextOutput>> TextOutput::Create(cli::Invocation& in,
                                                         const std::string& path) {
  std::unique_ptr<TextOutput> output(new TextOutput(in, path));
  if (path.empty()) return output;
  if (PosixFs().LinkStat(path).ok()) return Taken(path);
  CAIRN_ASSIGN_OR_RETURN(StagedFile staged, StagedFile::Create(PosixFs(), path, {}));
  output->staged_.emplace(std::move(staged));
  return output;
}

Status TextOutput::Flush() {
  if (buffer_.empty()) return absl::OkStatus();
  if (staged_.has_value()) {
    CAIRN_RETURN_IF_ERROR(staged_->file().WriteAt(written_, buffer_));
  } else {
    CAIRN_RETURN_IF_ERROR(in_.Print(buffer_));
  }
  written_ += buffer_.size();
  buffer_.clear();
  return absl::OkStatus();
}

Status TextOutput::Finish() {
  CAIRN_RETURN_IF_ERROR(Flush());
  if (!staged_.has_value()) return absl::OkStatus();
  const Status placed = staged_->Place(Placing::kNew);
  return absl::IsAlreadyExists(placed) ? Taken(path_) : placed;
}

}  // namespace cairn::utl
