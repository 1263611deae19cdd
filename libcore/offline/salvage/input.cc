// offline/salvage/input.cc: see input.h.
#include "offline/salvage/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "offline/file_kind.h"
#include "snap/db_stream.h"

namespace cairn::offline {

namespace {

constexpr uint64_t kBlockBytes = 256 << 10;
constexpr uint64_t kRecentBytes = 4 << 20;
// How often a page may be part of a long run, on the average: runs of older trees overlap.
constexpr uint64_t kMaxClaims = 4;

bool KnownFlags(uint16_t flags) {
  return flags == bolt::kBranchPage || flags == bolt::kLeafPage || flags == bolt::kMetaPage ||
         flags == bolt::kFreelistPage;
}

StatusOr<bolt::Meta> MetaAt(const File& file, uint64_t offset) {
  std::array<char, bolt::kPageHeaderSize + bolt::kMetaSize> bytes{};
  CAIRN_RETURN_IF_ERROR(ReadExactly(file, offset, bytes));
  return bolt::DecodeMeta(bytes.data() + bolt::kPageHeaderSize);
}

}  // namespace

StatusOr<std::unique_ptr<SalvageInput>> SalvageInput::Open(const Context& context,
                                                           const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> file, OpenShared(context, path));
  std::unique_ptr<SalvageInput> input(new SalvageInput(std::move(file)));
  CAIRN_ASSIGN_OR_RETURN(input->file_size_, input->file_->Size());
  const bool has_digest = snap::HasDigest(input->file_size_);
  input->logical_size_ = input->file_size_ - (has_digest ? snap::kDigestBytes : 0);
  CAIRN_RETURN_IF_ERROR(input->ReadMetas());
  if (!has_digest) return input;

  context.progress.Stage("hashing", input->logical_size_);
  const auto digest = snap::HashBytes(*input->file_, input->logical_size_, context.progress);
  if (absl::IsCancelled(digest.status())) return digest.status();
  const auto expected = snap::ReadDigest(*input->file_, input->file_size_);
  if (digest.ok() && expected.ok() && *digest == *expected) {
    input->digest_ = Digest::kMatches;
  } else {
    input->digest_ = Digest::kDiffers;
    input->problems_.emplace_back(
        "digest: does not match: values may hold flipped bits that nothing can show");
  }
  return input;
}

Status SalvageInput::ReadMetas() {
  StatusOr<bolt::Meta> metas[2] = {MetaAt(*file_, 0), absl::DataLossError("not found")};
  if (metas[0].ok()) {
    page_size_ = metas[0]->page_size;
  } else {
    for (uint64_t at = bolt::kMinPageSize; at <= bolt::kMaxPageSize && page_size_ == 0; at *= 2) {
      if (const auto meta = MetaAt(*file_, at); meta.ok() && meta->page_size == at) {
        page_size_ = meta->page_size;
      }
    }
  }
  if (page_size_ == 0) CAIRN_RETURN_IF_ERROR(ProbePageSize());
  metas[1] = MetaAt(*file_, page_size_);
  if (metas[1].ok() && metas[1]->page_size != page_size_) {
    metas[1] = absl::DataLossError("page size differs from the first meta's");
  }
  pages_ = logical_size_ / page_size_;
  uint64_t needed = 0;
  for (int i = 0; i < 2; ++i) {
    if (!metas[i].ok()) {
      problems_.push_back(fmt::format("meta {}: {}", i, Message(metas[i].status())));
      continue;
    }
    needed = std::max(needed, metas[i]->high_water);
    metas_.push_back({i, *metas[i]});
  }
  if (metas_.size() == 2 && metas_[1].meta.txid > metas_[0].meta.txid) {
    std::swap(metas_[0], metas_[1]);
  }
  if (needed > pages_) {
    problems_.push_back(fmt::format("the file is cut short: {} whole pages of {}", pages_, needed));
  }
  return absl::OkStatus();
}

// No meta says it: pages name their own position, which only fits the right size.
Status SalvageInput::ProbePageSize() {
  uint64_t best = 0;
  for (uint64_t size = bolt::kMinPageSize; size <= bolt::kMaxPageSize; size *= 2) {
    uint64_t found = 0;
    for (uint64_t id = 2; id < 4096 && (id + 1) * size <= logical_size_; ++id) {
      std::array<char, bolt::kPageHeaderSize> bytes{};
      if (!ReadExactly(*file_, id * size, bytes).ok()) continue;
      const bolt::PageHeader header = bolt::DecodePageHeader(bytes.data());
      if (header.id == id && KnownFlags(header.flags)) ++found;
    }
    if (found > best) {
      best = found;
      page_size_ = static_cast<uint32_t>(size);
    }
  }
  if (best > 0) return absl::OkStatus();
  return ExplainNoDb(*file_,
                     absl::DataLossError(fmt::format(
                         "{}: nothing to salvage: no meta and no page of a db is in it", path())));
}

// `count` pages from `first` on, which the file has.
Status SalvageInput::ReadBytes(uint64_t first, uint64_t count, std::shared_ptr<char[]>& out) {
  if (first >= block_first_ && first + count <= block_first_ + block_pages_) {
    out = std::shared_ptr<char[]>(block_, block_.get() + (first - block_first_) * page_size_);
    return absl::OkStatus();
  }
  const uint64_t most = std::min(kBlockBytes / page_size_, pages_ - first);
  const bool forward = first >= next_ && first <= next_ + 8 && most > count;
  const uint64_t wanted = forward ? most : count;
  std::shared_ptr<char[]> bytes(new char[wanted * page_size_]);
  if (forward && ReadExactly(*file_, first * page_size_, {bytes.get(), wanted * page_size_}).ok()) {
    block_ = bytes;
    block_first_ = first;
    block_pages_ = wanted;
  } else {
    CAIRN_RETURN_IF_ERROR(
        ReadExactly(*file_, first * page_size_, {bytes.get(), count * page_size_}));
  }
  out = std::move(bytes);
  return absl::OkStatus();
}

// In a made file every page may claim the rest of the file: reading them all takes the square of
// its size.
bool SalvageInput::MayReadRun(bolt::PageRun run) {
  if (run.count < bolt::LongRuns::kLongRun || long_runs_.contains(run.first)) return true;
  if (long_run_pages_ + run.count > kMaxClaims * pages_) return false;
  long_runs_.insert(run.first);
  long_run_pages_ += run.count;
  return true;
}

StatusOr<SalvagePage> SalvageInput::Read(uint64_t id) {
  if (const auto it = recent_.find(id); it != recent_.end()) return it->second;
  if (id < 2 || id >= pages_) {
    return absl::DataLossError(fmt::format("beyond the end of the file ({} pages)", pages_));
  }
  std::shared_ptr<char[]> bytes;
  CAIRN_RETURN_IF_ERROR(ReadBytes(id, 1, bytes));
  const bolt::PageHeader header = bolt::DecodePageHeader(bytes.get());
  if (header.id != id) {
    const std::string_view page(bytes.get(), page_size_);
    if (page.find_first_not_of('\0') == std::string_view::npos) {
      return absl::DataLossError("nothing but zeros");
    }
    return absl::DataLossError(fmt::format("header says page {}", header.id));
  }
  if (header.overflow >= pages_ - id) {
    return absl::DataLossError(
        fmt::format("overflow of {} pages leaves the file", header.overflow));
  }
  SalvagePage page;
  page.pages = uint64_t{header.overflow} + 1;
  if (!MayReadRun({id, page.pages})) {
    return absl::DataLossError(
        fmt::format("overflow of {} pages, which too many other pages claim", header.overflow));
  }
  if (page.pages > 1) CAIRN_RETURN_IF_ERROR(ReadBytes(id, page.pages, bytes));
  next_ = id + page.pages;
  const uint64_t size = page.pages * page_size_;
  page.ref = {bytes, {bytes.get(), size}};
  CAIRN_ASSIGN_OR_RETURN(page.view, bolt::PageView::Parse(page.ref.bytes));
  if (page.view.Slack().size() >= page_size_ && page.pages > 1) {
    return absl::DataLossError(fmt::format("overflow of {} pages is too many", header.overflow));
  }
  if (recent_bytes_ + size > kRecentBytes) {
    recent_.clear();
    recent_bytes_ = 0;
  }
  recent_bytes_ += size;
  recent_.emplace(id, page);
  return page;
}

bool SalvageInput::BeginsPage(uint64_t id) {
  std::shared_ptr<char[]> bytes;
  if (id >= pages_ || !ReadBytes(id, 1, bytes).ok()) return false;
  const bolt::PageHeader header = bolt::DecodePageHeader(bytes.get());
  return header.id == id && KnownFlags(header.flags);
}

}  // namespace cairn::offline
