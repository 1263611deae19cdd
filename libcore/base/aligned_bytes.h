// base/aligned_bytes.h: bytes that begin at a page boundary, as unbuffered writes need them.
#pragma once

#include <cstddef>
#include <new>
#include <string>

namespace cairn {

// What memory, offset and length of an unbuffered write are a multiple of (OpenOptions::direct).
inline constexpr size_t kDirectAlignment = 4096;

template <typename T>
struct PageAllocator {
  using value_type = T;
  PageAllocator() = default;
  template <typename U>
  PageAllocator(const PageAllocator<U>& /*other*/) {}  // NOLINT(google-explicit-constructor)

  T* allocate(size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(kDirectAlignment)));
  }
  void deallocate(T* at, size_t /*n*/) {
    ::operator delete(at, std::align_val_t(kDirectAlignment));
  }
  friend bool operator==(const PageAllocator& /*a*/, const PageAllocator& /*b*/) { return true; }
};

using AlignedBytes = std::basic_string<char, std::char_traits<char>, PageAllocator<char>>;

}  // namespace cairn
