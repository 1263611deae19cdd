// sim/mem_blob.h: bytes in shared 4 KiB chunks, so that copies of large files are cheap.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace cairn {

// The content of a file in memory. A copy shares all chunks; a write copies the chunks it touches.
// What was never written reads as zeros and takes no room. Copies may live on different threads;
// one blob is not thread-safe.
class MemBlob {
 public:
  static constexpr uint64_t kChunkBytes = 4096;

  uint64_t size() const { return size_; }
  // Bytes of the chunks that hold anything.
  uint64_t stored_bytes() const;
  // Copies up to out.size() bytes from `offset`; fewer only at the end. Returns how many.
  size_t Read(uint64_t offset, std::span<char> out) const;
  // Grows the blob where needed; a gap reads as zeros.
  void Write(uint64_t offset, std::string_view data);
  // Cuts or grows; what is cut off reads as zeros when it comes back.
  void Resize(uint64_t size);

 private:
  using Chunk = std::array<char, kChunkBytes>;

  // Chunk `index` for writing: made if missing, copied if shared.
  Chunk& Own(size_t index);

  uint64_t size_ = 0;
  // Null means zeros. Bytes after size_ are zero.
  std::vector<std::shared_ptr<Chunk>> chunks_;
};

}  // namespace cairn
