// bolt/check/surgery.cc: see surgery.h.
#include "bolt/check/surgery.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/fnv.h"
#include "base/staged_output.h"
#include "bolt/check/survey.h"
#include "bolt/freelist.h"

namespace cairn::bolt {

namespace {

constexpr size_t kChecksumAt = 56;  // in a meta: after all that it covers

struct RawMeta {
  uint64_t offset = 0;  // of its page
  std::string page;
  char* bytes() { return page.data() + kPageHeaderSize; }
  uint64_t txid() const { return LoadLE<uint64_t>(page.data() + kPageHeaderSize + 48); }
  void Seal() { StoreLE(bytes() + kChecksumAt, Fnv1a64({bytes(), kChecksumAt})); }
};

StatusOr<RawMeta> ReadRawMeta(const File& file, const FileLayout& layout, uint64_t index) {
  RawMeta meta{index * layout.page_size, std::string(layout.page_size, '\0')};
  CAIRN_RETURN_IF_ERROR(ReadExactly(file, meta.offset, meta.page));
  return meta;
}

// A run whose header fits its place and the file.
StatusOr<std::string> ReadRun(const File& file, const FileLayout& layout, uint64_t id) {
  CAIRN_ASSIGN_OR_RETURN(std::string run, ReadRawRun(file, layout.page_size, id));
  const PageHeader header = DecodePageHeader(run.data());
  if (header.id != id) {
    return PageError(file.path(), PageId(id), layout.page_size,
                     fmt::format("header says page {}", header.id));
  }
  if (run.size() / layout.page_size <= header.overflow) {
    return PageError(file.path(), PageId(id), layout.page_size,
                     fmt::format("overflow of {} pages leaves the file", header.overflow));
  }
  return run;
}

struct Element {
  std::string head;  // flags or child, as it stands
  std::string key, value;
  size_t size() const { return kElementSize + key.size() + value.size(); }
};

StatusOr<Element> ReadElement(const std::string& run, bool leaf, size_t i) {
  const size_t at = kPageHeaderSize + i * kElementSize;
  const char* const e = run.data() + at;
  Element element;
  element.head.assign(e, kElementSize);
  const uint64_t position = LoadLE<uint32_t>(leaf ? e + 4 : e);
  const uint64_t key_size = LoadLE<uint32_t>(leaf ? e + 8 : e + 4);
  const uint64_t value_size = leaf ? LoadLE<uint32_t>(e + 12) : 0;
  if (at + position + key_size + value_size > run.size()) {
    return absl::DataLossError(fmt::format("element {}, which would stay, leaves the page", i));
  }
  element.key = run.substr(at + position, key_size);
  element.value = run.substr(at + position + key_size, value_size);
  return element;
}

// Writes the elements one after the other, as every writer does.
void WriteElements(const std::vector<Element>& elements, bool leaf, std::string& run) {
  size_t to = kPageHeaderSize + kElementSize * elements.size();
  for (size_t i = 0; i < elements.size(); ++i) {
    const size_t at = kPageHeaderSize + i * kElementSize;
    const Element& element = elements[i];
    run.replace(at, kElementSize, element.head);
    StoreLE(run.data() + at + (leaf ? 4 : 0), static_cast<uint32_t>(to - at));
    run.replace(to, element.key.size(), element.key);
    to += element.key.size();
    run.replace(to, element.value.size(), element.value);
    to += element.value.size();
  }
}

}  // namespace

StatusOr<Repair> RevertMetaPage(const File& file) {
  CAIRN_ASSIGN_OR_RETURN(const FileLayout layout, ReadLayout(file));
  CAIRN_ASSIGN_OR_RETURN(RawMeta first, ReadRawMeta(file, layout, 0));
  CAIRN_ASSIGN_OR_RETURN(RawMeta second, ReadRawMeta(file, layout, 1));
  const int newer = first.txid() < second.txid() ? 1 : 0;
  const int older = 1 - newer;
  if (!layout.meta_faults[older].empty()) {
    return absl::DataLossError(fmt::format("{}: meta page {}, which would remain, isn't valid: {}",
                                           file.path(), older, layout.meta_faults[older]));
  }
  RawMeta& kept = older == 0 ? first : second;
  StoreLE(kept.page.data(), static_cast<uint64_t>(newer));
  Repair repair;
  repair.patches.push_back({uint64_t(newer) * layout.page_size, std::move(kept.page)});
  return repair;
}

StatusOr<Repair> CopyPage(const File& file, uint64_t from, uint64_t to) {
  CAIRN_ASSIGN_OR_RETURN(const FileLayout layout, ReadLayout(file));
  CAIRN_ASSIGN_OR_RETURN(std::string run, ReadRun(file, layout, from));
  const uint64_t count = run.size() / layout.page_size;
  const uint64_t pages = layout.pages_in_file();
  if (to >= pages || count > pages - to) {
    return absl::OutOfRangeError(
        fmt::format("{}: {} pages at page {} would leave the file, which has {}", file.path(),
                    count, to, pages));
  }
  StoreLE(run.data(), to);
  Repair repair;
  repair.freelist_is_stale = layout.meta.has_value() && layout.meta->freelist != kNoFreelist;
  repair.patches.push_back({to * layout.page_size, std::move(run)});
  return repair;
}

StatusOr<Repair> ClearPageElements(const File& file, uint64_t page, int64_t first, int64_t end) {
  CAIRN_ASSIGN_OR_RETURN(const FileLayout layout, ReadLayout(file));
  CAIRN_ASSIGN_OR_RETURN(std::string run, ReadRun(file, layout, page));
  PageHeader header = DecodePageHeader(run.data());
  const bool leaf = header.flags == kLeafPage;
  if (!leaf && header.flags != kBranchPage) {
    return absl::InvalidArgumentError(
        fmt::format("can't clear elements in \"{}\" page", PageTypeName(header.flags)));
  }
  Repair repair;
  const int64_t count = header.count;
  if (count == 0) return repair;
  if (first < 0 || first >= count) {
    return absl::InvalidArgumentError(
        fmt::format("the start index ({}) is out of range [0, {})", first, count));
  }
  if ((end < 0 || end > count) && end != -1) {
    return absl::InvalidArgumentError(
        fmt::format("the end index ({}) is out of range [0, {}]", end, count));
  }
  if (first > end && end != -1) {
    return absl::InvalidArgumentError(
        fmt::format("the start index ({}) is bigger than the end index ({})", first, end));
  }
  if (first == end) {
    return absl::InvalidArgumentError(
        fmt::format("invalid: the start index ({}) is equal to the end index ({})", first, end));
  }
  if (end == -1) end = count;
  if (kPageHeaderSize + static_cast<size_t>(count) * kElementSize > run.size() && end < count) {
    return PageError(file.path(), PageId(page), layout.page_size,
                     fmt::format("{} elements do not fit: clear up to the last one", count));
  }
  std::vector<Element> kept;
  size_t used = kPageHeaderSize;
  for (int64_t i = 0; i < count; ++i) {
    if (i >= first && i < end) continue;
    const auto i_fits = kPageHeaderSize + (static_cast<size_t>(i) + 1) * kElementSize <= run.size();
    StatusOr<Element> element = i_fits ? ReadElement(run, leaf, static_cast<size_t>(i))
                                       : StatusOr<Element>(absl::DataLossError(fmt::format(
                                             "element {}, which would stay, leaves the page", i)));
    if (!element.ok()) {
      return PageError(file.path(), PageId(page), layout.page_size, Message(element.status()));
    }
    used += element->size();
    kept.push_back(std::move(*element));
  }
  WriteElements(kept, leaf, run);
  const uint32_t overflow = header.overflow;
  header.count = static_cast<uint16_t>(kept.size());
  header.overflow = static_cast<uint32_t>((used - 1) / layout.page_size);
  EncodePageHeader(header, run.data());
  run.resize((uint64_t{header.overflow} + 1) * layout.page_size);
  repair.freelist_is_stale = overflow != header.overflow || !leaf;
  repair.patches.push_back({page * layout.page_size, std::move(run)});
  return repair;
}

StatusOr<Repair> AbandonFreelist(const File& file) {
  CAIRN_ASSIGN_OR_RETURN(const FileLayout layout, ReadLayout(file));
  Repair repair;
  for (uint64_t i = 0; i < 2; ++i) {
    // A broken meta stays one: with a right checksum it might count.
    if (!layout.meta_faults[i].empty()) continue;
    CAIRN_ASSIGN_OR_RETURN(RawMeta meta, ReadRawMeta(file, layout, i));
    StoreLE(meta.bytes() + 32, kNoFreelist);
    meta.Seal();
    repair.patches.push_back({meta.offset, std::move(meta.page)});
  }
  if (repair.patches.empty()) {
    return absl::DataLossError(fmt::format("invalid database: {}: neither meta page is valid: {}",
                                           file.path(), layout.meta_faults[0]));
  }
  return repair;
}

StatusOr<Repair> RebuildFreelist(const File& file, Progress& progress) {
  CAIRN_ASSIGN_OR_RETURN(const FileLayout layout, ReadLayout(file));
  if (!layout.meta.has_value()) {
    return absl::DataLossError(fmt::format("invalid database: {}: neither meta page is valid: {}",
                                           file.path(), layout.meta_faults[0]));
  }
  Meta meta = *layout.meta;
  if (meta.freelist != kNoFreelist) {
    return absl::FailedPreconditionError(
        "the file already has freelist, please consider to abandon the freelist to forcibly "
        "rebuild it");
  }
  if (layout.pages_in_file() < meta.high_water) {
    return absl::DataLossError(fmt::format("{}: file is cut short: {} pages of {}", file.path(),
                                           layout.pages_in_file(), meta.high_water));
  }
  const uint32_t ps = meta.page_size;
  progress.Stage("looking for free pages", meta.high_water * ps);
  CAIRN_RETURN_IF_ERROR(progress.Update(0));
  BlockSource source(file, ps, meta.high_water);
  CAIRN_ASSIGN_OR_RETURN(Freelist free, Freelist::FromTrees(source, meta));
  // One page more than is needed when it would be filled to the end, as bbolt reckons.
  const uint64_t words = FreelistView::Words(free.free_count());
  PageRun run{0, (kPageHeaderSize + 8 * words) / ps + 1};
  Repair repair;
  if (const auto found = free.Allocate(run.count); found.has_value()) {
    run.first = *found;
  } else {
    run.first = meta.high_water;
    meta.high_water += run.count;
    if (meta.high_water > layout.pages_in_file()) repair.grow_to = meta.high_water * ps;
  }
  meta.freelist = run.first;
  ++meta.txid;
  std::string page(ps, '\0');
  EncodePageHeader({meta.txid % 2, kMetaPage, 0, 0}, page.data());
  EncodeMeta(meta, page.data() + kPageHeaderSize);
  repair.patches.push_back({meta.txid % 2 * ps, std::move(page)});
  repair.patches.push_back({run.first * ps, free.Encode(run, ps)});
  return repair;
}

StatusOr<MetaUpdate> UpdateMetaPage(const File& file, uint64_t page, const MetaChange& change) {
  CAIRN_ASSIGN_OR_RETURN(const FileLayout layout, ReadLayout(file));
  CAIRN_ASSIGN_OR_RETURN(RawMeta meta, ReadRawMeta(file, layout, page));
  const std::string before = meta.page;
  char* const p = meta.bytes();
  if (change.page_size.has_value()) StoreLE(p + 8, *change.page_size);
  if (change.root.has_value()) EncodeBucketHeader({*change.root, 0}, p + 16);
  if (change.freelist.has_value()) StoreLE(p + 32, *change.freelist);
  if (change.high_water.has_value()) StoreLE(p + 40, *change.high_water);
  StoreLE(p, kMagic);
  StoreLE(p + 4, kVersion);
  StoreLE(p + 12, uint32_t{kMetaPage});
  meta.Seal();
  MetaUpdate update;
  update.page_size = LoadLE<uint32_t>(p + 8);
  update.other_page_size = page == 1 ? layout.page_size : update.page_size;
  if (meta.page != before) update.repair.patches.push_back({meta.offset, std::move(meta.page)});
  return update;
}

StatusOr<std::vector<std::string>> ValidateMetaPages(const File& file) {
  CAIRN_ASSIGN_OR_RETURN(const FileLayout layout, ReadLayout(file));
  std::vector<std::string> verdicts;
  for (uint64_t i = 0; i < 2; ++i) {
    CAIRN_ASSIGN_OR_RETURN(RawMeta meta, ReadRawMeta(file, layout, i));
    const char* const p = meta.bytes();
    if (LoadLE<uint32_t>(p) != kMagic) {
      verdicts.emplace_back("invalid database");
    } else if (LoadLE<uint32_t>(p + 4) != kVersion) {
      verdicts.emplace_back("version mismatch");
    } else if (LoadLE<uint64_t>(p + kChecksumAt) != Fnv1a64({p, kChecksumAt})) {
      verdicts.emplace_back("checksum error");
    } else {
      verdicts.push_back(layout.meta_faults[i]);
    }
  }
  return verdicts;
}

Status WriteRepaired(Fs& fs, const File& input, const Repair& repair, const std::string& output,
                     Progress& progress) {
  const auto taken = [&output] {
    return absl::AlreadyExistsError(fmt::format("output file \"{}\" already exists", output));
  };
  if (fs.LinkStat(output).ok()) return taken();
  CAIRN_ASSIGN_OR_RETURN(const FileStat from, input.Stat());
  const uint64_t size = from.size;
  CAIRN_ASSIGN_OR_RETURN(StagedFile staged, StagedFile::Create(fs, output, {}));
  File& out = staged.file();
  CAIRN_RETURN_IF_ERROR(out.TakeOwner(from));
  progress.Stage("copying", size);
  CAIRN_RETURN_IF_ERROR(
      CopyBytes(input, out, size, [&](uint64_t done) { return progress.Update(done); }));
  for (const Repair::Patch& patch : repair.patches) {
    CAIRN_RETURN_IF_ERROR(out.WriteAt(patch.offset, patch.bytes));
  }
  if (repair.grow_to > size) CAIRN_RETURN_IF_ERROR(out.Truncate(repair.grow_to));
  const Status placed = staged.Place(Placing::kNew);
  return absl::IsAlreadyExists(placed) ? taken() : placed;
}

}  // namespace cairn::bolt
