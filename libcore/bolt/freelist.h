// bolt/freelist.h: which pages may be written: free ones, and those that wait for readers
// (docs/formats.md, section 1).
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bolt/page_set.h"
#include "bolt/page_source.h"

namespace cairn::bolt {

// Free and pending pages of one file. Deterministic: the same calls give the same pages. Belongs to
// the writer; not thread-safe. One or two bits a page.
class Freelist {
 public:
  Freelist();

  // The list as a page of the file stores it. DataLoss for ids outside [2, high_water) and ids that
  // stand there twice; the order does not matter. `run` gets the list's own pages.
  static StatusOr<Freelist> Read(PageSource& source, const Meta& meta, PageRun* run);
  // For a file that stores none: every page that no tree reaches.
  static StatusOr<Freelist> FromTrees(PageSource& source, const Meta& meta);

  // The lowest `pages` adjacent free pages, no longer free; nothing if there is no such run.
  std::optional<uint64_t> Allocate(uint64_t pages);

  // Whether all runs can be freed: below `high_water`, in use, none twice. A file whose trees share
  // pages, or whose stored list is wrong, fails here.
  Status CheckInUse(std::span<const PageRun> runs, uint64_t high_water) const;
  // The runs are not used by transaction `txid` and later ones, but may be by readers of earlier
  // ones. CheckInUse must hold.
  void Free(uint64_t txid, std::span<const PageRun> runs);
  // Pages freed in a transaction that no reader is older than become free. `oldest_reader` is the
  // lowest txid that an open reader sees; nothing if there is no reader.
  void Release(std::optional<uint64_t> oldest_reader);

  uint64_t free_count() const { return free_.size(); }
  uint64_t pending_count() const { return pending_set_.size(); }

  // Pages that storing `ids` ids takes.
  static uint64_t PagesFor(uint64_t ids, uint32_t page_size);
  // The list as `run` of the file: free and pending ids together, ascending.
  std::string Encode(PageRun run, uint32_t page_size) const;

 private:
  void AddFree(PageRun run);

  PageSet free_;
  PageSet pending_set_;
  std::map<uint64_t, std::vector<PageRun>> pending_;  // by the txid that freed them
  // search_from_[n]: no run of n free pages starts below; the last one serves all longer runs.
  std::array<uint64_t, 64> search_from_;
};

}  // namespace cairn::bolt
