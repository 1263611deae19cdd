// bolt/page_list.h: what stands on each page of a file, and which of them are in use.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "base/progress.h"
#include "base/status.h"
#include "bolt/format.h"

namespace cairn::bolt {

enum class PageUse { kMeta, kFreelist, kBranch, kLeaf, kFree, kBroken };
// "meta", "freelist", "branch", "leaf", "free", "broken".
std::string_view PageUseName(PageUse use);

struct PageInfo {
  uint64_t id = 0;
  PageUse use = PageUse::kFree;
  uint64_t items = 0;  // of a page in use
  uint64_t overflow = 0;
  std::string bucket;  // that it belongs to; empty for metas, the freelist and the root's own
  std::string what;    // of kBroken: what is wrong
};

// Every page of the committed state by ascending id, runs of overflow once. A page that can't be
// read as what the tree says is kBroken, and what lies behind it is found to be free. Memory: 9
// bytes a page.
Status ForEachPage(const File& file, const Meta& meta, Progress& progress,
                   const std::function<Status(const PageInfo&)>& visit);

// The bytes of one page run as they lie in the file, whatever they are; OutOfRange beyond its end.
StatusOr<std::string> ReadRawPage(const File& file, uint32_t page_size, uint64_t id);

}  // namespace cairn::bolt
