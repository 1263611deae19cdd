// wal/segment_pipeline.h: the next WAL segment, made ready before the log needs it (formats.md,
// section 4: `0.tmp` and `1.tmp`, in turn).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/fs.h"
#include "base/status.h"

namespace cairn::wal {

// Prepares one file at a time: created, locked, its blocks reserved, then filled with zeros. Zeros
// that are on disk already make a later fdatasync cheaper: it has no block to mark as written.
//
// Owned by a Log. There is no thread here: whoever owns the log calls Step() in the background
// until it says that all is done, never at the same time as another call on the log. What Step()
// didn't get to, Take() does, but for the zeros.
class SegmentPipeline {
 public:
  // `fs` must outlive the pipeline. Without `preallocate` files are made empty.
  SegmentPipeline(Fs& fs, std::string dir, uint64_t segment_bytes, bool preallocate);

  // Goes on by one step, of at most `max_bytes` zeros. True when the next segment is ready. After
  // an error the unfinished file is dropped and the next call begins anew.
  StatusOr<bool> Step(uint64_t max_bytes);

  // Hands out the file, its lock held, its content all zeros; its name is its path's until the
  // caller renames it. The next one takes the other name.
  StatusOr<std::unique_ptr<File>> Take();

  // Removes a file that was prepared and not taken.
  Status Discard();

 private:
  Status Make();

  Fs& fs_;
  const std::string dir_;
  const uint64_t segment_bytes_;
  const bool preallocate_;
  unsigned count_ = 0;
  std::unique_ptr<File> file_;
  uint64_t zeroed_bytes_ = 0;
  bool ready_ = false;
};

}  // namespace cairn::wal
