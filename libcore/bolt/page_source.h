// bolt/page_source.h: where pages come from. Window (here) reads with pread through a bounded
// cache, so that a program's memory does not grow with the file; the server's mapped form joins it
// later.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "base/fs.h"
#include "bolt/format.h"
#include "bolt/page_set.h"

namespace cairn::bolt {

// The bytes of one page run (overflow included), kept alive while the reference lives.
struct PageRef {
  std::shared_ptr<const char[]> pin;
  std::string_view bytes;
};

// Gives page runs by id. One per transaction; not thread-safe.
class PageSource {
 public:
  virtual ~PageSource() = default;
  // The run that starts at `id`: its header names this id, the run ends below `high_water` (given
  // at construction) and overlaps no other long run. Errors: I/O; DataLoss naming file and offset.
  virtual StatusOr<PageRef> Read(PageId id) = 0;
  // The file's name, for messages.
  virtual const std::string& path() const = 0;
  virtual uint32_t page_size() const = 0;
};

// The long runs that a source has given out. In a whole file no two runs overlap. In a made one
// every page may claim the rest of the file, and reading them all would take the square of its
// size.
class LongRuns {
 public:
  // The first page of another run that `run` overlaps; nothing is added then. A run shorter than
  // kLongRun is not looked at.
  std::optional<PageId> Add(PageRun run);

  static constexpr uint64_t kLongRun = 16;  // pages

 private:
  std::map<uint64_t, uint64_t> end_of_;  // by first page
};

// A PageSource over pread with a cache of about `cache_bytes` (least recently used goes first).
// `file` must outlive it.
class WindowSource : public PageSource {
 public:
  WindowSource(const File& file, uint32_t page_size, uint64_t high_water, size_t cache_bytes);
  StatusOr<PageRef> Read(PageId id) override;
  const std::string& path() const override { return file_.path(); }
  uint32_t page_size() const override { return page_size_; }

 private:
  struct Cached {
    PageRef ref;
    std::list<uint64_t>::iterator recency;
  };

  const File& file_;
  const uint32_t page_size_;
  const uint64_t high_water_;
  const size_t cache_bytes_;
  size_t cached_bytes_ = 0;
  std::list<uint64_t> recency_;  // most recent first
  absl::flat_hash_map<uint64_t, Cached> cache_;
  LongRuns long_runs_;
};

// A PageSource for reading most of a file by ascending ids: it reads blocks, and keeps one. `file`
// must outlive it.
class BlockSource : public PageSource {
 public:
  BlockSource(const File& file, uint32_t page_size, uint64_t high_water)
      : file_(file), page_size_(page_size), high_water_(high_water) {}
  StatusOr<PageRef> Read(PageId id) override;
  const std::string& path() const override { return file_.path(); }
  uint32_t page_size() const override { return page_size_; }

  static constexpr uint64_t kBlockBytes = 256 << 10;

 private:
  // Reads the pages from `id` on: `pages` of them, or as many as a block and the file have.
  Status Load(PageId id, uint64_t pages);

  const File& file_;
  const uint32_t page_size_;
  const uint64_t high_water_;
  std::shared_ptr<char[]> block_;
  uint64_t block_bytes_ = 0;
  uint64_t first_ = 0;
  uint64_t pages_ = 0;
  LongRuns long_runs_;
};

// DataLoss for a page: "PATH: page N (offset M): WHAT".
Status PageError(const std::string& path, PageId id, uint32_t page_size, std::string_view what);

}  // namespace cairn::bolt
