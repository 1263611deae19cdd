// tools/utl/text_output.cc: see text_output.h.
#include "tools/utl/text_output.h"

#include <fmt/format.h>

namespace cairn::utl {

StatusOr<std::unique_ptr<TextOutput>> TextOutput::Create(cli::Invocation& in,
                                                         const std::string& path) {
  std::unique_ptr<TextOutput> output(new TextOutput(in, path));
  if (path.empty()) return output;
  if (Exists(PosixFs(), path)) {
    return absl::AlreadyExistsError(
        fmt::format("{} is there already (remove it, or name another file)", path));
  }
  // Nothing that is there is written over, not even what a killed run may have left.
  const std::string part = path + ".part";
  CAIRN_ASSIGN_OR_RETURN(
      output->file_,
      PosixFs().Open(part, {.write = true, .create = true, .exclusive = true, .mode = 0600}));
  output->part_ = part;
  return output;
}

TextOutput::~TextOutput() {
  if (!part_.empty()) (void)PosixFs().RemoveFile(part_);
}

Status TextOutput::Flush() {
  if (buffer_.empty()) return absl::OkStatus();
  if (file_ != nullptr) {
    CAIRN_RETURN_IF_ERROR(file_->WriteAt(written_, buffer_));
  } else {
    CAIRN_RETURN_IF_ERROR(in_.Print(buffer_));
  }
  written_ += buffer_.size();
  buffer_.clear();
  return absl::OkStatus();
}

Status TextOutput::Finish() {
  CAIRN_RETURN_IF_ERROR(Flush());
  if (file_ == nullptr) return absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(file_->Sync());
  file_.reset();
  CAIRN_RETURN_IF_ERROR(PosixFs().Rename(part_, path_));
  part_.clear();
  return PosixFs().SyncDir(DirName(path_));
}

}  // namespace cairn::utl
