// snap/snapshot_saver.cc: see snapshot_saver.h.
#include "snap/snapshot_saver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/output_target.h"
#include "snap/db_stream.h"

namespace cairn::snap {

namespace {

constexpr size_t kWriteBytes = 512 << 10;

}  // namespace

void DigestTrail::Update(std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes.size() >= kDigestBytes) {
    hash_.Update(tail_);
    hash_.Update(bytes.substr(0, bytes.size() - kDigestBytes));
    tail_ = bytes.substr(bytes.size() - kDigestBytes);
    return;
  }
  tail_.append(bytes);
  if (tail_.size() > kDigestBytes) {
    const size_t settled = tail_.size() - kDigestBytes;
    hash_.Update(std::string_view(tail_).substr(0, settled));
    tail_.erase(0, settled);
  }
}

Status DigestTrail::Check() {
  if (!HasDigest(bytes_)) {
    return absl::DataLossError(fmt::format(
        "the snapshot ended after {} bytes, which is not a whole database with its SHA-256",
        bytes_));
  }
  const Sha256Digest digest = hash_.Finish();
  if (!std::equal(digest.begin(), digest.end(), tail_.begin(), tail_.end())) {
    return absl::DataLossError("the SHA-256 at the snapshot's end is not that of its bytes");
  }
  return absl::OkStatus();
}

StatusOr<std::unique_ptr<SnapshotSaver>> SnapshotSaver::Create(Fs& fs, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const OutputTarget target, FindOutputTarget(fs, path));
  if (target.kind == TargetKind::kDirectory) {
    return absl::FailedPreconditionError(fmt::format("could not open {} (is a directory)", path));
  }
  if (!NeedFile(target, path).ok()) {
    return absl::FailedPreconditionError(
        fmt::format("could not open {} (is not a regular file)", path));
  }
  // Past the page cache: a backup should not drive a member's pages out of memory.
  auto staged = StagedFile::Create(fs, target.path, {.direct = true});
  if (!staged.ok()) {
    return Status(staged.status().code(),
                  fmt::format("could not open {} ({})", path, Message(staged.status())));
  }
  return std::unique_ptr<SnapshotSaver>(new SnapshotSaver(*std::move(staged)));
}

SnapshotSaver::SnapshotSaver(StagedFile staged)
    : staged_(std::move(staged)), writer_(std::make_unique<BackgroundWriter>(staged_.file())) {}

SnapshotSaver::~SnapshotSaver() = default;

Status SnapshotSaver::FlushBuffer() {
  const uint64_t offset = buffer_offset_;
  buffer_offset_ += buffer_.size();
  return writer_->Write(offset, std::exchange(buffer_, writer_->TakeBuffer()));
}

Status SnapshotSaver::Append(std::string_view bytes) {
  trail_.Update(bytes);
  while (!bytes.empty()) {
    buffer_.reserve(kWriteBytes);
    const std::string_view fits = bytes.substr(0, kWriteBytes - buffer_.size());
    buffer_.append(fits);
    bytes.remove_prefix(fits.size());
    if (buffer_.size() == kWriteBytes) CAIRN_RETURN_IF_ERROR(FlushBuffer());
  }
  return absl::OkStatus();
}

StatusOr<uint64_t> SnapshotSaver::Finish() {
  CAIRN_RETURN_IF_ERROR(trail_.Check());
  if (!buffer_.empty()) CAIRN_RETURN_IF_ERROR(FlushBuffer());
  CAIRN_RETURN_IF_ERROR(writer_->Drain());
  CAIRN_RETURN_IF_ERROR(staged_.Place(Placing::kReplace));
  return trail_.bytes() - kDigestBytes;
}

}  // namespace cairn::snap
