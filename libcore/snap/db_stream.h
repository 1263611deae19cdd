// snap/db_stream.h: copying a snapshot of the backend together with its SHA-256 (formats.md,
// section 3: file = db bytes, then 32 bytes of digest when the length says so).
#pragma once

#include <cstdint>

#include "base/fs.h"
#include "base/progress.h"
#include "base/sha256.h"
#include "base/status.h"
#include "bolt/format.h"

namespace cairn::snap {

using bolt::HasDigest;
using bolt::kDigestBytes;

// Copies the first `bytes` bytes of `in` to the same place in `out` and returns their SHA-256.
// Reads 1 MiB at a time and starts writing to disk every 8 MiB, so that the caller's sync at the
// end has little left to do. `progress` is told of each MiB and can stop it. DataLoss when `in` is
// shorter.
StatusOr<Sha256Digest> CopyAndHash(const File& in, uint64_t bytes, File& out, Progress& progress);

// The same without a copy.
StatusOr<Sha256Digest> HashBytes(const File& in, uint64_t bytes, Progress& progress);

// The last 32 bytes of a file of `file_bytes` bytes. InvalidArgument when HasDigest is false.
StatusOr<Sha256Digest> ReadDigest(const File& in, uint64_t file_bytes);

}  // namespace cairn::snap
