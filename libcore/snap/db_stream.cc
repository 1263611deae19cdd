// snap/db_stream.cc: see db_stream.h.
#include "snap/db_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/background_writer.h"

namespace cairn::snap {

namespace {

constexpr uint64_t kBufferBytes = 1 << 20;

// Hashes, and copies when `out` isn't null.
StatusOr<Sha256Digest> Run(const File& in, uint64_t bytes, File* out, Progress& progress) {
  in.Advise(Access::kSequential, 0, bytes);
  Sha256 hash;
  AlignedBytes buffer;
  std::optional<BackgroundWriter> writer;
  if (out != nullptr) writer.emplace(*out);
  for (uint64_t done = 0; done < bytes;) {
    buffer.resize(std::min(bytes - done, kBufferBytes));
    CAIRN_RETURN_IF_ERROR(ReadExactly(in, done, buffer));
    hash.Update(buffer);
    const uint64_t at = done;
    done += buffer.size();
    if (writer.has_value()) {
      CAIRN_RETURN_IF_ERROR(writer->Write(at, std::exchange(buffer, writer->TakeBuffer())));
    }
    CAIRN_RETURN_IF_ERROR(progress.Update(done));
  }
  if (writer.has_value()) CAIRN_RETURN_IF_ERROR(writer->Drain());
  return hash.Finish();
}

}  // namespace

StatusOr<Sha256Digest> CopyAndHash(const File& in, uint64_t bytes, File& out, Progress& progress) {
  progress.Stage("copying", bytes);
  return Run(in, bytes, &out, progress);
}

StatusOr<Sha256Digest> HashBytes(const File& in, uint64_t bytes, Progress& progress) {
  progress.Stage("hashing", bytes);
  return Run(in, bytes, nullptr, progress);
}

StatusOr<Sha256Digest> ReadDigest(const File& in, uint64_t file_bytes) {
  if (!HasDigest(file_bytes)) {
    return absl::InvalidArgumentError(
        fmt::format("{}: a file of {} bytes has no SHA-256 at its end", in.path(), file_bytes));
  }
  Sha256Digest digest;
  CAIRN_RETURN_IF_ERROR(ReadExactly(in, file_bytes - kDigestBytes, digest));
  return digest;
}

}  // namespace cairn::snap
