// bolt/db.cc: see db.h.
#include "bolt/db.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "bolt/commit.h"

namespace cairn::bolt {

namespace {

constexpr uint64_t kNewFilePages = 4;
constexpr size_t kSnapshotChunkBytes = size_t{1} << 20;
// A snapshot file ends with a digest of its pages, which are a multiple of 512 bytes.

std::string MetaPage(const Meta& meta, uint64_t page_id) {
  std::string page(meta.page_size, '\0');
  EncodePageHeader({page_id, kMetaPage, 0, 0}, page.data());
  EncodeMeta(meta, page.data() + kPageHeaderSize);
  return page;
}

// Whether the file is what a crash leaves of CreateFile: nothing yet in its first two pages, and
// after them nothing that we would not write ourselves.
StatusOr<bool> IsUnfinished(const File& file, uint64_t size, uint32_t page_size) {
  const std::string pages = NewFilePages(page_size);
  if (size > pages.size()) return false;
  std::string content(size, '\0');
  CAIRN_RETURN_IF_ERROR(ReadExactly(file, 0, content));
  for (size_t i = 0; i < size; ++i) {
    if (content[i] != '\0' && (i < 2 * size_t{page_size} || content[i] != pages[i])) return false;
  }
  return true;
}

// The metas come last, so that a file with a meta has its pages too.
Status CreateFile(Fs& fs, File& file, uint32_t page_size) {
  const std::string pages = NewFilePages(page_size);
  const std::string_view all = pages;
  CAIRN_RETURN_IF_ERROR(file.WriteAt(2 * page_size, all.substr(2 * page_size)));
  CAIRN_RETURN_IF_ERROR(file.Sync());
  CAIRN_RETURN_IF_ERROR(file.WriteAt(0, all.substr(0, 2 * page_size)));
  CAIRN_RETURN_IF_ERROR(file.Sync());
  return fs.SyncDir(DirName(file.path()));
}

}  // namespace

std::string NewFilePages(uint32_t page_size) {
  Meta meta;
  meta.page_size = page_size;
  meta.root.root = 3;
  meta.freelist = 2;
  meta.high_water = kNewFilePages;
  std::string pages = MetaPage(meta, 0);
  meta.txid = 1;
  pages += MetaPage(meta, 1);
  pages.resize(kNewFilePages * page_size);
  EncodePageHeader({2, kFreelistPage, 0, 0}, pages.data() + 2 * page_size);
  EncodePageHeader({3, kLeafPage, 0, 0}, pages.data() + 3 * page_size);
  return pages;
}

Reader::Reader(Reader&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)), tx_(std::move(other.tx_)) {}

Reader::~Reader() {
  if (db_ != nullptr) db_->EndRead(tx_.meta().txid);
}

StatusOr<std::unique_ptr<Db>> Db::Open(Fs& fs, Clock& clock, const std::string& path,
                                       const DbOptions& options) {
  const uint32_t ps = options.page_size;
  if (ps < kMinPageSize || ps > kMaxPageSize || (ps & (ps - 1)) != 0) {
    return absl::InvalidArgumentError(fmt::format("page size {} is not possible", ps));
  }
  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                         OpenLocked(fs, path, {.write = true, .create = options.create},
                                    LockKind::kFlockExclusive, clock, options.lock_timeout_nanos));
  CAIRN_ASSIGN_OR_RETURN(uint64_t size, file->Size());
  if (options.create) {
    CAIRN_ASSIGN_OR_RETURN(const bool unfinished, IsUnfinished(*file, size, ps));
    if (unfinished) {
      CAIRN_RETURN_IF_ERROR(CreateFile(fs, *file, ps));
      CAIRN_ASSIGN_OR_RETURN(size, file->Size());
    }
  }
  const uint64_t logical = WithoutDigest(size);
  CAIRN_ASSIGN_OR_RETURN(const MetaPages metas, ReadMetaPages(*file, logical));
  return std::unique_ptr<Db>(new Db(std::move(file), options, metas.meta(), size));
}

Db::Db(std::unique_ptr<File> file, const DbOptions& options, const Meta& meta, uint64_t file_size)
    : file_(std::move(file)), options_(options), meta_(meta), file_size_(file_size) {}

Db::~Db() { CAIRN_CHECK(readers_.empty() && !writing_); }

Meta Db::meta() const {
  const std::lock_guard lock(mutex_);
  return meta_;
}

Reader Db::BeginRead() {
  const std::lock_guard lock(mutex_);
  readers_.insert(meta_.txid);
  return Reader(*this, ReadTx(*file_, meta_, options_.cache_bytes));
}

void Db::EndRead(uint64_t txid) {
  const std::lock_guard lock(mutex_);
  readers_.erase(readers_.find(txid));
}

StatusOr<std::unique_ptr<WriteTx>> Db::BeginWrite() {
  Meta meta;
  std::optional<uint64_t> oldest_reader;
  {
    const std::lock_guard lock(mutex_);
    if (!broken_.ok()) {
      return absl::FailedPreconditionError(fmt::format(
          "{}: no further change is accepted after a failed write: {}", path(), Message(broken_)));
    }
    if (meta_.txid == ~uint64_t{0}) {
      return absl::DataLossError(
          fmt::format("{}: no transaction can follow txid {}", path(), meta_.txid));
    }
    if (writing_) {
      return absl::FailedPreconditionError(
          fmt::format("{}: another write transaction is open", path()));
    }
    writing_ = true;
    meta = meta_;
    if (!readers_.empty()) oldest_reader = *readers_.begin();
  }
  if (const Status status = LoadFreelist(meta); !status.ok()) {
    EndWrite();
    return status;
  }
  freelist_.Release(oldest_reader);
  return std::unique_ptr<WriteTx>(new WriteTx(*this, meta, options_.cache_bytes));
}

void Db::EndWrite() {
  const std::lock_guard lock(mutex_);
  writing_ = false;
}

Status Db::LoadFreelist(const Meta& meta) {
  if (freelist_loaded_) return absl::OkStatus();
  if (meta.freelist == kNoFreelist) {
    BlockSource source(*file_, meta.page_size, meta.high_water);
    CAIRN_ASSIGN_OR_RETURN(freelist_, Freelist::FromTrees(source, meta));
  } else {
    WindowSource source(*file_, meta.page_size, meta.high_water, options_.cache_bytes);
    CAIRN_ASSIGN_OR_RETURN(freelist_, Freelist::Read(source, meta, &freelist_run_));
  }
  freelist_loaded_ = true;
  return absl::OkStatus();
}

Status Db::CommitTx(uint64_t txid, std::span<const PageRun> unused,
                    const std::function<BucketHeader(RunWriter&)>& settle) {
  Meta next = meta();
  const uint32_t ps = next.page_size;
  std::vector<PageRun> freed(unused.begin(), unused.end());
  if (freelist_run_.count > 0) freed.push_back(freelist_run_);
  if (Status status = freelist_.CheckInUse(freed, next.high_water); !status.ok()) {
    return Annotate(status, path());
  }
  // From here on nothing fails before the file is written, and then the Db is done.
  freelist_.Free(txid, freed);
  RunWriter writer{freelist_, next.high_water, ps, {}};
  next.root = settle(writer);
  freelist_run_ = {};
  next.freelist = kNoFreelist;
  if (options_.store_freelist) {
    const uint64_t ids = freelist_.free_count() + freelist_.pending_count();
    freelist_run_ = writer.Allocate(Freelist::PagesFor(ids, ps));
    writer.runs.emplace_back(freelist_run_.first, freelist_.Encode(freelist_run_, ps));
    next.freelist = freelist_run_.first;
  }
  next.high_water = writer.high_water;
  next.txid = txid;

  CommitPlan plan;
  if (const uint64_t needed = next.high_water * ps; needed > file_size_) {
    plan.grow_to = needed + ps + options_.grow_bytes;
  }
  plan.data = GatherWrites(std::move(writer.runs), ps);
  plan.meta = {txid % 2 * ps, {MetaPage(next, txid % 2)}};
  const Status status = RunCommit(*file_, plan);
  const std::lock_guard lock(mutex_);
  if (!status.ok()) {
    broken_ = status;
    return status;
  }
  file_size_ = std::max(file_size_, plan.grow_to);
  meta_ = next;
  return absl::OkStatus();
}

Db::PageCounts Db::page_counts() const {
  return {freelist_.free_count(), freelist_.pending_count(), freelist_run_.count};
}

Status Db::WriteSnapshot(Reader& reader, const Sink& sink) const {
  Meta meta = reader.tx().meta();
  CAIRN_RETURN_IF_ERROR(sink(MetaPage(meta, 0)));
  --meta.txid;
  CAIRN_RETURN_IF_ERROR(sink(MetaPage(meta, 1)));
  const uint64_t end = meta.high_water * meta.page_size;
  std::string chunk(std::min<uint64_t>(kSnapshotChunkBytes, end), '\0');
  for (uint64_t offset = uint64_t{2} * meta.page_size; offset < end;) {
    const size_t size = std::min<uint64_t>(chunk.size(), end - offset);
    CAIRN_RETURN_IF_ERROR(ReadExactly(*file_, offset, {chunk.data(), size}));
    CAIRN_RETURN_IF_ERROR(sink({chunk.data(), size}));
    offset += size;
  }
  return absl::OkStatus();
}

}  // namespace cairn::bolt
