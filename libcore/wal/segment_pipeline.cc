// wal/segment_pipeline.cc: see segment_pipeline.h.
#include "wal/segment_pipeline.h"

#include <algorithm>

#include <fmt/format.h>

namespace cairn::wal {

namespace {

constexpr uint64_t kZeroBytes = 1 << 20;

}  // namespace

SegmentPipeline::SegmentPipeline(Fs& fs, std::string dir, uint64_t segment_bytes, bool preallocate)
    : fs_(fs), dir_(std::move(dir)), segment_bytes_(segment_bytes), preallocate_(preallocate) {}

Status SegmentPipeline::Make() {
  // Truncated: what a crash left behind under this name must not follow the new head.
  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                         fs_.Open(JoinPath(dir_, fmt::format("{}.tmp", count_ % 2)),
                                  {.write = true,
                                   .create = true,
                                   .truncate = true,
                                   .no_follow = true,
                                   .mode = 0600}));
  CAIRN_ASSIGN_OR_RETURN(const bool locked, file->TryLock(LockKind::kOfdExclusive));
  if (!locked) {
    return absl::FailedPreconditionError(
        fmt::format("{}: locked by another process; stop it first", file->path()));
  }
  if (preallocate_) CAIRN_RETURN_IF_ERROR(file->Allocate(segment_bytes_));
  file_ = std::move(file);
  zeroed_bytes_ = preallocate_ ? 0 : segment_bytes_;
  ready_ = false;
  return absl::OkStatus();
}

StatusOr<bool> SegmentPipeline::Step(uint64_t max_bytes) {
  if (ready_) return true;
  if (file_ == nullptr) {
    CAIRN_RETURN_IF_ERROR(Make());
    return false;
  }
  const auto step = [&]() -> Status {
    if (zeroed_bytes_ == segment_bytes_) {
      CAIRN_RETURN_IF_ERROR(file_->Sync());
      ready_ = true;
      return absl::OkStatus();
    }
    const std::string zeros(
        std::min({std::max<uint64_t>(max_bytes, 1), kZeroBytes, segment_bytes_ - zeroed_bytes_}),
        '\0');
    CAIRN_RETURN_IF_ERROR(file_->WriteAt(zeroed_bytes_, zeros));
    file_->StartWriteback(zeroed_bytes_, zeros.size());
    zeroed_bytes_ += zeros.size();
    return absl::OkStatus();
  };
  if (Status s = step(); !s.ok()) {
    file_ = nullptr;
    return s;
  }
  return ready_;
}

StatusOr<std::unique_ptr<File>> SegmentPipeline::Take() {
  if (file_ == nullptr) CAIRN_RETURN_IF_ERROR(Make());
  ++count_;
  ready_ = false;
  return std::move(file_);
}

Status SegmentPipeline::Discard() {
  if (file_ == nullptr) return absl::OkStatus();
  const std::string path = file_->path();
  file_ = nullptr;
  ready_ = false;
  return fs_.RemoveFile(path);
}

}  // namespace cairn::wal
