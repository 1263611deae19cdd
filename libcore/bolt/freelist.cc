// bolt/freelist.cc: see freelist.h.
#include "bolt/freelist.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "bolt/page_walk.h"

namespace cairn::bolt {

Freelist::Freelist() { search_from_.fill(2); }

StatusOr<Freelist> Freelist::Read(PageSource& source, const Meta& meta, PageRun* run) {
  const PageId id(meta.freelist);
  const auto broken = [&](std::string_view what) {
    return PageError(source.path(), id, meta.page_size, what);
  };
  CAIRN_ASSIGN_OR_RETURN(const PageRef ref, source.Read(id));
  const PageHeader header = DecodePageHeader(ref.bytes.data());
  if (header.flags != kFreelistPage) {
    return broken(fmt::format("is not a freelist (type {:#x})", header.flags));
  }
  const FreelistView ids = FreelistView::Parse(ref.bytes);
  if (!ids.fits()) return broken(fmt::format("{} free pages do not fit", ids.stored()));
  *run = {id.value, ref.bytes.size() / meta.page_size};
  Freelist list;
  for (size_t i = 0; i < ids.size(); ++i) {
    const uint64_t page = ids[i];
    if (page < 2 || page >= meta.high_water) {
      return broken(fmt::format("free page {} is out of bounds", page));
    }
    if (list.free_.Has(page)) return broken(fmt::format("page {} is free twice", page));
    if (page == meta.root.root || page - run->first < run->count) {
      return broken(fmt::format("page {} is free and in use", page));
    }
    list.free_.Add({page, 1});
  }
  return list;
}

StatusOr<Freelist> Freelist::FromTrees(PageSource& source, const Meta& meta) {
  PageWalk walk(source);
  CAIRN_RETURN_IF_ERROR(walk.AddTree(PageId(meta.root.root)));
  Freelist list;
  for (uint64_t id = walk.reached().NextOut(2); id < meta.high_water;) {
    const uint64_t end = std::min(walk.reached().NextIn(id), meta.high_water);
    list.free_.Add({id, end - id});
    id = walk.reached().NextOut(end);
  }
  return list;
}

std::optional<uint64_t> Freelist::Allocate(uint64_t pages) {
  CAIRN_CHECK(pages > 0);
  uint64_t& from = search_from_[std::min<uint64_t>(pages, search_from_.size() - 1)];
  const bool exact = pages < search_from_.size();
  uint64_t at = from;
  for (;;) {
    at = free_.NextIn(at);
    if (at == PageSet::kNone) {
      if (exact) from = at;
      return std::nullopt;
    }
    const uint64_t end = free_.NextOut(at);
    if (end - at >= pages) break;
    at = end;
  }
  free_.Remove({at, pages});
  if (exact) from = at;
  return at;
}

Status Freelist::CheckInUse(std::span<const PageRun> runs, uint64_t high_water) const {
  PageSet seen;
  for (const PageRun& run : runs) {
    const bool inside = run.first >= 2 && run.first < high_water &&  //
                        run.count <= high_water - run.first;
    if (!inside || free_.HasAny(run) || pending_set_.HasAny(run) || seen.HasAny(run)) {
      return absl::DataLossError(
          fmt::format("pages {}+{} are freed but were not in use (run verify on the file)",
                      run.first, run.count));
    }
    seen.Add(run);
  }
  return absl::OkStatus();
}

void Freelist::Free(uint64_t txid, std::span<const PageRun> runs) {
  if (runs.empty()) return;
  std::vector<PageRun>& list = pending_[txid];
  for (const PageRun& run : runs) {
    pending_set_.Add(run);
    list.push_back(run);
  }
}

void Freelist::Release(std::optional<uint64_t> oldest_reader) {
  while (!pending_.empty()) {
    const auto it = pending_.begin();
    if (oldest_reader.has_value() && it->first > *oldest_reader) return;
    for (const PageRun& run : it->second) {
      pending_set_.Remove(run);
      AddFree(run);
    }
    pending_.erase(it);
  }
}

void Freelist::AddFree(PageRun run) {
  free_.Add(run);
  for (uint64_t n = 1; n < search_from_.size(); ++n) {
    // A run of n pages that ends in the new one may start n - 1 pages before it.
    const uint64_t start = run.first > n + 1 ? run.first - (n - 1) : 2;
    search_from_[n] = std::min(search_from_[n], start);
  }
}

uint64_t Freelist::PagesFor(uint64_t ids, uint32_t page_size) {
  return (kPageHeaderSize + 8 * FreelistView::Words(ids) + page_size - 1) / page_size;
}

std::string Freelist::Encode(PageRun run, uint32_t page_size) const {
  const uint64_t count = free_.size() + pending_set_.size();
  CAIRN_CHECK(PagesFor(count, page_size) <= run.count);
  std::string page(run.count * page_size, '\0');
  constexpr uint64_t kLong = FreelistView::kLongCount;
  EncodePageHeader({run.first, kFreelistPage, static_cast<uint16_t>(std::min(count, kLong)),
                    static_cast<uint32_t>(run.count - 1)},
                   page.data());
  char* out = page.data() + kPageHeaderSize;
  const auto put = [&](uint64_t word) {
    StoreLE(out, word);
    out += 8;
  };
  if (count >= kLong) put(count);
  uint64_t a = free_.NextIn(0);
  uint64_t b = pending_set_.NextIn(0);
  while (a != PageSet::kNone || b != PageSet::kNone) {
    if (a < b) {
      put(a);
      a = free_.NextIn(a + 1);
    } else {
      put(b);
      b = pending_set_.NextIn(b + 1);
    }
  }
  return page;
}

}  // namespace cairn::bolt
