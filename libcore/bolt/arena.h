// bolt/arena.h: the memory of a write transaction: bytes are added, and all go when it ends.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace cairn::bolt {

// Copies of keys and values that stay where they are until the arena dies. Not thread-safe.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  std::string_view Copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    char* const to = Reserve(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
  }

 private:
  static constexpr size_t kBlockBytes = size_t{256} << 10;

  char* Reserve(size_t size) {
    if (size > left_) {
      // A large value gets a block of its own, so that the current one is not thrown away.
      const bool own_block = size > kBlockBytes / 4;
      blocks_.emplace_back(new char[own_block ? size : kBlockBytes]);
      if (own_block) return blocks_.back().get();
      next_ = blocks_.back().get();
      left_ = kBlockBytes;
    }
    char* const result = next_;
    next_ += size;
    left_ -= size;
    return result;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace cairn::bolt
