// wal/record.h: one WAL record on disk: its kinds, its frame, and how it is appended to a buffer
// (formats.md, section 4).
//
//   u64 little-endian length word | n bytes of walpb.Record | 0 to 7 zero bytes
//
// The word's low 56 bits are n; its top byte is 0x80 | padding when there is padding, else 0. A
// frame is a multiple of eight bytes. A word of 0 ends the segment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cairn::wal {

// What a record carries: etcdserverpb.Metadata, raftpb.Entry, raftpb.HardState, nothing (its crc is
// the chain's value at the end of the segment before), walpb.Snapshot.
enum class RecordType : int64_t { kMetadata = 1, kEntry = 2, kState = 3, kCrc = 4, kSnapshot = 5 };

// Bytes that a segment is allocated with, and from which on it is cut: 64 million, not 64 MiB.
inline constexpr uint64_t kSegmentBytes = 64'000'000;

// Bytes of a length word.
inline constexpr uint64_t kFrameWordBytes = 8;

// What disks write as a whole. A part of a frame within one sector that is all zeros was never
// written: that tells a torn tail from corruption.
inline constexpr uint64_t kSectorBytes = 512;

struct FrameSize {
  uint64_t record_bytes = 0;
  uint64_t padding_bytes = 0;
  uint64_t total_bytes() const { return kFrameWordBytes + record_bytes + padding_bytes; }
};

// The sizes in a length word; nothing when no writer could have made it. `word` isn't 0.
std::optional<FrameSize> DecodeFrameWord(uint64_t word);

// Appends one record, frame and all. `crc` is the chain's value: it takes in `data` and is stored
// in the record. A crc record has no data and stores the chain's value as it is.
void AppendRecord(std::string& out, RecordType type, std::string_view data, uint32_t& crc);

}  // namespace cairn::wal
