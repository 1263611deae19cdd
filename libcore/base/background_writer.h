// base/background_writer.h: large writes to one file on a thread of their own, so that who makes
// the bytes doesn't wait while the kernel copies them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/aligned_bytes.h"
#include "base/fs.h"

namespace cairn {

// Writes blocks in the order in which they were given. Used by one thread at a time; the file must
// not be touched otherwise between the first Write and Drain. `file` must outlive it.
class BackgroundWriter {
 public:
  explicit BackgroundWriter(File& file);
  // Writes nothing more, and waits for the write that is under way: only Drain proves the bytes.
  ~BackgroundWriter();

  // Takes `bytes` to be written at `offset`; waits while kMaxQueued blocks stand before it. Returns
  // the error of an earlier block, after which nothing more is written.
  Status Write(uint64_t offset, AlignedBytes bytes);
  // Empty, with the room of a block that is done.
  AlignedBytes TakeBuffer();
  // Waits until every block is written (not synced).
  Status Drain();

  static constexpr size_t kMaxQueued = 4;

 private:
  struct Block {
    uint64_t offset;
    AlignedBytes bytes;
  };
  void Run();
  Status WriteBlock(const Block& block);

  File& file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Block> queue_;           // the front one is being written
  std::vector<AlignedBytes> unused_;  // buffers
  Status status_;
  bool stop_ = false;
  std::thread thread_;  // none where the machine gives none: then Write writes
};

}  // namespace cairn
