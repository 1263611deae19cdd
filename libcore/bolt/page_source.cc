// bolt/page_source.cc: see page_source.h.
#include "bolt/page_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace cairn::bolt {

Status PageError(const std::string& path, PageId id, uint32_t page_size, std::string_view what) {
  return absl::DataLossError(
      fmt::format("{}: page {} (offset {}): {}", path, id.value, id.value * page_size, what));
}

WindowSource::WindowSource(const File& file, uint32_t page_size, uint64_t high_water,
                           size_t cache_bytes)
    : file_(file), page_size_(page_size), high_water_(high_water), cache_bytes_(cache_bytes) {}

namespace {

Status OutOfBounds(const PageSource& source, PageId id, uint64_t high_water) {
  return PageError(source.path(), id, source.page_size(),
                   fmt::format("out of bounds (high-water mark {})", high_water));
}

// Whether `header` is that of page `id`, and its run ends within the file.
Status CheckHeader(const PageSource& source, PageId id, const PageHeader& header,
                   uint64_t high_water) {
  if (header.id != id.value) {
    return PageError(source.path(), id, source.page_size(),
                     fmt::format("header says page {}", header.id));
  }
  if (header.overflow >= high_water - id.value) {
    return PageError(source.path(), id, source.page_size(),
                     fmt::format("overflow of {} pages leaves the file", header.overflow));
  }
  return absl::OkStatus();
}

Status CheckOverlap(const PageSource& source, PageRun run, LongRuns& long_runs) {
  const std::optional<PageId> other = long_runs.Add(run);
  if (!other.has_value()) return absl::OkStatus();
  return PageError(source.path(), PageId(run.first), source.page_size(),
                   fmt::format("its {} overflow pages overlap the run of page {}", run.count - 1,
                               other->value));
}

}  // namespace

std::optional<PageId> LongRuns::Add(PageRun run) {
  if (run.count < kLongRun) return std::nullopt;
  const uint64_t end = run.first + run.count;
  const auto after = end_of_.upper_bound(run.first);
  if (after != end_of_.end() && after->first < end) return PageId(after->first);
  if (after != end_of_.begin()) {
    const auto before = std::prev(after);
    if (before->first == run.first) return std::nullopt;
    if (before->second > run.first) return PageId(before->first);
  }
  end_of_.emplace_hint(after, run.first, end);
  return std::nullopt;
}

Status BlockSource::Load(PageId id, uint64_t pages) {
  const uint64_t most = high_water_ - id.value;
  pages_ = std::min(most, std::max(pages, kBlockBytes / page_size_));
  first_ = id.value;
  // What was given out and is still held keeps its block.
  if (block_.use_count() != 1 || block_bytes_ < pages_ * page_size_) {
    block_bytes_ = std::max(pages_ * page_size_, kBlockBytes);
    block_ = std::shared_ptr<char[]>(new char[block_bytes_]);
  }
  const Status read = ReadExactly(file_, first_ * page_size_, {block_.get(), pages_ * page_size_});
  if (!read.ok()) pages_ = 0;
  return read;
}

StatusOr<PageRef> BlockSource::Read(PageId id) {
  if (id.value < 2 || id.value >= high_water_) return OutOfBounds(*this, id, high_water_);
  const auto loaded = [&](uint64_t pages) {
    return id.value >= first_ && id.value - first_ < pages_ &&
           pages_ - (id.value - first_) >= pages;
  };
  if (!loaded(1)) CAIRN_RETURN_IF_ERROR(Load(id, 1));
  const PageHeader header = DecodePageHeader(block_.get() + (id.value - first_) * page_size_);
  CAIRN_RETURN_IF_ERROR(CheckHeader(*this, id, header, high_water_));
  const uint64_t pages = uint64_t{header.overflow} + 1;
  CAIRN_RETURN_IF_ERROR(CheckOverlap(*this, {id.value, pages}, long_runs_));
  if (!loaded(pages)) CAIRN_RETURN_IF_ERROR(Load(id, pages));
  return PageRef{block_, {block_.get() + (id.value - first_) * page_size_, pages * page_size_}};
}

StatusOr<PageRef> WindowSource::Read(PageId id) {
  if (const auto it = cache_.find(id.value); it != cache_.end()) {
    recency_.splice(recency_.begin(), recency_, it->second.recency);
    return it->second.ref;
  }
  if (id.value < 2 || id.value >= high_water_) return OutOfBounds(*this, id, high_water_);
  const uint64_t offset = id.value * page_size_;
  std::shared_ptr<char[]> buffer(new char[page_size_]);
  CAIRN_RETURN_IF_ERROR(ReadExactly(file_, offset, {buffer.get(), page_size_}));
  const PageHeader header = DecodePageHeader(buffer.get());
  CAIRN_RETURN_IF_ERROR(CheckHeader(*this, id, header, high_water_));
  size_t size = page_size_;
  if (header.overflow > 0) {
    const PageRun run{id.value, uint64_t{header.overflow} + 1};
    CAIRN_RETURN_IF_ERROR(CheckOverlap(*this, run, long_runs_));
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
