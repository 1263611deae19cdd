// wal/file_crcs.h: the CRC-32C of any part of a file, at the price of one reading of the file for
// all of them together.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/progress.h"
#include "base/status.h"

namespace cairn::wal {

// Keeps the CRC of what stands before each block of 4 KiB: that of a part follows from those at its
// two ends. Blocks that can't be read are remembered. One thread; `file` must outlive it.
class FileCrcs {
 public:
  // Only parts at or after `from` are asked for.
  FileCrcs(const File& file, uint64_t size_bytes, uint64_t from)
      : file_(file), size_(size_bytes), first_(from / kBlockBytes), before_(1, 0) {}

  // Of `bytes` bytes from `offset` on; nothing when they aren't all there or can't be read. Reads
  // on up to their end when no one has asked so far behind, and tells `progress` `done_bytes`
  // meanwhile. Errors: an interrupt.
  StatusOr<std::optional<uint32_t>> Of(uint64_t offset, uint64_t bytes, Progress& progress,
                                       uint64_t done_bytes);

  // Fills `out` from `offset` on, by way of the blocks read last. False when it can't be read.
  bool Read(uint64_t offset, char* out, size_t bytes);

 private:
  static constexpr uint64_t kBlockBytes = 4096;
  struct Block {
    std::optional<uint64_t> index;
    uint64_t used = 0;  // when, in calls
    std::string bytes;
  };

  // Empty when it can't be read; valid until the next call.
  std::string_view BlockAt(uint64_t index);
  Status ReadUpTo(uint64_t end, Progress& progress, uint64_t done_bytes);
  // Of all from the first block on and before `offset`.
  std::optional<uint32_t> Before(uint64_t offset);

  const File& file_;
  uint64_t size_;
  uint64_t first_;                // block
  std::vector<uint32_t> before_;  // each block from the first one on
  std::set<uint64_t> bad_;        // blocks that couldn't be read: a disk takes seconds to say so
  std::array<Block, 8> recent_;
  uint64_t calls_ = 0;
};

}  // namespace cairn::wal
