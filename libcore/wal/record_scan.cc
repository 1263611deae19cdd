// wal/record_scan.cc: see record_scan.h.
#include "wal/record_scan.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "proto/wal_view.h"

namespace cairn::wal {

namespace {

constexpr uint64_t kWindowBytes = 1 << 20;
constexpr uint64_t kBlockBytes = 4096;  // what a disk can't read, at least
constexpr uint64_t kReportBytes = 4 << 20;
constexpr int kLinksWanted = 2;

// A record's fields up to its data: type, crc, the length of data (at most five bytes).
constexpr uint64_t kHeadBytes = 2 + 6 + 6;

// Takes a varint from the front; nothing when it is not whole, or has more than five bytes.
std::optional<uint64_t> TakeVarint(std::string_view& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < std::min<size_t>(bytes.size(), 5); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

// Whether `head`, the first kHeadBytes or all of `record_bytes`, is what a writer begins with: the
// fields type and crc, and then data up to the end, or nothing.
bool BeginsRecord(std::string_view head, uint64_t record_bytes) {
  const size_t all = head.size();
  if (all < 4 || head[0] != 0x08 || head[1] < 1 || head[1] > 5 || head[2] != 0x10) return false;
  head.remove_prefix(3);
  if (!TakeVarint(head).has_value()) return false;
  if (all - head.size() == record_bytes) return true;
  if (head.empty() || head[0] != 0x1a) return false;
  head.remove_prefix(1);
  const std::optional<uint64_t> data = TakeVarint(head);
  return data.has_value() && *data == record_bytes - (all - head.size());
}

class Scan {
 public:
  Scan(const File& file, uint64_t size, Progress& progress)
      : file_(file), size_(size), progress_(progress) {}

  // The next place at or behind `offset` from which frames fit together; nothing at the end.
  StatusOr<std::optional<uint64_t>> FindAnchor(uint64_t offset);
  // The frame at `offset`, if it can be one.
  std::optional<RecordView> FrameAt(uint64_t offset);
  // Whether the segment may end at `offset`.
  bool EndsAt(uint64_t offset);
  static std::optional<uint32_t> Extend(uint32_t crc, const RecordView& record);
  // Counts work done, so that it can be stopped.
  Status Work(uint64_t bytes);

 private:
  // Empty when it can't be read.
  std::string_view Window(uint64_t offset, uint64_t bytes);
  bool IsAnchor(uint64_t offset);

  const File& file_;
  const uint64_t size_;
  Progress& progress_;
  std::string window_;
  uint64_t window_offset_ = 0;
  // Up to here something can't be read: each failed read can take a disk seconds, so that blocks
  // are tried one by one.
  uint64_t careful_until_ = 0;
  uint64_t work_ = 0, reported_ = 0;
};

std::string_view Scan::Window(uint64_t offset, uint64_t bytes) {
  if (offset > size_ || bytes > size_ - offset) return {};
  const bool inside = offset >= window_offset_ && offset - window_offset_ <= window_.size() &&
                      bytes <= window_.size() - (offset - window_offset_);
  if (!inside) {
    window_offset_ = offset;
    const bool careful = offset < careful_until_;
    window_.resize(careful ? bytes : std::min(std::max(bytes, kWindowBytes), size_ - offset));
    if (!ReadExactly(file_, offset, window_).ok()) {
      careful_until_ = std::max(careful_until_, offset + window_.size());
      window_.clear();
      return {};
    }
  }
  return std::string_view(window_).substr(offset - window_offset_, bytes);
}

std::optional<RecordView> Scan::FrameAt(uint64_t offset) {
  const std::string_view word_bytes = Window(offset, kFrameWordBytes);
  if (word_bytes.empty()) return std::nullopt;
  const auto word = LoadLE<uint64_t>(word_bytes.data());
  if (word == 0) return std::nullopt;
  const std::optional<FrameSize> size = DecodeFrameWord(word);
  if (!size || size->record_bytes > kMaxRecordBytes || size->total_bytes() > size_ - offset) {
    return std::nullopt;
  }
  // Any number can be a length: the first bytes tell, before as much is read.
  const std::string_view head_bytes =
      Window(offset, kFrameWordBytes + std::min(size->record_bytes, kHeadBytes));
  if (head_bytes.empty() || !BeginsRecord(head_bytes.substr(kFrameWordBytes), size->record_bytes)) {
    return std::nullopt;
  }
  const std::string_view frame = Window(offset, size->total_bytes());
  if (frame.empty()) return std::nullopt;
  const std::string_view body = frame.substr(kFrameWordBytes, size->record_bytes);
  const auto record = proto::DecodeWalRecord(body);
  if (!record.ok()) return std::nullopt;
  // A crc record stands at the head of a segment, and is the only one without data.
  const bool head = static_cast<RecordType>(record->type) == RecordType::kCrc;
  if (head != record->data.empty() || (head && offset != 0)) return std::nullopt;
  return RecordView{.type = static_cast<RecordType>(record->type),
                    .crc = record->crc,
                    .data = record->data,
                    .offset_bytes = offset,
                    .total_bytes = size->total_bytes()};
}

bool Scan::EndsAt(uint64_t offset) {
  if (offset == size_) return true;
  const std::string_view word = Window(offset, kFrameWordBytes);
  return !word.empty() && LoadLE<uint64_t>(word.data()) == 0;
}

std::optional<uint32_t> Scan::Extend(uint32_t crc, const RecordView& record) {
  const uint32_t extended = record.type == RecordType::kCrc ? crc : ExtendCrc32c(crc, record.data);
  if (extended != record.crc) return std::nullopt;
  return extended;
}

bool Scan::IsAnchor(uint64_t offset) {
  std::optional<RecordView> record = FrameAt(offset);
  if (!record) return false;
  uint32_t crc = record->crc;
  for (int links = 0; links < kLinksWanted; ++links) {
    offset += record->total_bytes;
    if (links > 0 && EndsAt(offset)) return true;
    record = FrameAt(offset);
    if (!record) return false;
    work_ += record->data.size();
    const std::optional<uint32_t> next = Extend(crc, *record);
    if (!next) return false;
    crc = *next;
  }
  return true;
}

Status Scan::Work(uint64_t bytes) {
  work_ += bytes;
  if (work_ - reported_ < kReportBytes) return absl::OkStatus();
  reported_ = work_;
  return progress_.Update(work_);
}

StatusOr<std::optional<uint64_t>> Scan::FindAnchor(uint64_t offset) {
  offset = (offset + 7) / 8 * 8;
  while (offset < size_ && size_ - offset >= kFrameWordBytes) {
    const uint64_t left = (size_ - offset) / 8 * 8;
    const uint64_t to_block_end = kBlockBytes - offset % kBlockBytes;
    std::string_view rest;
    if (offset >= careful_until_) rest = Window(offset, std::min(kWindowBytes, left));
    if (rest.empty()) rest = Window(offset, std::min(to_block_end, left));
    if (rest.empty()) {
      offset += to_block_end;
      CAIRN_RETURN_IF_ERROR(Work(to_block_end));
      continue;
    }
    // IsAnchor may move the window: candidates are noted first.
    std::vector<uint64_t> candidates;
    const uint64_t bytes = rest.size();
    for (uint64_t at = 0; at < bytes; at += 8) {
      const auto word = LoadLE<uint64_t>(rest.data() + at);
      if (word == 0 || !DecodeFrameWord(word)) continue;
      candidates.push_back(offset + at);
    }
    for (const uint64_t at : candidates) {
      if (IsAnchor(at)) return std::optional(at);
      CAIRN_RETURN_IF_ERROR(Work(0));
    }
    offset += bytes;
    CAIRN_RETURN_IF_ERROR(Work(bytes));
  }
  return std::optional<uint64_t>();
}

}  // namespace

StatusOr<std::optional<RecordRun>> FindRecordRun(const File& file, uint64_t from,
                                                 Progress& progress, const RecordVisitor& visit) {
  CAIRN_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  Scan scan(file, size, progress);
  CAIRN_ASSIGN_OR_RETURN(const std::optional<uint64_t> anchor, scan.FindAnchor(from));
  if (!anchor.has_value()) return std::optional<RecordRun>();
  std::optional<RecordView> record = scan.FrameAt(*anchor);
  if (!record) return std::optional<RecordRun>();  // unreadable by now
  RecordRun run;
  run.crc = run.crc_before = record->crc;
  uint64_t at = *anchor;
  if (record->type != RecordType::kCrc) {
    at += record->total_bytes;
    record = scan.FrameAt(at);
  }
  run.offset_bytes = run.end_bytes = at;
  while (record) {
    const std::optional<uint32_t> crc = Scan::Extend(run.crc, *record);
    if (!crc) break;
    run.crc = *crc;
    CAIRN_RETURN_IF_ERROR(visit(*record));
    ++run.records;
    run.end_bytes += record->total_bytes;
    CAIRN_RETURN_IF_ERROR(scan.Work(record->total_bytes));
    record = scan.FrameAt(run.end_bytes);
  }
  run.clean_end = !record && scan.EndsAt(run.end_bytes);
  return std::optional(run);
}

}  // namespace cairn::wal
