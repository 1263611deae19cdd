// bolt/file.cc: see file.h.
#include "bolt/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "os/interrupt.h"

namespace cairn::bolt {

namespace {

// The meta of the page at `offset`, or why there is none.
StatusOr<Meta> MetaAt(const File& file, uint64_t offset) {
  std::array<char, kPageHeaderSize + kMetaSize> bytes{};
  CAIRN_ASSIGN_OR_RETURN(const size_t n, file.ReadAt(offset, bytes));
  if (n < bytes.size()) {
    return absl::DataLossError(fmt::format("the file ends at byte {}, in a meta page", offset + n));
  }
  return DecodeMeta(bytes.data() + kPageHeaderSize);
}

}  // namespace

StatusOr<MetaPages> ReadMetaPages(const File& file, uint64_t logical_size) {
  MetaPages pages;
  pages.metas[0] = MetaAt(file, 0);
  if (pages.metas[0].ok()) {
    pages.page_size = pages.metas[0]->page_size;
  } else {
    for (uint64_t offset = kMinPageSize;
         offset <= kMaxPageSize && offset + kMinPageSize <= logical_size; offset *= 2) {
      if (const auto meta = MetaAt(file, offset); meta.ok() && meta->page_size == offset) {
        pages.page_size = meta->page_size;
        break;
      }
    }
  }
  if (pages.page_size == 0 && logical_size == 0) {
    return absl::DataLossError(fmt::format("invalid database: {}: the file is empty", file.path()));
  }
  if (pages.page_size == 0) {
    return absl::DataLossError(
        fmt::format("invalid database: {}: {}", file.path(), Message(pages.metas[0].status())));
  }
  pages.metas[1] = MetaAt(file, pages.page_size);
  if (pages.metas[1].ok() && pages.metas[1]->page_size != pages.page_size) {
    pages.metas[1] = absl::DataLossError("page size differs from the first meta's");
  }
  const auto txid = [&](int i) { return pages.metas[i].ok() ? int64_t(pages.metas[i]->txid) : -1; };
  pages.current = txid(1) > txid(0) ? 1 : 0;
  if (const uint64_t needed = pages.meta().high_water * pages.page_size; needed > logical_size) {
    return absl::DataLossError(fmt::format(
        "{}: file is cut short: {} bytes of at least {} (the file must be copied whole, "
        "or taken from another backup)",
        file.path(), logical_size, needed));
  }
  return pages;
}

Status LockWithTimeout(File& file, LockKind kind, Clock& clock, int64_t timeout_nanos) {
  constexpr int64_t kRetryNanos = 50'000'000;
  const int64_t start = clock.MonotonicNanos();
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(const bool locked, file.TryLock(kind));
    if (locked) return absl::OkStatus();
    if (timeout_nanos > 0 && clock.MonotonicNanos() - start >= timeout_nanos) {
      return absl::UnavailableError(
          fmt::format("{}: in use by another process (lock not free within {:.3g} s); stop the "
                      "server that has it open, or work on a copy",
                      file.path(), double(timeout_nanos) / 1e9));
    }
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    clock.SleepNanos(kRetryNanos);
  }
}

StatusOr<std::unique_ptr<File>> OpenLocked(Fs& fs, const std::string& path,
                                           const OpenOptions& options, LockKind kind, Clock& clock,
                                           int64_t timeout_nanos) {
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> file, fs.Open(path, options));
    CAIRN_RETURN_IF_ERROR(LockWithTimeout(*file, kind, clock, timeout_nanos));
    CAIRN_ASSIGN_OR_RETURN(const bool still_named, StillNamed(fs, *file, path));
    if (still_named) return file;
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  }
}

ReadTx::ReadTx(const File& file, const Meta& meta, size_t cache_bytes)
    : meta_(meta),
      source_(std::make_unique<WindowSource>(file, meta.page_size, meta.high_water, cache_bytes)) {}

Cursor ReadTx::Root() { return Cursor(*source_, BucketRef{meta_.root, {}}); }

StatusOr<std::optional<BucketRef>> ReadTx::FindBucket(std::string_view name) {
  Cursor root = Root();
  CAIRN_ASSIGN_OR_RETURN(const std::optional<Item> item, root.Find(name));
  if (!item.has_value() || !item->is_bucket) return std::optional<BucketRef>();
  auto bucket = ParseBucket(item->value);
  if (!bucket.ok()) {
    return Annotate(bucket.status(), fmt::format("{}: bucket {}", source_->path(), name));
  }
  return std::optional<BucketRef>(std::move(*bucket));
}

StatusOr<std::optional<std::string>> ReadTx::Get(std::string_view bucket, std::string_view key) {
  CAIRN_ASSIGN_OR_RETURN(std::optional<BucketRef> ref, FindBucket(bucket));
  if (!ref.has_value()) return std::optional<std::string>();
  Cursor cursor(*source_, std::move(*ref));
  CAIRN_ASSIGN_OR_RETURN(const std::optional<Item> item, cursor.Find(key));
  if (!item.has_value() || item->is_bucket) return std::optional<std::string>();
  return std::optional<std::string>(std::string(item->value));
}

}  // namespace cairn::bolt
