// sim/mem_blob.cc: see mem_blob.h.
#include "sim/mem_blob.h"

#include <algorithm>
#include <cstring>

namespace cairn {

uint64_t MemBlob::stored_bytes() const {
  uint64_t bytes = 0;
  for (const auto& chunk : chunks_) bytes += chunk == nullptr ? 0 : kChunkBytes;
  return bytes;
}

size_t MemBlob::Read(uint64_t offset, std::span<char> out) const {
  if (offset >= size_) return 0;
  const size_t total = static_cast<size_t>(std::min<uint64_t>(out.size(), size_ - offset));
  for (size_t done = 0; done < total;) {
    const uint64_t at = offset + done;
    const size_t inside = at % kChunkBytes;
    const size_t n = std::min<size_t>(total - done, kChunkBytes - inside);
    const auto& chunk = chunks_[at / kChunkBytes];
    if (chunk == nullptr) {
      std::memset(out.data() + done, 0, n);
    } else {
      std::memcpy(out.data() + done, chunk->data() + inside, n);
    }
    done += n;
  }
  return total;
}

MemBlob::Chunk& MemBlob::Own(size_t index) {
  auto& chunk = chunks_[index];
  if (chunk == nullptr) {
    chunk = std::make_shared<Chunk>();
    chunk->fill(0);
  } else if (chunk.use_count() != 1) {
    chunk = std::make_shared<Chunk>(*chunk);
  }
  return *chunk;
}

void MemBlob::Write(uint64_t offset, std::string_view data) {
  if (data.empty()) return;
  if (offset + data.size() > size_) Resize(offset + data.size());
  for (size_t done = 0; done < data.size();) {
    const uint64_t at = offset + done;
    const size_t inside = at % kChunkBytes;
    const size_t n = std::min<size_t>(data.size() - done, kChunkBytes - inside);
    std::memcpy(Own(at / kChunkBytes).data() + inside, data.data() + done, n);
    done += n;
  }
}

void MemBlob::Resize(uint64_t size) {
  chunks_.resize((size + kChunkBytes - 1) / kChunkBytes);
  if (size < size_) {
    const size_t tail = size % kChunkBytes;
    if (tail != 0 && chunks_.back() != nullptr) {
      Chunk& last = Own(chunks_.size() - 1);
      std::fill(last.begin() + tail, last.end(), 0);
    }
  }
  size_ = size;
}

}  // namespace cairn
