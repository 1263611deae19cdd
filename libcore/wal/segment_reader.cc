// wal/segment_reader.cc: see segment_reader.h.
#include "wal/segment_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "proto/wal_view.h"

namespace cairn::wal {

namespace {

constexpr uint64_t kWindowBytes = 64 << 10;
// A window that one long record made larger than this is given back.
constexpr uint64_t kKeepBytes = 1 << 20;

}  // namespace

bool HasUnwrittenSector(uint64_t offset, std::string_view frame) {
  while (!frame.empty()) {
    const uint64_t in_sector =
        std::min<uint64_t>(kSectorBytes - offset % kSectorBytes, frame.size());
    if (frame.find_first_not_of('\0') >= in_sector) return true;
    frame.remove_prefix(in_sector);
    offset += in_sector;
  }
  return false;
}

SegmentReader::SegmentReader(const File& file, uint32_t crc, SegmentPlace place)
    : file_(file), place_(place), crc_(crc) {}

StatusOr<std::string_view> SegmentReader::Window(uint64_t offset, uint64_t bytes) {
  const bool inside = offset >= window_offset_ && offset - window_offset_ <= window_.size() &&
                      bytes <= window_.size() - (offset - window_offset_);
  if (!inside) {
    const uint64_t want = std::min(std::max(bytes, kWindowBytes), *size_ - offset);
    if (window_.capacity() > kKeepBytes && want <= kWindowBytes) window_ = std::string();
    window_.resize(want);
    window_offset_ = offset;
    CAIRN_RETURN_IF_ERROR(ReadExactly(file_, offset, window_));
  }
  return std::string_view(window_).substr(offset - window_offset_, bytes);
}

std::optional<RecordView> SegmentReader::Stop(SegmentEnd end, std::string_view what) {
  ended_ = true;
  end_ = end;
  problem_ = Corrupt(file_.path(), offset_, what);
  return std::nullopt;
}

std::optional<RecordView> SegmentReader::StopAtFrame(std::string_view frame,
                                                     std::string_view what) {
  const bool torn =
      place_ == SegmentPlace::kLast && HasUnwrittenSector(offset_ + kFrameWordBytes, frame);
  return Stop(torn ? SegmentEnd::kTornTail : SegmentEnd::kCorrupt, what);
}

StatusOr<std::optional<RecordView>> SegmentReader::Next() {
  if (ended_) return std::nullopt;
  if (!size_) {
    CAIRN_ASSIGN_OR_RETURN(size_, file_.Size());
    file_.Advise(Access::kSequential, 0, *size_);
  }
  // Bytes missing at the end of the file are what a crash leaves only where writing went on last.
  const SegmentEnd cut_off =
      place_ == SegmentPlace::kLast ? SegmentEnd::kTornTail : SegmentEnd::kCorrupt;
  const uint64_t left = *size_ - offset_;
  if (left == 0) {
    ended_ = true;
    return std::nullopt;
  }
  if (left < kFrameWordBytes) {
    return Stop(cut_off, "unexpected EOF: a record's length word is cut off");
  }
  CAIRN_ASSIGN_OR_RETURN(const std::string_view word_bytes, Window(offset_, kFrameWordBytes));
  const auto word = LoadLE<uint64_t>(word_bytes.data());
  if (word == 0) {
    ended_ = true;
    return std::nullopt;
  }
  const std::optional<FrameSize> size = DecodeFrameWord(word);
  if (!size) return Stop(SegmentEnd::kCorrupt, fmt::format("{:016x} is not a record length", word));
  if (size->total_bytes() > left) {
    return Stop(cut_off,
                fmt::format("unexpected EOF: max entry size limit exceeded: a record of {} "
                            "bytes begins {} bytes before the end of the file",
                            size->record_bytes, left));
  }
  if (size->record_bytes > kMaxRecordBytes) {
    return Stop(SegmentEnd::kCorrupt, fmt::format("a record of {} bytes", size->record_bytes));
  }
  CAIRN_ASSIGN_OR_RETURN(const std::string_view frame, Window(offset_, size->total_bytes()));
  const std::string_view body = frame.substr(kFrameWordBytes);
  const auto record = proto::DecodeWalRecord(body.substr(0, size->record_bytes));
  if (!record.ok()) return StopAtFrame(body, Message(record.status()));
  const auto type = static_cast<RecordType>(record->type);
  uint32_t crc = record->crc;
  if (type == RecordType::kCrc) {
    // A reader that starts here has no value to compare with and takes the one it finds.
    if (crc_ != 0 && crc != crc_) {
      return Stop(
          SegmentEnd::kCorrupt,
          fmt::format("walpb: crc mismatch: expected: {:x} computed: {:x} (the chain from the "
                      "segment before)",
                      crc, crc_));
    }
  } else {
    crc = ExtendCrc32c(crc_, record->data);
    if (crc != record->crc) {
      return StopAtFrame(body, fmt::format("walpb: crc mismatch: expected: {:x} computed: {:x}",
                                           record->crc, crc));
    }
  }
  RecordView view{.type = type,
                  .crc = record->crc,
                  .data = record->data,
                  .offset_bytes = offset_,
                  .total_bytes = size->total_bytes()};
  crc_ = crc;
  offset_ += size->total_bytes();
  return view;
}

}  // namespace cairn::wal
