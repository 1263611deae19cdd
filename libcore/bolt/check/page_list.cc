// bolt/check/page_list.cc: see page_list.h.
#include "bolt/check/page_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "absl/container/btree_map.h"

namespace cairn::bolt {

namespace {

constexpr uint32_t kNoBucket = 0;
// Lines of one kind of fault that a check prints.
constexpr uint64_t kShown = 20;
// Pages of a run out of use that are listed one by one. The high-water mark of a made or sparse
// file may be billions of pages beyond its data.
constexpr uint64_t kListedOutOfUse = 1000;

// What is kept of a page until all are known.
struct Row {
  uint32_t bucket = kNoBucket;
  uint32_t items = 0;
  uint32_t overflow = 0;
  PageUse use = PageUse::kFree;
};

// Adds a fault to what is wrong with a page. Runs that overlap in a made file bring a page
// thousands.
void AddWhat(std::string& text, std::string_view what) {
  constexpr size_t kMaxText = 400;
  constexpr std::string_view kMore = "; ...";
  if (text.size() <= kMaxText) {
    if (!text.empty()) text += "; ";
    text += what;
  } else if (!text.ends_with(kMore)) {
    text += kMore;
  }
}

class Collect : public SurveyVisitor {
 public:
  // `pages`: those that are listed.
  explicit Collect(uint64_t pages) : names{""}, pages_(pages) {}

  bool Enter(const std::vector<std::string>& bucket, const BucketHeader&) override {
    std::string name;
    for (const std::string& part : bucket) {
      if (!name.empty()) name += "/";
      name += part;
    }
    open_.push_back(static_cast<uint32_t>(names.size()));
    names.push_back(std::move(name));
    return true;
  }
  void Leave(const std::vector<std::string>&) override { open_.pop_back(); }
  Status Page(const SurveyedPage& page) override {
    if (page.id == 0) return absl::OkStatus();
    rows[page.id] = {Bucket(), page.header.count, page.header.overflow,
                     page.view.is_leaf() ? PageUse::kLeaf : PageUse::kBranch};
    return absl::OkStatus();
  }
  Status Fault(const SurveyFault& fault) override {
    Note(fault);
    if (fault.page < pages_) rows.try_emplace(fault.page, Row{Bucket(), 0, 0, PageUse::kBroken});
    return absl::OkStatus();
  }
  // A fault that doesn't say what the page is. One of a page that isn't listed goes to its parent.
  void Note(const SurveyFault& fault) {
    ++faults;
    const bool has_row = fault.page < pages_;
    std::string& text = what[has_row ? fault.page : fault.parent];
    AddWhat(text, has_row ? fault.what : fault.Line());
  }

  absl::btree_map<uint64_t, Row> rows;  // of the pages in use
  std::vector<std::string> names;
  std::map<uint64_t, std::string> what;
  uint64_t faults = 0;

 private:
  uint32_t Bucket() const { return open_.empty() ? kNoBucket : open_.back(); }

  const uint64_t pages_;
  std::vector<uint32_t> open_;
};

// The faults of a check, as lines. Of pages used twice the first are told and the rest counted:
// runs that overlap in a made file have millions.
class Lines : public SurveyVisitor {
 public:
  explicit Lines(const std::function<Status(const std::string&)>& on_fault) : on_fault_(on_fault) {}
  Status Page(const SurveyedPage&) override { return absl::OkStatus(); }
  Status Fault(const SurveyFault& fault) override {
    ++faults;
    if (fault.what.starts_with("multiple references") && ++twice_ > kShown) {
      return absl::OkStatus();
    }
    return on_fault_(fault.Line());
  }
  Status Tell(const std::string& line) {
    ++faults;
    return on_fault_(line);
  }
  // Pages from `first` on that are neither in use nor free.
  Status Lost(uint64_t first, uint64_t count) {
    for (uint64_t i = 0; i < count && lost_ + i < kShown; ++i) {
      CAIRN_RETURN_IF_ERROR(on_fault_(fmt::format("page {}: unreachable unfreed", first + i)));
    }
    lost_ += count;
    faults += count;
    return absl::OkStatus();
  }
  // The lines of what was only counted.
  Status Finish() {
    CAIRN_RETURN_IF_ERROR(More(twice_, "multiple references"));
    return More(lost_, "unreachable unfreed");
  }

  uint64_t faults = 0;

 private:
  Status More(uint64_t count, std::string_view what) {
    if (count <= kShown) return absl::OkStatus();
    return on_fault_(fmt::format("... and {} more: {}", count - kShown, what));
  }

  const std::function<Status(const std::string&)>& on_fault_;
  uint64_t twice_ = 0;
  uint64_t lost_ = 0;
};

}  // namespace

std::string_view PageUseName(PageUse use) {
  switch (use) {
    case PageUse::kMeta:
      return "meta";
    case PageUse::kFreelist:
      return "freelist";
    case PageUse::kBranch:
      return "branch";
    case PageUse::kLeaf:
      return "leaf";
    case PageUse::kFree:
      return "free";
    case PageUse::kLost:
      return "lost";
    case PageUse::kBroken:
      return "broken";
  }
  return "";
}

StatusOr<PageListSummary> ForEachPage(const File& file, const FileLayout& layout,
                                      Progress& progress,
                                      const std::function<Status(const PageInfo&)>& visit) {
  const Meta& meta = *layout.meta;
  const uint64_t listed = std::min(meta.high_water, layout.pages_in_file());
  PageListSummary summary;
  summary.missing = meta.high_water - listed;
  Collect collect(std::max<uint64_t>(listed, 2));
  for (int i = 0; i < 2; ++i) {
    collect.rows[i].use = PageUse::kMeta;
    if (!layout.meta_faults[i].empty()) {
      CAIRN_RETURN_IF_ERROR(
          collect.Fault({static_cast<uint64_t>(i), 0, layout.meta_faults[i], false}));
    }
  }
  CAIRN_ASSIGN_OR_RETURN(const std::optional<StoredFreelist> stored,
                         ReadStoredFreelist(file, meta));
  Survey survey(file, meta, progress, collect);
  if (stored.has_value()) {
    survey.set_free(&stored->free);
    if (stored->run.count > 0) {
      survey.AddReached(stored->run);
      collect.rows[stored->run.first] = {
          kNoBucket, static_cast<uint32_t>(std::min<uint64_t>(stored->free.size(), UINT32_MAX)),
          static_cast<uint32_t>(stored->run.count - 1), PageUse::kFreelist};
    }
    for (const SurveyFault& fault : stored->faults) {
      if (stored->free.Has(fault.page)) {
        collect.Note(fault);
      } else {
        CAIRN_RETURN_IF_ERROR(collect.Fault(fault));
      }
    }
  }
  CAIRN_RETURN_IF_ERROR(survey.Walk());
  const auto show = [&](PageInfo page) -> Status {
    for (auto what = collect.what.lower_bound(page.id);
         what != collect.what.end() && what->first <= page.id + page.overflow; ++what) {
      AddWhat(page.what, what->second);
    }
    return visit(page);
  };
  // Pages from `id` on, below `end`, that nothing uses.
  const auto show_unused = [&](uint64_t id, uint64_t end) -> Status {
    while (id < end) {
      const bool free = !stored.has_value() || stored->free.Has(id);
      uint64_t until = end;
      if (stored.has_value()) {
        until = std::min(end, free ? stored->free.NextOut(id) : stored->free.NextIn(id));
      }
      const uint64_t first = id;
      for (; id < until; ++id) {
        PageInfo page{.id = id, .use = free ? PageUse::kFree : PageUse::kLost};
        if (id - first == kListedOutOfUse) page.more = until - id - 1;
        if (!free) collect.Note({id, 0, "unreachable unfreed", false});
        if (!free) collect.faults += page.more;
        CAIRN_RETURN_IF_ERROR(show(page));
        id += page.more;
      }
    }
    return absl::OkStatus();
  };
  uint64_t next = 0;
  for (const auto& [id, row] : collect.rows) {
    if (id < next) continue;  // within the run of another page
    CAIRN_RETURN_IF_ERROR(show_unused(next, id));
    CAIRN_RETURN_IF_ERROR(
        show({id, row.use, row.items, row.overflow, collect.names[row.bucket], {}}));
    next = id + row.overflow + 1;
  }
  CAIRN_RETURN_IF_ERROR(show_unused(next, listed));
  summary.faults = collect.faults + (summary.missing > 0 ? 1 : 0);
  return summary;
}

namespace {

// Gives `lines` all faults.
Status CheckPages(const File& file, const FileLayout& layout, uint64_t from_page,
                  Progress& progress, Lines& lines) {
  const Meta& meta = *layout.meta;
  CAIRN_ASSIGN_OR_RETURN(const std::optional<StoredFreelist> stored,
                         ReadStoredFreelist(file, meta));
  Survey survey(file, meta, progress, lines);
  if (stored.has_value()) {
    for (const SurveyFault& fault : stored->faults) CAIRN_RETURN_IF_ERROR(lines.Fault(fault));
    survey.set_free(&stored->free);
    survey.AddReached(stored->run);
  }
  if (from_page != 0) {
    if (from_page >= 2 && from_page < meta.high_water) return survey.WalkFrom(from_page);
    return lines.Tell(
        fmt::format("page ID ({}) out of range [2, {})", from_page, meta.high_water));
  }
  CAIRN_RETURN_IF_ERROR(survey.Walk());
  if (layout.pages_in_file() < meta.high_water) {
    CAIRN_RETURN_IF_ERROR(lines.Tell(fmt::format("the file is cut short: {} pages of {}",
                                                 layout.pages_in_file(), meta.high_water)));
  }
  if (!stored.has_value()) return absl::OkStatus();
  // By runs of pages: the mark of a made or sparse file may be billions of pages ahead of its data.
  const uint64_t end = std::min(meta.high_water, layout.pages_in_file());
  for (uint64_t id = 2; id < end;) {
    const uint64_t out = stored->free.NextOut(survey.reached().NextOut(id));
    if (out != id) {
      id = out;
      continue;
    }
    const uint64_t gap =
        std::min({end, survey.reached().NextIn(id), stored->free.NextIn(id)}) - id;
    CAIRN_RETURN_IF_ERROR(lines.Lost(id, gap));
    id += gap;
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<uint64_t> CheckFile(const File& file, const FileLayout& layout, uint64_t from_page,
                             Progress& progress,
                             const std::function<Status(const std::string& line)>& on_fault) {
  Lines lines(on_fault);
  CAIRN_RETURN_IF_ERROR(CheckPages(file, layout, from_page, progress, lines));
  CAIRN_RETURN_IF_ERROR(lines.Finish());
  return lines.faults;
}

}  // namespace cairn::bolt
