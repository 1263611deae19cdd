// bolt/check/survey.cc: see survey.h.
#include "bolt/check/survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "bolt/cursor.h"
#include "gotext/quote.h"

namespace cairn::bolt {

namespace {

constexpr size_t kMaxDepth = 64;
constexpr int kMaxNesting = 64;
constexpr uint64_t kDefaultPageSize = 4096;
// Pages that are read at once when they seem to be wanted one after the other.
constexpr uint64_t kReadAheadPages = 32;
constexpr uint64_t kReadAheadGap = 8;
constexpr uint64_t kProgressBytes = 1 << 20;

bool IsPageSize(uint64_t size) {
  return size >= kMinPageSize && size <= kMaxPageSize && (size & (size - 1)) == 0;
}

std::string StackText(const std::vector<uint64_t>& stack) {
  std::string text = "[";
  for (const uint64_t page : stack) text += fmt::format("{}{}", text.size() > 1 ? " " : "", page);
  return text + "]";
}

}  // namespace

std::string PageTypeName(uint16_t flags) {
  switch (flags) {
    case kBranchPage:
      return "branch";
    case kLeafPage:
      return "leaf";
    case kMetaPage:
      return "meta";
    case kFreelistPage:
      return "freelist";
    default:
      return fmt::format("unknown<{:02x}>", flags);
  }
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return hex;
}

std::string TextOrHex(std::string_view bytes) {
  for (std::string_view rest = bytes; !rest.empty();) {
    const Utf8Rune rune = DecodeUtf8(rest);
    if (!rune.valid || !IsPrintable(rune.code)) return Hex(bytes);
    rest.remove_prefix(rune.length);
  }
  return std::string(bytes);
}

uint64_t FileLayout::pages() const {
  return std::max(pages_in_file(), meta.has_value() ? meta->high_water : 0);
}

StatusOr<FileLayout> ReadLayout(const File& file) {
  FileLayout layout;
  CAIRN_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  layout.logical_size = WithoutDigest(size);
  using Bytes = std::array<char, kPageHeaderSize + kMetaSize>;
  const auto read = [&](uint64_t offset, Bytes& bytes) -> StatusOr<Meta> {
    bytes.fill('\0');
    CAIRN_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(offset, bytes));
    if (got < bytes.size()) return absl::DataLossError("lies beyond the end of the file");
    return DecodeMeta(bytes.data() + kPageHeaderSize);
  };
  Bytes first;
  const StatusOr<Meta> meta0 = read(0, first);
  if (meta0.ok()) {
    layout.page_size = meta0->page_size;
  } else {
    layout.meta_faults[0] = Message(meta0.status());
    Bytes second;
    for (uint64_t offset = kMinPageSize; offset <= kMaxPageSize; offset *= 2) {
      const StatusOr<Meta> meta = read(offset, second);
      if (meta.ok() && meta->page_size == offset) {
        layout.page_size = meta->page_size;
        break;
      }
    }
    if (layout.page_size == 0) {
      const uint64_t said = LoadLE<uint32_t>(first.data() + kPageHeaderSize + 8);
      layout.page_size = static_cast<uint32_t>(IsPageSize(said) ? said : kDefaultPageSize);
    }
  }
  Bytes second;
  StatusOr<Meta> meta1 = read(layout.page_size, second);
  if (meta1.ok() && meta1->page_size != layout.page_size) {
    meta1 = absl::DataLossError("page size differs from the first meta's");
  }
  if (!meta1.ok()) layout.meta_faults[1] = Message(meta1.status());
  if (meta0.ok()) layout.meta = *meta0;
  if (meta1.ok() && (!meta0.ok() || meta1->txid > meta0->txid)) layout.meta = *meta1;
  return layout;
}

std::string SurveyFault::Line() const {
  return names_page ? what : fmt::format("page {}: {}", page, what);
}

Survey::Survey(const File& file, const Meta& meta, Progress& progress, SurveyVisitor& visitor)
    : file_(file), meta_(meta), progress_(progress), visitor_(visitor) {
  reached_.Add({0, 2});
  if (const auto size = file.Size(); size.ok()) file_pages_ = *size / meta.page_size;
}

Status Survey::WalkFrom(uint64_t page) {
  Stack stack;
  return Visit(page, stack, {}).status();
}

Status Survey::Report(uint64_t page, const Stack& stack, std::string what, bool names_page) {
  uint64_t parent = 0;
  if (!stack.empty()) {
    parent = stack.back() != page ? stack.back() : stack.size() > 1 ? stack[stack.size() - 2] : 0;
  }
  return visitor_.Fault({page, parent, std::move(what), names_page});
}

// The bytes of pages that lie next to each other; the error is the reason that they can't be read.
Status Survey::ReadPages(uint64_t id, uint64_t pages, PageRef& ref) {
  const uint64_t ps = meta_.page_size;
  if (id >= file_pages_ || pages > file_pages_ - id) {
    return absl::DataLossError("lies beyond the end of the file");
  }
  const auto loaded = [&] {
    return id >= block_first_ && id - block_first_ < block_pages_ &&
           block_pages_ - (id - block_first_) >= pages;
  };
  if (!loaded()) {
    const uint64_t next = block_first_ + block_pages_;
    const bool ahead = id >= next && id - next < kReadAheadGap;
    const uint64_t wanted =
        std::min(std::max(pages, ahead ? kReadAheadPages : 1), file_pages_ - id);
    block_pages_ = 0;
    std::shared_ptr<char[]> block(new char[wanted * ps]);
    StatusOr<size_t> got = file_.ReadAt(id * ps, {block.get(), wanted * ps});
    if (!got.ok() && wanted > pages) got = file_.ReadAt(id * ps, {block.get(), pages * ps});
    CAIRN_RETURN_IF_ERROR(got.status());
    block_ = std::move(block);
    block_first_ = id;
    block_pages_ = *got / ps;
    if (block_pages_ < pages) return absl::DataLossError("lies beyond the end of the file");
  }
  ref.pin = block_;
  ref.bytes = {block_.get() + (id - block_first_) * ps, pages * ps};
  return absl::OkStatus();
}

// Nothing when the page can't be used; it is told then.
StatusOr<std::optional<PageRef>> Survey::ReadRun(uint64_t id, const Stack& stack) {
  using Found = std::optional<PageRef>;
  const auto fault = [&](std::string what) -> StatusOr<Found> {
    CAIRN_RETURN_IF_ERROR(Report(id, stack, std::move(what)));
    return Found();
  };
  if (id < 2 || id >= meta_.high_water) {
    return fault(fmt::format("out of bounds: {} (stack: {})", meta_.high_water, StackText(stack)));
  }
  PageRef ref;
  if (const Status read = ReadPages(id, 1, ref); !read.ok()) {
    return fault(std::string(Message(read)));
  }
  const PageHeader header = DecodePageHeader(ref.bytes.data());
  if (header.id != id) return fault(fmt::format("header says page {}", header.id));
  if (header.overflow >= meta_.high_water - id) {
    return fault(fmt::format("overflow of {} pages leaves the file", header.overflow));
  }
  const PageRun run{id, uint64_t{header.overflow} + 1};
  if (reached_.HasAny(run)) {
    // In a made file every page can claim to run to the file's end.
    constexpr int kToldOfARun = 64;
    int told = 0;
    for (uint64_t page = reached_.NextIn(id); page - id < run.count;
         page = reached_.NextIn(page + 1)) {
      if (++told > kToldOfARun) {
        CAIRN_RETURN_IF_ERROR(
            Report(page, stack, fmt::format("multiple references, and so on up to page {} "
                                            "(stack: {})",
                                            id + run.count - 1, StackText(stack))));
        break;
      }
      CAIRN_RETURN_IF_ERROR(
          Report(page, stack, fmt::format("multiple references (stack: {})", StackText(stack))));
    }
    return Found();
  }
  if (header.flags != kBranchPage && header.flags != kLeafPage) {
    return fault(
        fmt::format("invalid type: {} (stack: {})", PageTypeName(header.flags), StackText(stack)));
  }
  if (const Status read = ReadPages(id, run.count, ref); !read.ok()) {
    return fault(std::string(Message(read)));
  }
  reached_.Add(run);
  if (free_ != nullptr && free_->Has(id)) {
    CAIRN_RETURN_IF_ERROR(Report(id, stack, "reachable freed"));
  }
  bytes_read_ += run.count * meta_.page_size;
  if (bytes_read_ - bytes_reported_ >= kProgressBytes) {
    bytes_reported_ = bytes_read_;
    CAIRN_RETURN_IF_ERROR(progress_.Update(bytes_read_));
  }
  return Found(std::move(ref));
}

// Returns the last key below the page; nothing if there is none or it can't be told.
StatusOr<Survey::MaxKey> Survey::Visit(uint64_t id, Stack& stack, Bounds bounds) {
  if (stack.size() >= kMaxDepth) {
    CAIRN_RETURN_IF_ERROR(Report(id, stack, "tree too deep (a loop of pages?)"));
    return MaxKey();
  }
  stack.push_back(id);
  struct Pop {
    Stack& stack;
    ~Pop() { stack.pop_back(); }
  } pop{stack};
  CAIRN_ASSIGN_OR_RETURN(const std::optional<PageRef> ref, ReadRun(id, stack));
  if (!ref.has_value()) return MaxKey();
  const StatusOr<PageView> view = PageView::Parse(ref->bytes);
  if (!view.ok()) {
    CAIRN_RETURN_IF_ERROR(Report(id, stack, std::string(Message(view.status()))));
    return MaxKey();
  }
  CAIRN_RETURN_IF_ERROR(
      visitor_.Page({id, DecodePageHeader(ref->bytes.data()), *view, stack.size() - 1, bucket_}));
  if (!view->is_leaf()) return VisitBranch(*view, stack, bounds);
  if (!reverse_) CAIRN_RETURN_IF_ERROR(CheckLeafOrder(id, *view, stack, bounds));
  CAIRN_RETURN_IF_ERROR(VisitBuckets(id, *view, 0));
  if (view->count() == 0) return MaxKey();
  return MaxKey(std::string(view->key(view->count() - 1)));
}

StatusOr<Survey::MaxKey> Survey::VisitBranch(const PageView& view, Stack& stack, Bounds bounds) {
  MaxKey last;
  std::optional<std::string_view> running = bounds.low;
  for (size_t n = 0; n < view.count(); ++n) {
    const size_t i = reverse_ ? view.count() - 1 - n : n;
    const uint64_t child = view.child(i).value;
    const std::string_view key = view.key(i);
    if (!reverse_) CAIRN_RETURN_IF_ERROR(CheckKey(child, "branch", i, key, running, bounds, stack));
    const Bounds inside{key, i + 1 < view.count() ? view.key(i + 1) : bounds.high};
    CAIRN_ASSIGN_OR_RETURN(last, Visit(child, stack, inside));
    running.reset();
    if (last.has_value()) running = *last;
  }
  return last;
}

Status Survey::CheckLeafOrder(uint64_t id, const PageView& view, const Stack& stack,
                              Bounds bounds) {
  std::optional<std::string_view> previous = bounds.low;
  for (size_t i = 0; i < view.count(); ++i) {
    const std::string_view key = view.key(i);
    const bool right = previous.has_value() && (i == 0 ? *previous <= key : *previous < key) &&
                       (!bounds.high.has_value() || key < *bounds.high);
    if (!right) CAIRN_RETURN_IF_ERROR(CheckKey(id, "leaf", i, key, previous, bounds, stack));
    previous = key;
  }
  return absl::OkStatus();
}

Status Survey::CheckKey(uint64_t id, const char* kind, size_t index, std::string_view key,
                        std::optional<std::string_view> previous, Bounds bounds,
                        const Stack& stack) {
  const auto what = [&](std::string_view needs, std::string_view bound) {
    return Report(
        id, stack,
        fmt::format("key[{}]=(hex){} on {} page({}) needs to be {} (hex){}. Stack: {}", index,
                    TextOrHex(key), kind, id, needs, TextOrHex(bound), StackText(stack)),
        true);
  };
  if (index == 0 && previous.has_value() && *previous > key) {
    CAIRN_RETURN_IF_ERROR(
        Report(id, stack,
               fmt::format("the first key[0]=(hex){} on {} page({}) needs to be >= the key in the "
                           "ancestor ({}). Stack: {}",
                           TextOrHex(key), kind, id, TextOrHex(*previous), StackText(stack)),
               true));
  }
  if (index > 0 && previous.has_value() && *previous >= key) {
    CAIRN_RETURN_IF_ERROR(what(
        *previous > key ? "> (found <) than previous element" : "> (found =) than previous element",
        *previous));
  }
  if (bounds.high.has_value() && key >= *bounds.high) {
    CAIRN_RETURN_IF_ERROR(what("< than key of the next element in ancestor", *bounds.high));
  }
  return absl::OkStatus();
}

Status Survey::VisitBuckets(uint64_t id, const PageView& view, int nesting) {
  for (size_t n = 0; n < view.count(); ++n) {
    const size_t i = reverse_ ? view.count() - 1 - n : n;
    if (view.is_bucket(i)) {
      CAIRN_RETURN_IF_ERROR(EnterBucket(id, view.key(i), view.value(i), nesting));
    }
  }
  return absl::OkStatus();
}

Status Survey::EnterBucket(uint64_t id, std::string_view name, std::string_view value,
                           int nesting) {
  const auto fault = [&](std::string_view what) {
    return visitor_.Fault({id, 0, fmt::format("bucket {}: {}", QuoteGo(name), what), false});
  };
  if (value.size() < kBucketHeaderSize) return fault("header is cut short");
  const BucketHeader header = DecodeBucketHeader(value.data());
  if (nesting >= kMaxNesting || bucket_.size() >= kMaxNesting) return fault("nested too deep");
  bucket_.emplace_back(name);
  const auto visit = [&]() -> Status {
    if (!visitor_.Enter(bucket_, header)) return absl::OkStatus();
    if (header.root != 0) {
      Stack stack;
      CAIRN_RETURN_IF_ERROR(Visit(header.root, stack, {}).status());
    } else {
      const StatusOr<PageView> view = ParseInlineBucket(value);
      if (!view.ok()) {
        CAIRN_RETURN_IF_ERROR(fault(Message(view.status())));
      } else {
        const PageHeader page = DecodePageHeader(value.data() + kBucketHeaderSize);
        CAIRN_RETURN_IF_ERROR(visitor_.Page({0, page, *view, 0, bucket_}));
        if (!reverse_) CAIRN_RETURN_IF_ERROR(CheckLeafOrder(id, *view, {id}, {}));
        CAIRN_RETURN_IF_ERROR(VisitBuckets(id, *view, nesting + 1));
      }
    }
    visitor_.Leave(bucket_);
    return absl::OkStatus();
  };
  const Status status = visit();
  bucket_.pop_back();
  return status;
}

StatusOr<std::string> ReadRawRun(const File& file, uint32_t page_size, uint64_t id) {
  CAIRN_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  const uint64_t pages = size / page_size;
  if (id >= pages) {
    return absl::OutOfRangeError(fmt::format(
        "{}: page {} lies beyond the end of the file ({} pages)", file.path(), id, pages));
  }
  std::string run(page_size, '\0');
  CAIRN_RETURN_IF_ERROR(ReadExactly(file, id * page_size, run));
  // What the header says of its length counts when the page is one, and as far as the file goes.
  const PageHeader header = DecodePageHeader(run.data());
  if (header.id == id && header.overflow > 0 && header.overflow < pages - id) {
    run.resize((uint64_t{header.overflow} + 1) * page_size);
    CAIRN_RETURN_IF_ERROR(ReadExactly(file, id * page_size, run));
  }
  return run;
}

StatusOr<std::optional<StoredFreelist>> ReadStoredFreelist(const File& file, const Meta& meta) {
  if (meta.freelist == kNoFreelist) return std::optional<StoredFreelist>();
  StoredFreelist list;
  const auto fault = [&](uint64_t page, std::string what) {
    list.faults.push_back({page, 0, std::move(what), false});
  };
  const auto run = ReadRawRun(file, meta.page_size, meta.freelist);
  if (!run.ok()) {
    fault(meta.freelist, "the freelist can't be read: " + std::string(Message(run.status())));
    return std::optional(std::move(list));
  }
  const std::string_view bytes = *run;
  const PageHeader header = DecodePageHeader(bytes.data());
  if (header.id != meta.freelist || header.flags != kFreelistPage) {
    fault(meta.freelist,
          fmt::format("is not a freelist: {} page {}", PageTypeName(header.flags), header.id));
    return std::optional(std::move(list));
  }
  list.run = {meta.freelist, bytes.size() / meta.page_size};
  const FreelistView ids = FreelistView::Parse(bytes);
  if (!ids.fits()) {
    fault(meta.freelist, fmt::format("freelist of {} pages does not fit", ids.stored()));
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    const uint64_t id = ids[i];
    if (id < 2 || id >= meta.high_water) {
      fault(meta.freelist, fmt::format("free page {} is out of bounds", id));
    } else if (list.free.Has(id)) {
      fault(id, "already freed");
    } else {
      list.free.Add({id, 1});
    }
  }
  return std::optional(std::move(list));
}

}  // namespace cairn::bolt
