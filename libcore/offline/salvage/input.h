// offline/salvage/input.h: a damaged db file: what its metas say, and its pages one by one, each
// with a verdict instead of an error.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bolt/page_source.h"
#include "offline/db_file.h"

namespace cairn::offline {

// A whole leaf or branch page with its overflow.
struct SalvagePage {
  bolt::PageRef ref;
  bolt::PageView view;
  uint64_t pages = 1;
};

// The file is locked (shared flock) as long as this lives, and never written. Not thread-safe.
class SalvageInput {
 public:
  enum class Digest { kNone, kMatches, kDiffers };

  // `path` is a file. DataLoss when there is nothing that could be a page.
  static StatusOr<std::unique_ptr<SalvageInput>> Open(const Context& context,
                                                      const std::string& path);

  const std::string& path() const { return file_->path(); }
  const File& file() const { return *file_; }
  uint64_t file_size() const { return file_size_; }
  uint32_t page_size() const { return page_size_; }
  // Whole pages that the file has.
  uint64_t pages() const { return pages_; }
  Digest digest() const { return digest_; }
  // The metas that are valid, the one with the higher transaction first. Page 0 or 1 of each.
  struct ValidMeta {
    int page = 0;
    bolt::Meta meta;
  };
  const std::vector<ValidMeta>& metas() const { return metas_; }
  // What is wrong with the metas, the file's length and its digest, a line each.
  const std::vector<std::string>& problems() const { return problems_; }

  // The page at `id` with all its checks: that the header names it, that its run ends within the
  // file, that its elements are whole. DataLoss says in words what is wrong, without file and page.
  // A sector that can't be read is a page that is lost.
  StatusOr<SalvagePage> Read(uint64_t id);

  // Whether the page begins as one that was written here: a header with its id and known flags.
  bool BeginsPage(uint64_t id);

 private:
  explicit SalvageInput(std::unique_ptr<File> file) : file_(std::move(file)) {}
  Status ReadMetas();
  Status ProbePageSize();
  Status ReadBytes(uint64_t first, uint64_t count, std::shared_ptr<char[]>& out);
  bool MayReadRun(bolt::PageRun run);

  const std::unique_ptr<File> file_;
  uint64_t file_size_ = 0;
  uint64_t logical_size_ = 0;
  uint32_t page_size_ = 0;
  uint64_t pages_ = 0;
  Digest digest_ = Digest::kNone;
  std::vector<ValidMeta> metas_;
  std::vector<std::string> problems_;

  // Pages that were read together, for walks that go forward; and few single ones.
  std::shared_ptr<char[]> block_;
  uint64_t block_first_ = 0;
  uint64_t block_pages_ = 0;
  uint64_t next_ = 0;
  std::map<uint64_t, SalvagePage> recent_;
  uint64_t recent_bytes_ = 0;

  // The long runs that were read, by their first page, and the pages of them all.
  std::set<uint64_t> long_runs_;
  uint64_t long_run_pages_ = 0;
};

}  // namespace cairn::offline
