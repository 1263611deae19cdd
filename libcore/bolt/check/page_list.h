// bolt/check/page_list.h: what stands on each page of a file, which of them are in use, and what is
// wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/progress.h"
#include "base/status.h"
#include "bolt/check/survey.h"

namespace cairn::bolt {

// kLost: neither in use nor in the stored freelist. A file without a stored freelist has none:
// there all pages that nothing refers to are free. kBroken: in use, and can't be read.
enum class PageUse : uint8_t { kMeta, kFreelist, kBranch, kLeaf, kFree, kLost, kBroken };
// "meta", "freelist", "branch", "leaf", "free", "lost", "broken".
std::string_view PageUseName(PageUse use);

struct PageInfo {
  uint64_t id = 0;
  PageUse use = PageUse::kFree;
  uint64_t items = 0;     // of a page in use: elements, or free pages
  uint64_t overflow = 0;  // further pages of the run
  // The names of the buckets from the outermost one to its own, "/" between; empty for metas, the
  // freelist and the root bucket's pages.
  std::string bucket;
  std::string what;   // what is wrong, of a page that can be read, too; "; " between
  uint64_t more = 0;  // free or lost: so many pages after it are, too, and aren't listed
};

struct PageListSummary {
  uint64_t faults = 0;
  // Pages below the high-water mark that a file that was cut short lacks; they aren't listed.
  uint64_t missing = 0;
};

// Every page of the state that `layout.meta` is, by ascending id, runs of overflow once. Of a long
// run of pages that are free, or lost, the first 1000 are listed, and one stands for the rest.
// `layout` must have a meta. Memory: about 30 bytes a page in use.
StatusOr<PageListSummary> ForEachPage(const File& file, const FileLayout& layout,
                                      Progress& progress,
                                      const std::function<Status(const PageInfo&)>& visit);

// `bbolt check`: a line for each fault, in its words. `from_page` 0: the whole file, its freelist
// and metas included; else only the tree below that page.
// Of pages used twice, and of pages neither used nor free: 20 lines each, and one with the number
// of the rest. Returns the number of faults.
StatusOr<uint64_t> CheckFile(const File& file, const FileLayout& layout, uint64_t from_page,
                             Progress& progress,
                             const std::function<Status(const std::string& line)>& on_fault);

}  // namespace cairn::bolt
