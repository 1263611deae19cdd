// snap/snapshot_saver.cc: see snapshot_saver.h.
#include "snap/snapshot_saver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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
        "the snapshot ended after {} bytes, which is no whole database with its SHA-256", bytes_));
  }
  const Sha256Digest digest = hash_.Finish();
  if (!std::equal(digest.begin(), digest.end(), tail_.begin(), tail_.end())) {
    return absl::DataLossError("the SHA-256 at the snapshot's end is not that of its bytes");
  }
  return absl::OkStatus();
}

StatusOr<std::unique_ptr<SnapshotSaver>> SnapshotSaver::Create(Fs& fs, const std::string& path) {
  // A rename would take the place of a device, and is refused by a directory only at the end.
  const auto there = fs.Stat(path);
  if (there.ok() && there->type != FileType::kRegular) {
    return absl::FailedPreconditionError(
        fmt::format("could not open {} ({})", path,
                    there->type == FileType::kDirectory ? "is a directory" : "is no regular file"));
  }
  if (!there.ok() && !absl::IsNotFound(there.status())) return there.status();
  const std::string part = path + ".part";
  auto file = [&]() -> StatusOr<std::unique_ptr<File>> {
    if (Exists(fs, part)) CAIRN_RETURN_IF_ERROR(fs.RemoveFile(part));
    // Past the page cache: a backup should not drive a member's pages out of memory.
    return fs.Open(
        part, {.write = true, .create = true, .exclusive = true, .direct = true, .mode = 0600});
  }();
  if (!file.ok()) {
    return Status(file.status().code(),
                  fmt::format("could not open {} ({})", part, Message(file.status())));
  }
  return std::unique_ptr<SnapshotSaver>(new SnapshotSaver(fs, path, part, *std::move(file)));
}

SnapshotSaver::SnapshotSaver(Fs& fs, std::string path, std::string part, std::unique_ptr<File> file)
    : fs_(fs),
      path_(std::move(path)),
      part_(std::move(part)),
      file_(std::move(file)),
      writer_(std::make_unique<BackgroundWriter>(*file_)) {}

SnapshotSaver::~SnapshotSaver() {
  writer_.reset();
  file_.reset();
  if (!finished_) (void)fs_.RemoveFile(part_);
}

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
  CAIRN_RETURN_IF_ERROR(file_->Sync());
  CAIRN_RETURN_IF_ERROR(fs_.Rename(part_, path_));
  finished_ = true;
  CAIRN_RETURN_IF_ERROR(fs_.SyncDir(DirName(path_)));
  return trail_.bytes() - kDigestBytes;
}

}  // namespace cairn::snap
