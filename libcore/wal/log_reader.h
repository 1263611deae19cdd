// wal/log_reader.h: reads the log of a WAL directory from the segment that covers a snapshot on
// (formats.md, section 4).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/status.h"
#include "base/strong.h"
#include "proto/raft_view.h"
#include "proto/wal_view.h"
#include "wal/segment_name.h"
#include "wal/segment_reader.h"

namespace cairn::wal {

// The snapshot that reading starts after; (0, 0) is the one that every new log begins with.
struct SnapshotPoint {
  RaftIndex index;
  Term term;
};

// Where a record stands.
struct RecordPlace {
  const std::string& path;
  uint64_t offset_bytes;
};

// Given what a log holds, in order. Views are valid during the call. An error stops the reading and
// comes out of it.
class LogVisitor {
 public:
  virtual ~LogVisitor() = default;
  // An entry above the starting snapshot. One whose index is at or below that of an earlier one
  // replaces it and all that came after it: those were never committed.
  virtual Status OnEntry(const proto::EntryView& entry, const RecordPlace& place) = 0;
  virtual Status OnHardState(const proto::HardState&, const RecordPlace&) {
    return absl::OkStatus();
  }
  virtual Status OnSnapshot(const proto::WalSnapshot&, const RecordPlace&) {
    return absl::OkStatus();
  }
};

// Keeps the entries that are in force, data and all.
class EntryCollector : public LogVisitor {
 public:
  struct Entry {
    proto::EntryType type;
    Term term;
    RaftIndex index;
    std::string data;
  };
  Status OnEntry(const proto::EntryView& entry, const RecordPlace& place) override;
  std::vector<Entry>& entries() { return entries_; }

 private:
  std::vector<Entry> entries_;
};

// Passes over everything.
class NoVisitor : public LogVisitor {
 public:
  Status OnEntry(const proto::EntryView&, const RecordPlace&) override { return absl::OkStatus(); }
};

// What a log says besides its entries.
struct LogSummary {
  std::string metadata;         // etcdserverpb.Metadata as written; empty when there is none
  proto::HardState hard_state;  // the last one
  // The newest index that the log tells of, by an entry in force or a snapshot record. A writer
  // goes on after it.
  RaftIndex last_index;
  std::vector<SegmentName> segments;  // those that were read
  // How the last segment ended. kTornTail is left for the caller to judge: a reader may go on, a
  // writer must repair first. kCorrupt doesn't come out: it is an error.
  SegmentEnd end = SegmentEnd::kClean;
  Status torn;  // with kTornTail: where and why
  uint64_t tail_bytes = 0;
  uint32_t crc = 0;  // the chain's value at the end
};

// An open segment.
struct Segment {
  SegmentName name;
  std::unique_ptr<File> file;
};

// Reads the log in `dir` from the newest segment that can hold what follows `start`, taking no
// lock.
//
// Errors: NotFound when no segment covers `start` or the log has no record of it ("wal: snapshot
// not found"); FailedPrecondition when its term is another one ("wal: snapshot mismatch");
// DataLoss, naming file and offset, for corruption, a gap in the entries or in the segments, or two
// different metadata records; what the visitor returns.
StatusOr<LogSummary> ReadLog(Fs& fs, const std::string& dir, SnapshotPoint start,
                             LogVisitor& visitor);

// The same over segments that are open already, in order; for a writer, which holds their locks.
StatusOr<LogSummary> ReadSegments(const std::string& dir, const std::vector<Segment>& segments,
                                  SnapshotPoint start, LogVisitor& visitor);

// The snapshots that a member may start from: every snapshot record of the whole log whose index is
// at or below the last committed index, oldest first. A torn tail is passed over.
StatusOr<std::vector<proto::WalSnapshot>> ValidSnapshotEntries(Fs& fs, const std::string& dir);

}  // namespace cairn::wal
