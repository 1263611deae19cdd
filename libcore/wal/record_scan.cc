// wal/record_scan.cc: see record_scan.h.
#include "wal/record_scan.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "wal/file_crcs.h"

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

// What a frame says before its data.
struct RecordHead {
  RecordType type = RecordType::kEntry;
  uint32_t crc = 0;
  uint64_t offset = 0;  // of the frame
  uint64_t data_offset = 0, data_bytes = 0;
  uint64_t total_bytes = 0;
};

// Takes apart `bytes`, the first kHeadBytes or all of `record_bytes`, when they are what a writer
// begins with: the fields type and crc, and then data up to the end, or nothing.
std::optional<RecordHead> DecodeHead(std::string_view bytes, uint64_t record_bytes) {
  const size_t all = bytes.size();
  if (all < 4 || bytes[0] != 0x08 || bytes[1] < 1 || bytes[1] > 5 || bytes[2] != 0x10) {
    return std::nullopt;
  }
  RecordHead head{.type = static_cast<RecordType>(bytes[1])};
  bytes.remove_prefix(3);
  const std::optional<uint64_t> crc = TakeVarint(bytes);
  if (!crc.has_value() || *crc > std::numeric_limits<uint32_t>::max()) return std::nullopt;
  head.crc = static_cast<uint32_t>(*crc);
  head.data_offset = all - bytes.size();
  if (head.data_offset == record_bytes) return head;
  if (bytes.empty() || bytes[0] != 0x1a) return std::nullopt;
  bytes.remove_prefix(1);
  const std::optional<uint64_t> data = TakeVarint(bytes);
  head.data_offset = all - bytes.size();
  if (!data.has_value() || *data != record_bytes - head.data_offset) return std::nullopt;
  head.data_bytes = *data;
  return head;
}

}  // namespace

class RecordScan::Scan {
 public:
  Scan(const File& file, uint64_t size, uint64_t from, Progress& progress)
      : file_(file), size_(size), progress_(progress), crcs_(file, size, from), next_(from) {}

  StatusOr<std::optional<RecordRun>> Next(const RecordVisitor& visit);

 private:
  // The next place at or after `offset` from which frames fit together; nothing at the end.
  StatusOr<std::optional<uint64_t>> FindAnchor(uint64_t offset);
  // What the frame at `offset` begins with, if there can be one.
  std::optional<RecordHead> HeadAt(uint64_t offset);
  // Whether the segment may end at `offset`.
  bool EndsAt(uint64_t offset);
  // The chain's value after the record when that is what it says; nothing when not.
  StatusOr<std::optional<uint32_t>> Extend(uint32_t crc, const RecordHead& record);
  // Counts work done, so that it can be stopped.
  Status Work(uint64_t bytes);
  // Empty when it can't be read.
  std::string_view Window(uint64_t offset, uint64_t bytes);
  StatusOr<bool> IsAnchor(uint64_t offset);

  const File& file_;
  const uint64_t size_;
  Progress& progress_;
  FileCrcs crcs_;
  uint64_t next_;  // where the next run is looked for
  std::string window_;
  uint64_t window_offset_ = 0;
  // Up to here something can't be read: each failed read can take a disk seconds, so that blocks
  // are tried one by one.
  uint64_t careful_until_ = 0;
  uint64_t work_ = 0, reported_ = 0, looked_at_ = 0;
};

std::string_view RecordScan::Scan::Window(uint64_t offset, uint64_t bytes) {
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

std::optional<RecordHead> RecordScan::Scan::HeadAt(uint64_t offset) {
  char bytes[kFrameWordBytes + kHeadBytes];
  if (!crcs_.Read(offset, bytes, kFrameWordBytes)) return std::nullopt;
  const auto word = LoadLE<uint64_t>(bytes);
  if (word == 0) return std::nullopt;
  const std::optional<FrameSize> size = DecodeFrameWord(word);
  if (!size || size->record_bytes > kMaxRecordBytes || size->total_bytes() > size_ - offset) {
    return std::nullopt;
  }
  // Any number can be a length: the first bytes tell, and no more is read here.
  const uint64_t head_bytes = std::min(size->record_bytes, kHeadBytes);
  if (!crcs_.Read(offset + kFrameWordBytes, bytes, head_bytes)) return std::nullopt;
  std::optional<RecordHead> head = DecodeHead({bytes, head_bytes}, size->record_bytes);
  if (!head) return std::nullopt;
  // A crc record stands at the head of a segment, and is the only one without data.
  const bool first = head->type == RecordType::kCrc;
  if (first != (head->data_bytes == 0) || (first && offset != 0)) return std::nullopt;
  head->offset = offset;
  head->data_offset += offset + kFrameWordBytes;
  head->total_bytes = size->total_bytes();
  return head;
}

bool RecordScan::Scan::EndsAt(uint64_t offset) {
  if (offset == size_) return true;
  char word[kFrameWordBytes];
  return crcs_.Read(offset, word, sizeof(word)) && LoadLE<uint64_t>(word) == 0;
}

StatusOr<std::optional<uint32_t>> RecordScan::Scan::Extend(uint32_t crc, const RecordHead& record) {
  if (record.type != RecordType::kCrc) {
    CAIRN_ASSIGN_OR_RETURN(
        const std::optional<uint32_t> data,
        crcs_.Of(record.data_offset, record.data_bytes, progress_, work_));
    if (!data) return std::optional<uint32_t>();
    crc = CombineCrc32c(crc, *data, record.data_bytes);
  }
  return crc == record.crc ? std::optional(crc) : std::nullopt;
}

StatusOr<bool> RecordScan::Scan::IsAnchor(uint64_t offset) {
  std::optional<RecordHead> record = HeadAt(offset);
  if (!record) return false;
  uint32_t crc = record->crc;
  for (int links = 0; links < kLinksWanted; ++links) {
    offset += record->total_bytes;
    if (links > 0 && EndsAt(offset)) return true;
    record = HeadAt(offset);
    if (!record) return false;
    CAIRN_ASSIGN_OR_RETURN(const std::optional<uint32_t> next, Extend(crc, *record));
    if (!next) return false;
    crc = *next;
  }
  return true;
}

Status RecordScan::Scan::Work(uint64_t bytes) {
  work_ += bytes;
  if (work_ - reported_ < kReportBytes) return absl::OkStatus();
  reported_ = work_;
  return progress_.Update(work_);
}

StatusOr<std::optional<uint64_t>> RecordScan::Scan::FindAnchor(uint64_t offset) {
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
    const uint64_t bytes = rest.size();
    for (uint64_t at = 0; at < bytes; at += 8) {
      const auto word = LoadLE<uint64_t>(rest.data() + at);
      if (word == 0 || !DecodeFrameWord(word)) continue;
      CAIRN_ASSIGN_OR_RETURN(const bool found, IsAnchor(offset + at));
      if (found) return std::optional(offset + at);
      // Each can read at other places of the file.
      if (++looked_at_ % 4096 == 0) CAIRN_RETURN_IF_ERROR(progress_.Update(work_));
    }
    offset += bytes;
    CAIRN_RETURN_IF_ERROR(Work(bytes));
  }
  return std::optional<uint64_t>();
}

StatusOr<std::optional<RecordRun>> RecordScan::Scan::Next(const RecordVisitor& visit) {
  CAIRN_ASSIGN_OR_RETURN(const std::optional<uint64_t> anchor, FindAnchor(next_));
  next_ = size_;
  if (!anchor.has_value()) return std::optional<RecordRun>();
  std::optional<RecordHead> record = HeadAt(*anchor);
  if (!record) return std::optional<RecordRun>();  // unreadable by now
  RecordRun run;
  run.crc = run.crc_before = record->crc;
  uint64_t at = *anchor;
  if (record->type != RecordType::kCrc) at += record->total_bytes;
  run.offset_bytes = run.end_bytes = at;
  while ((record = HeadAt(run.end_bytes)).has_value()) {
    CAIRN_ASSIGN_OR_RETURN(const std::optional<uint32_t> crc, Extend(run.crc, *record));
    if (!crc) break;
    const std::string_view frame = Window(record->offset, record->total_bytes);
    if (frame.empty()) break;
    run.crc = *crc;
    CAIRN_RETURN_IF_ERROR(visit(
        {.type = record->type,
         .crc = record->crc,
         .data = frame.substr(record->data_offset - record->offset, record->data_bytes),
         .offset_bytes = record->offset,
         .total_bytes = record->total_bytes}));
    ++run.records;
    run.end_bytes += record->total_bytes;
    CAIRN_RETURN_IF_ERROR(Work(record->total_bytes));
  }
  run.clean_end = EndsAt(run.end_bytes);
  next_ = std::max(run.end_bytes, *anchor + 8);
  return std::optional(run);
}

RecordScan::RecordScan(std::unique_ptr<Scan> scan) : scan_(std::move(scan)) {}
RecordScan::RecordScan(RecordScan&&) noexcept = default;
RecordScan::~RecordScan() = default;

StatusOr<RecordScan> RecordScan::Begin(const File& file, uint64_t from, Progress& progress) {
  CAIRN_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  return RecordScan(std::make_unique<Scan>(file, size, from, progress));
}

StatusOr<std::optional<RecordRun>> RecordScan::Next(const RecordVisitor& visit) {
  return scan_->Next(visit);
}

}  // namespace cairn::wal
