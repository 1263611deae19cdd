// snap/db_stream.cc: see db_stream.h.
#include "snap/db_stream.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace cairn::snap {

namespace {

constexpr uint64_t kBufferBytes = 1 << 20;
constexpr uint64_t kWritebackBytes = 8 << 20;

// Hashes, and copies when `out` isn't null.
StatusOr<Sha256Digest> Run(const File& in, uint64_t bytes, File* out, Progress& progress) {
  in.Advise(Access::kSequential, 0, bytes);
  Sha256 hash;
  std::string buffer;
  uint64_t written_back = 0;
  for (uint64_t done = 0; done < bytes;) {
    buffer.resize(std::min(bytes - done, kBufferBytes));
    CAIRN_RETURN_IF_ERROR(ReadExactly(in, done, buffer));
    hash.Update(buffer);
    if (out != nullptr) CAIRN_RETURN_IF_ERROR(out->WriteAt(done, buffer));
    done += buffer.size();
    if (out != nullptr && done - written_back >= kWritebackBytes) {
      out->StartWriteback(written_back, done - written_back);
      written_back = done;
    }
    CAIRN_RETURN_IF_ERROR(progress.Update(done));
  }
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
