// wal/log_writer.h: appends to the write-ahead log of a member (formats.md, section 4).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/status.h"
#include "proto/raft_view.h"
#include "proto/wal_view.h"
#include "wal/log_reader.h"
#include "wal/record.h"
#include "wal/segment_pipeline.h"

namespace cairn::wal {

struct LogOptions {
  uint64_t segment_bytes = kSegmentBytes;
  // Reserve a segment's blocks when it is made. Off only for files that nobody will append to.
  bool preallocate = true;
  // --unsafe-no-fsync: files are written and never synced.
  bool unsafe_no_sync = false;
};

// The log that a member appends to. It holds the locks of its segments, and writes only after what
// it has read or written itself.
//
// Group commit: Append() only encodes into a buffer; Commit() writes the buffer once and syncs
// once, if anything in it must be durable. A server that keeps writing and syncing apart calls
// WriteStep() and SyncStep() instead; nothing may be appended between the two. What was appended is
// durable when Commit() or SyncStep() has returned OK, not before.
//
// After a failed write or sync the log refuses everything: what reached the disk is unknown, and
// only reading it again, in a new process, can tell.
//
// Lives on the WAL stage; not thread-safe. `fs` must outlive it. Close() before destroying it;
// without Close the log is as after a crash.
class Log {
 public:
  // Makes `dir` with a first segment that holds `metadata` (etcdserverpb.Metadata) and the snapshot
  // record (0, 0). The directory appears whole or not at all: it is built as `dir`.tmp, and its
  // name is durable on return. AlreadyExists when `dir` holds anything.
  static StatusOr<std::unique_ptr<Log>> Create(Fs& fs, const std::string& dir,
                                               std::string_view metadata,
                                               const LogOptions& options = {});

  struct Opened;
  // Opens the log for appending after its last whole record, having shown `visitor` what it holds
  // above `start`, with ReadLog's errors. What stands after the last record is zeroed.
  // FailedPrecondition when another process has it open, or when its tail is torn: RepairTornTail
  // (wal/repair.h) first.
  static StatusOr<Opened> Open(Fs& fs, const std::string& dir, SnapshotPoint start,
                               LogVisitor& visitor, const LogOptions& options = {});

  // Entries, then `state` unless it is empty. Entries must follow one another, and the first one
  // what the log holds or replace a part of it; else InvalidArgument and nothing is taken.
  Status Append(std::span<const proto::EntryView> entries, const proto::HardState& state);

  // Writes what was appended and makes it durable: WriteStep(), then SyncStep().
  Status Commit();
  Status WriteStep();
  // Syncs what WriteStep() wrote if it held an entry, a term or a vote; a commit index alone isn't
  // worth it. At `segment_bytes` and above, also cuts: the next segment becomes the log's tail.
  Status SyncStep();
  // Whether SyncStep() has anything to do.
  bool needs_sync() const { return must_sync_ || offset_ >= options_.segment_bytes; }

  // Writes a snapshot record, and what was appended before it, and syncs. A snapshot other than
  // (0, 0) needs its conf state.
  Status SaveSnapshot(const proto::WalSnapshot& snapshot);

  // Drops the locks of segments that only hold entries below `index`: all before the last one whose
  // name's index is below it. Purge() may remove them then.
  void ReleaseTo(RaftIndex index);

  // Makes the next segment ready; see SegmentPipeline::Step. A failure here doesn't spoil the log.
  StatusOr<bool> PrepareNextSegment(uint64_t max_bytes) { return pipeline_.Step(max_bytes); }

  // Commits, syncs and drops the prepared segment. The log takes nothing more.
  Status Close();

  RaftIndex last_index() const { return last_index_; }
  const proto::HardState& hard_state() const { return state_; }
  const std::string& metadata() const { return metadata_; }
  const SegmentName& tail_name() const { return segments_.back().name; }
  // Bytes written to the tail segment, and bytes appended and not yet written.
  uint64_t tail_bytes() const { return offset_; }
  uint64_t buffered_bytes() const { return buffer_.size(); }
  // Segments whose locks are held.
  size_t segments_held() const { return segments_.size(); }

 private:
  Log(Fs& fs, std::string dir, const LogOptions& options);

  Status CreateFiles(const std::string& temporary_dir);
  Status ZeroBehindEnd();
  Status Cut();
  Status SyncFile(File& file);
  Status Usable() const { return failed_; }
  // Spoils the log with `status` if it is an error, and returns it.
  Status Guard(Status status);
  std::string PathOf(const SegmentName& name) const;

  Fs& fs_;
  const std::string dir_;
  const LogOptions options_;
  SegmentPipeline pipeline_;
  std::string metadata_;
  std::vector<Segment> segments_;  // those whose locks are held; the last one is written to
  uint64_t offset_ = 0;
  uint32_t crc_ = 0;  // the chain's value after all that was appended
  std::string buffer_;
  std::string scratch_;
  proto::HardState state_;
  RaftIndex last_index_;
  bool must_sync_ = false;
  bool sync_due_ = false;  // between WriteStep and SyncStep
  Status failed_;
};

struct Log::Opened {
  std::unique_ptr<Log> log;
  LogSummary summary;
};

}  // namespace cairn::wal
