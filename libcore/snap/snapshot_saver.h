// snap/snapshot_saver.h: the file that `snapshot save` leaves: proven, durable, or not there
// (docs/formats.md, section 3).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/background_writer.h"
#include "base/fs.h"
#include "base/sha256.h"
#include "base/staged_output.h"

namespace cairn::snap {

// Follows a snapshot's bytes, the SHA-256 at their end among them.
class DigestTrail {
 public:
  void Update(std::string_view bytes);
  uint64_t bytes() const { return bytes_; }
  // Once all bytes are there: whether the last 32 are the digest of those before them. Errors:
  // DataLoss that says what is wrong with the stream.
  Status Check();

 private:
  Sha256 hash_;
  std::string tail_;  // the last 32 bytes so far, not hashed
  uint64_t bytes_ = 0;
};

// Writes a stage beside PATH (base/staged_output.h, mode 0600), which gets the name at the end. Of
// several to one name the last one's whole file stays. Not thread-safe.
class SnapshotSaver {
 public:
  // A link stays, and what it names is written. Errors: "could not open …", also when PATH is there
  // and no regular file.
  static StatusOr<std::unique_ptr<SnapshotSaver>> Create(Fs& fs, const std::string& path);
  // Removes the stage unless Finish has succeeded.
  ~SnapshotSaver();

  // Where the bytes are until Finish.
  const std::string& temporary_path() const { return staged_.path(); }

  Status Append(std::string_view bytes);
  // Checks the digest, syncs, renames and syncs the directory; the size in bytes without the
  // digest.
  StatusOr<uint64_t> Finish();

 private:
  explicit SnapshotSaver(StagedFile staged);
  Status FlushBuffer();

  StagedFile staged_;
  std::unique_ptr<BackgroundWriter> writer_;
  DigestTrail trail_;
  AlignedBytes buffer_;
  uint64_t buffer_offset_ = 0;
};

}  // namespace cairn::snap
