// wal/file_crcs.cc: see file_crcs.h.
#include "wal/file_crcs.h"

#include <algorithm>
#include <cstring>

#include "base/crc32c.h"

namespace cairn::wal {

namespace {
constexpr uint64_t kReadBlocks = 256;  // at once
}  // namespace

std::string_view FileCrcs::BlockAt(uint64_t index) {
  const auto known = std::find_if(recent_.begin(), recent_.end(),
                                  [&](const Block& block) { return block.index == index; });
  const auto oldest = std::min_element(
      recent_.begin(), recent_.end(),
      [](const Block& a, const Block& b) { return a.used < b.used; });
  Block& block = known != recent_.end() ? *known : *oldest;
  block.used = ++calls_;
  if (block.index != index) {
    block.index = index;
    const uint64_t offset = index * kBlockBytes;
    block.bytes.resize(offset < size_ ? std::min(kBlockBytes, size_ - offset) : 0);
    if (bad_.contains(index) || !ReadExactly(file_, offset, block.bytes).ok()) {
      bad_.insert(index);
      block.bytes.clear();
    }
  }
  return block.bytes;
}

bool FileCrcs::Read(uint64_t offset, char* out, size_t bytes) {
  if (offset > size_ || bytes > size_ - offset) return false;
  while (bytes > 0) {
    const std::string_view block = BlockAt(offset / kBlockBytes);
    const uint64_t at = offset % kBlockBytes;
    if (at >= block.size()) return false;
    const size_t part = std::min<size_t>(bytes, block.size() - at);
    std::memcpy(out, block.data() + at, part);
    out += part;
    offset += part;
    bytes -= part;
  }
  return true;
}

Status FileCrcs::ReadUpTo(uint64_t end, Progress& progress, uint64_t done_bytes) {
  std::string chunk;
  while (first_ + before_.size() - 1 < end / kBlockBytes) {
    const uint64_t next = first_ + before_.size() - 1;
    const uint64_t blocks = std::min(kReadBlocks, size_ / kBlockBytes - next);
    chunk.resize(blocks * kBlockBytes);
    // A disk that can't read some of it may read the rest.
    const bool whole = ReadExactly(file_, next * kBlockBytes, chunk).ok();
    for (uint64_t i = 0; i < blocks; ++i) {
      const auto read = std::string_view(chunk).substr(i * kBlockBytes, kBlockBytes);
      const std::string_view block = whole ? read : BlockAt(next + i);
      before_.push_back(ExtendCrc32c(before_.back(), block));
      if (!whole) CAIRN_RETURN_IF_ERROR(progress.Update(done_bytes));
    }
    CAIRN_RETURN_IF_ERROR(progress.Update(done_bytes));
  }
  return absl::OkStatus();
}

std::optional<uint32_t> FileCrcs::Before(uint64_t offset) {
  const uint64_t index = offset / kBlockBytes;
  const uint64_t rest = offset % kBlockBytes;
  const uint32_t before = before_[index - first_];
  if (rest == 0) return before;
  const std::string_view block = BlockAt(index);
  if (block.size() < rest) return std::nullopt;
  return ExtendCrc32c(before, block.substr(0, rest));
}

StatusOr<std::optional<uint32_t>> FileCrcs::Of(uint64_t offset, uint64_t bytes, Progress& progress,
                                               uint64_t done_bytes) {
  const std::optional<uint32_t> none;
  if (offset < first_ * kBlockBytes || offset > size_ || bytes > size_ - offset) return none;
  if (bytes == 0) return std::optional<uint32_t>(0);
  const uint64_t end = offset + bytes;
  CAIRN_RETURN_IF_ERROR(ReadUpTo(end, progress, done_bytes));
  const auto bad = bad_.lower_bound(offset / kBlockBytes);
  if (bad != bad_.end() && *bad * kBlockBytes < end) return none;
  const std::optional<uint32_t> to_begin = Before(offset);
  const std::optional<uint32_t> to_end = Before(end);
  if (!to_begin || !to_end) return none;
  // CRC(A B) is CRC(A), moved on by B's length, plus CRC(B); plus and minus are one here.
  return std::optional(CombineCrc32c(*to_begin, *to_end, bytes));
}

}  // namespace cairn::wal
