// wal/record_scan.h: finds whole records again after damage in a segment (formats.md, section 4).
//
// Frames begin at multiples of eight bytes. Whether bytes are one, a single frame can't tell: its
// checksum goes on from the one before it, which is lost. But what follows a frame must go on from
// the value that it stores, and by chance that happens once in 2^32.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/fs.h"
#include "base/progress.h"
#include "base/status.h"
#include "wal/segment_reader.h"

namespace cairn::wal {

// Records that follow one another, each with a checksum that fits the one before it.
struct RecordRun {
  uint64_t offset_bytes = 0;  // of the first of them; the frame before it gave only its checksum
  uint64_t end_bytes = 0;     // after the last
  uint64_t records = 0;
  bool clean_end = false;  // the file, or zeros, end it
  uint32_t crc = 0;        // the chain's value at the end
  // The chain's value that the first one goes on from.
  uint32_t crc_before = 0;
};

// Views are valid during the call.
using RecordVisitor = std::function<Status(const RecordView& record)>;

// Goes over one segment from front to back. What it does is linear in the file's size for any
// content: what stands where a length could be never decides how often bytes are read. One thread.
class RecordScan {
 public:
  // From `from` on. `file` and `progress` must outlive it. Errors: the file's size can't be told.
  static StatusOr<RecordScan> Begin(const File& file, uint64_t from, Progress& progress);
  RecordScan(RecordScan&&) noexcept;
  ~RecordScan();

  // Looks after the last run for three frames in a row that fit together (two, where the segment
  // ends after them), and gives `visit` the records from the second one on; from the first one on
  // when that is a crc record, as at the head of every segment. Nothing when there are none up to
  // the end of the file. Parts that the disk can't read are passed over. Errors: an interrupt, the
  // visitor's.
  StatusOr<std::optional<RecordRun>> Next(const RecordVisitor& visit);

 private:
  class Scan;
  explicit RecordScan(std::unique_ptr<Scan> scan);
  std::unique_ptr<Scan> scan_;
};

}  // namespace cairn::wal
