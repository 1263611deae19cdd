// wal/log_writer.cc: see log_writer.h.
#include "wal/log_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "base/failpoint.h"
#include "base/staged_output.h"
#include "wal/segment_name.h"

namespace cairn::wal {

namespace {

constexpr uint32_t kDirMode = 0700;

StatusOr<std::unique_ptr<File>> OpenLocked(Fs& fs, const std::string& path,
                                           const OpenOptions& options) {
  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> file, fs.Open(path, options));
  CAIRN_ASSIGN_OR_RETURN(const bool locked, file->TryLock(LockKind::kOfdExclusive));
  if (!locked) {
    return absl::FailedPreconditionError(fmt::format(
        "{}: file already locked: another process has this log open; stop it first", path));
  }
  CAIRN_ASSIGN_OR_RETURN(const bool still_named, StillNamed(fs, *file, path));
  if (!still_named) {
    return absl::FailedPreconditionError(fmt::format(
        "{}: another process moves or replaces the files of this log; stop it first", path));
  }
  return file;
}

}  // namespace

Log::Log(Fs& fs, std::string dir, const LogOptions& options)
    : fs_(fs),
      dir_(std::move(dir)),
      options_(options),
      pipeline_(fs, dir_, options.segment_bytes, options.preallocate) {}

std::string Log::PathOf(const SegmentName& name) const {
  return JoinPath(dir_, FormatSegmentName(name));
}

Status Log::Guard(Status status) {
  if (!status.ok() && failed_.ok()) {
    failed_ = Annotate(status, fmt::format("the log in {} takes nothing more", dir_));
  }
  return status;
}

Status Log::SyncFile(File& file) {
  if (options_.unsafe_no_sync) return absl::OkStatus();
  return file.Sync();
}

StatusOr<std::unique_ptr<Log>> Log::Create(Fs& fs, const std::string& dir,
                                           std::string_view metadata, const LogOptions& options) {
  if (const auto names = fs.List(dir); names.ok() && !names->empty()) {
    return absl::AlreadyExistsError(
        fmt::format("{}: a log can't be made here: the directory holds {}", dir, names->front()));
  }
  std::unique_ptr<Log> log(new Log(fs, dir, options));
  log->metadata_ = metadata;
  const Placing placing = Exists(fs, dir) ? Placing::kReplace : Placing::kNew;
  CAIRN_RETURN_IF_ERROR(MakeDirs(fs, DirName(dir), kDirMode));
  CAIRN_ASSIGN_OR_RETURN(StagedDir staged, StagedDir::Create(fs, dir, {.mode = kDirMode}));
  CAIRN_RETURN_IF_ERROR(log->CreateFiles(staged.path()));
  CAIRN_RETURN_IF_ERROR(staged.Place(placing));
  staged.Keep();
  // Opened again by its new path, so that later errors name it. The lock is the file's and is taken
  // anew.
  log->segments_.front().file = nullptr;
  CAIRN_ASSIGN_OR_RETURN(log->segments_.front().file,
                         OpenLocked(fs, log->PathOf(log->tail_name()), {.write = true}));
  return log;
}

Status Log::CreateFiles(const std::string& temporary_dir) {
  const SegmentName first;
  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                         OpenLocked(fs_, JoinPath(temporary_dir, FormatSegmentName(first)),
                                    {.write = true, .create = true, .truncate = true}));
  if (options_.preallocate) CAIRN_RETURN_IF_ERROR(file->Allocate(options_.segment_bytes));
  AppendRecord(buffer_, RecordType::kCrc, {}, crc_);
  AppendRecord(buffer_, RecordType::kMetadata, metadata_, crc_);
  proto::AppendWalSnapshot(scratch_, {});
  AppendRecord(buffer_, RecordType::kSnapshot, scratch_, crc_);
  CAIRN_RETURN_IF_ERROR(file->WriteAt(0, buffer_));
  CAIRN_RETURN_IF_ERROR(SyncFile(*file));
  CAIRN_RETURN_IF_ERROR(fs_.SyncDir(temporary_dir));
  offset_ = buffer_.size();
  buffer_.clear();
  segments_.push_back({.name = first, .file = std::move(file)});
  return absl::OkStatus();
}

StatusOr<Log::Opened> Log::Open(Fs& fs, const std::string& dir, SnapshotPoint start,
                                LogVisitor& visitor, const LogOptions& options) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<SegmentName> names,
                         SelectSegments(fs, dir, start.index));
  Opened opened{.log = std::unique_ptr<Log>(new Log(fs, dir, options)), .summary = {}};
  Log& log = *opened.log;
  for (const SegmentName& name : names) {
    CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                           OpenLocked(fs, log.PathOf(name), {.write = true}));
    log.segments_.push_back({.name = name, .file = std::move(file)});
  }
  CAIRN_ASSIGN_OR_RETURN(opened.summary, ReadSegments(dir, log.segments_, start, visitor));
  if (opened.summary.end == SegmentEnd::kTornTail) {
    return absl::FailedPreconditionError(
        fmt::format("{}; the log's tail is torn, as a crash leaves it: repair it before writing",
                    Message(opened.summary.torn)));
  }
  log.metadata_ = opened.summary.metadata;
  log.state_ = opened.summary.hard_state;
  log.last_index_ = opened.summary.last_index;
  log.crc_ = opened.summary.crc;
  log.offset_ = opened.summary.tail_bytes;
  CAIRN_RETURN_IF_ERROR(log.ZeroBehindEnd());
  return opened;
}

Status Log::ZeroBehindEnd() {
  // Records of a write that a crash cut short can stand after the end. They were never
  // acknowledged, and what is appended must not run into them.
  File& tail = *segments_.back().file;
  CAIRN_ASSIGN_OR_RETURN(const uint64_t size, tail.Size());
  if (size == offset_) return absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(tail.Truncate(offset_));
  CAIRN_RETURN_IF_ERROR(tail.Allocate(size));
  return SyncFile(tail);
}

Status Log::Append(std::span<const proto::EntryView> entries, const proto::HardState& state) {
  CAIRN_RETURN_IF_ERROR(Usable());
  CAIRN_CHECK(!sync_due_);
  RaftIndex last = last_index_;
  for (size_t i = 0; i < entries.size(); ++i) {
    const uint64_t index = entries[i].index.value;
    const bool follows = i == 0 ? index <= last.value + 1 : index == last.value + 1;
    if (index == 0 || !follows) {
      return absl::InvalidArgumentError(fmt::format(
          "wal: entry {} doesn't follow entry {} in the log in {}", index, last.value, dir_));
    }
    last = entries[i].index;
  }
  for (const proto::EntryView& entry : entries) {
    scratch_.clear();
    proto::AppendEntry(scratch_, entry);
    AppendRecord(buffer_, RecordType::kEntry, scratch_, crc_);
  }
  last_index_ = last;
  if (!entries.empty()) must_sync_ = true;
  if (state.empty()) return absl::OkStatus();
  if (state.term != state_.term || state.vote != state_.vote) must_sync_ = true;
  state_ = state;
  scratch_.clear();
  proto::AppendHardState(scratch_, state);
  AppendRecord(buffer_, RecordType::kState, scratch_, crc_);
  return absl::OkStatus();
}

Status Log::Commit() {
  CAIRN_RETURN_IF_ERROR(WriteStep());
  return SyncStep();
}

Status Log::WriteStep() {
  CAIRN_RETURN_IF_ERROR(Usable());
  CAIRN_CHECK(!sync_due_);
  if (buffer_.empty()) return absl::OkStatus();
  File& tail = *segments_.back().file;
  if (Status s = tail.WriteAt(offset_, buffer_); !s.ok()) {
    // A part of the buffer may be there: a full disk cuts a write at any byte, which would read as
    // corruption. Nothing after offset_ was promised to anyone.
    (void)tail.Truncate(offset_);
    return Guard(s);
  }
  offset_ += buffer_.size();
  buffer_.clear();
  sync_due_ = true;
  return absl::OkStatus();
}

Status Log::SyncStep() {
  CAIRN_RETURN_IF_ERROR(Usable());
  if (!sync_due_) return absl::OkStatus();
  sync_due_ = false;
  if (offset_ >= options_.segment_bytes) {
    must_sync_ = false;
    return Guard(Cut());
  }
  if (!must_sync_) return absl::OkStatus();
  must_sync_ = false;
  FAILPOINT("walBeforeSync");
  Status status = Guard(SyncFile(*segments_.back().file));
  FAILPOINT("walAfterSync");
  return status;
}

Status Log::SaveSnapshot(const proto::WalSnapshot& snapshot) {
  CAIRN_RETURN_IF_ERROR(Usable());
  CAIRN_CHECK(!sync_due_);
  if (snapshot.index.value > 0 && !snapshot.conf_state) {
    return absl::InvalidArgumentError(
        fmt::format("wal: the snapshot at index {} has no conf state", snapshot.index.value));
  }
  scratch_.clear();
  proto::AppendWalSnapshot(scratch_, snapshot);
  AppendRecord(buffer_, RecordType::kSnapshot, scratch_, crc_);
  last_index_ = std::max(last_index_, snapshot.index);
  CAIRN_RETURN_IF_ERROR(WriteStep());
  // Not SyncStep: a snapshot record never cuts, the next commit does.
  sync_due_ = false;
  must_sync_ = false;
  return Guard(SyncFile(*segments_.back().file));
}

Status Log::Cut() {
  File& old = *segments_.back().file;
  CAIRN_RETURN_IF_ERROR(old.Truncate(offset_));
  CAIRN_RETURN_IF_ERROR(SyncFile(old));

  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<File> next, pipeline_.Take());
  const SegmentName name{.sequence = tail_name().sequence + 1,
                         .index = RaftIndex(last_index_.value + 1)};
  CAIRN_CHECK(buffer_.empty());
  AppendRecord(buffer_, RecordType::kCrc, {}, crc_);
  AppendRecord(buffer_, RecordType::kMetadata, metadata_, crc_);
  if (!state_.empty()) {
    scratch_.clear();
    proto::AppendHardState(scratch_, state_);
    AppendRecord(buffer_, RecordType::kState, scratch_, crc_);
  }
  CAIRN_RETURN_IF_ERROR(next->WriteAt(0, buffer_));
  CAIRN_RETURN_IF_ERROR(SyncFile(*next));
  const std::string path = PathOf(name);
  CAIRN_RETURN_IF_ERROR(fs_.Rename(next->path(), path));
  CAIRN_RETURN_IF_ERROR(fs_.SyncDir(dir_));
  next = nullptr;
  CAIRN_ASSIGN_OR_RETURN(next, OpenLocked(fs_, path, {.write = true}));
  segments_.push_back({.name = name, .file = std::move(next)});
  offset_ = buffer_.size();
  buffer_.clear();
  return absl::OkStatus();
}

void Log::ReleaseTo(RaftIndex index) {
  size_t keep = segments_.size() - 1;
  for (size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i].name.index >= index) {
      keep = i == 0 ? 0 : i - 1;
      break;
    }
  }
  segments_.erase(segments_.begin(), segments_.begin() + static_cast<ptrdiff_t>(keep));
}

Status Log::Close() {
  CAIRN_RETURN_IF_ERROR(Usable());
  CAIRN_RETURN_IF_ERROR(WriteStep());
  sync_due_ = false;
  must_sync_ = false;
  CAIRN_RETURN_IF_ERROR(Guard(SyncFile(*segments_.back().file)));
  CAIRN_RETURN_IF_ERROR(pipeline_.Discard());
  failed_ = absl::FailedPreconditionError(fmt::format("the log in {} is closed", dir_));
  segments_.resize(1);
  segments_.front().file = nullptr;
  return absl::OkStatus();
}

}  // namespace cairn::wal
