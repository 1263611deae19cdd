// bolt/page_source.cc: see page_source.h.
#include "bolt/page_source.h"

#include <fmt/format.h>

namespace cairn::bolt {

Status PageError(const std::string& path, PageId id, uint32_t page_size, std::string_view what) {
  return absl::DataLossError(
      fmt::format("{}: page {} (offset {}): {}", path, id.value, id.value * page_size, what));
}

WindowSource::WindowSource(const File& file, uint32_t page_size, uint64_t high_water,
                           size_t cache_bytes)
    : file_(file), page_size_(page_size), high_water_(high_water), cache_bytes_(cache_bytes) {}

StatusOr<PageRef> WindowSource::Read(PageId id) {
  if (const auto it = cache_.find(id.value); it != cache_.end()) {
    recency_.splice(recency_.begin(), recency_, it->second.recency);
    return it->second.ref;
  }
  if (id.value < 2 || id.value >= high_water_) {
    return PageError(path(), id, page_size_,
                     fmt::format("out of bounds (high-water mark {})", high_water_));
  }
  const uint64_t offset = id.value * page_size_;
  std::shared_ptr<char[]> buffer(new char[page_size_]);
  CAIRN_RETURN_IF_ERROR(ReadExactly(file_, offset, {buffer.get(), page_size_}));
  const PageHeader header = DecodePageHeader(buffer.get());
  if (header.id != id.value) {
    return PageError(path(), id, page_size_, fmt::format("header says page {}", header.id));
  }
  size_t size = page_size_;
  if (header.overflow > 0) {
    if (header.overflow >= high_water_ - id.value) {
      return PageError(path(), id, page_size_,
                       fmt::format("overflow of {} pages leaves the file", header.overflow));
    }
    size = (size_t{header.overflow} + 1) * page_size_;
    std::shared_ptr<char[]> whole(new char[size]);
    CAIRN_RETURN_IF_ERROR(ReadExactly(file_, offset, {whole.get(), size}));
    buffer = std::move(whole);
  }
  PageRef ref{buffer, {buffer.get(), size}};
  while (cached_bytes_ + size > cache_bytes_ && !recency_.empty()) {
    const auto victim = cache_.find(recency_.back());
    cached_bytes_ -= victim->second.ref.bytes.size();
    cache_.erase(victim);
    recency_.pop_back();
  }
  if (size <= cache_bytes_) {
    recency_.push_front(id.value);
    cache_.emplace(id.value, Cached{ref, recency_.begin()});
    cached_bytes_ += size;
  }
  return ref;
}

}  // namespace cairn::bolt
