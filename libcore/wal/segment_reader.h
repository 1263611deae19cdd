// wal/segment_reader.h: reads the records of one WAL segment in order (formats.md, section 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "base/status.h"
#include "wal/record.h"

namespace cairn::wal {

// Where a segment stopped making sense. A torn tail is what a crash leaves and is repaired by
// cutting at `good_bytes`; corruption is anything else and is never repaired silently. Only the
// last segment of a log can have a torn tail: the others were synced whole before the next one
// appeared.
enum class SegmentEnd { kClean, kTornTail, kCorrupt };

// One record as it stands in its segment. `type` can be a number that no RecordType has: what to do
// with it is the reader's caller's to say.
struct RecordView {
  RecordType type;
  uint32_t crc = 0;           // as stored
  std::string_view data;      // valid until the reader's next call
  uint64_t offset_bytes = 0;  // of the frame in the segment
  uint64_t total_bytes = 0;   // frame word and padding included
};

enum class SegmentPlace { kInner, kLast };

// No record of a sound log is longer: requests are limited far below it. Keeps a broken length from
// asking for all memory.
inline constexpr uint64_t kMaxRecordBytes = 512u << 20;

// Walks one segment from its first byte, checking each record's frame and the CRC chain.
//
// Lives on whichever stage opened it; not shared. `file` must outlive the reader. Reads forward in
// 64 KiB windows and never holds more than one record, so memory does not grow with the segment.
class SegmentReader {
 public:
  // `crc` is the chain's value at the end of the previous segment, 0 when reading starts here.
  SegmentReader(const File& file, uint32_t crc, SegmentPlace place);

  // The next record, or nothing at the end. After nothing, `end()` says how the segment ended and
  // `good_bytes()` how much of it is whole. Errors: I/O only, as the file gives them. Broken bytes
  // are not an error here: they are an end.
  StatusOr<std::optional<RecordView>> Next();

  SegmentEnd end() const { return end_; }
  // Bytes up to the end of the last whole record.
  uint64_t good_bytes() const { return offset_; }
  // The chain's value after the last record returned.
  uint32_t crc() const { return crc_; }
  // After kTornTail or kCorrupt: DataLoss with "PATH: offset N: what is wrong there". OK before and
  // after kClean.
  const Status& problem() const { return problem_; }

 private:
  StatusOr<std::string_view> Window(uint64_t offset, uint64_t bytes);
  std::optional<RecordView> Stop(SegmentEnd end, std::string_view what);
  std::optional<RecordView> StopAtFrame(std::string_view frame, std::string_view what);

  const File& file_;
  const SegmentPlace place_;
  uint32_t crc_;
  uint64_t offset_ = 0;
  std::optional<uint64_t> size_;
  std::string window_;
  uint64_t window_offset_ = 0;
  bool ended_ = false;
  SegmentEnd end_ = SegmentEnd::kClean;
  Status problem_;
};

// Whether some sector's part of `frame`, which begins at `offset` of its file, is all zeros.
bool HasUnwrittenSector(uint64_t offset, std::string_view frame);

}  // namespace cairn::wal
