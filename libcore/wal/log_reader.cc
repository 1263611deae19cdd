// wal/log_reader.cc: see log_reader.h.
#include "wal/log_reader.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace cairn::wal {

namespace {

StatusOr<std::vector<Segment>> OpenForReading(Fs& fs, const std::string& dir,
                                              const std::vector<SegmentName>& names) {
  std::vector<Segment> segments;
  for (const SegmentName& name : names) {
    CAIRN_ASSIGN_OR_RETURN(auto file, fs.Open(JoinPath(dir, FormatSegmentName(name)), {}));
    segments.push_back({.name = name, .file = std::move(file)});
  }
  return segments;
}

// `status`, an error in a record's data, with the record's place before it.
Status At(const RecordPlace& place, const Status& status) {
  return Corrupt(place.path, place.offset_bytes, Message(status));
}

// What walks the records of a log in order.
class Walk {
 public:
  Walk(SnapshotPoint start, LogVisitor& visitor) : start_(start), visitor_(visitor) {}

  Status Run(const std::vector<Segment>& segments);
  Status CheckSnapshotFound(const std::string& dir) const;
  LogSummary TakeSummary() { return std::move(summary_); }

 private:
  Status Take(const RecordView& record, const RecordPlace& place);
  Status TakeEntry(const RecordView& record, const RecordPlace& place);
  Status TakeSnapshot(const RecordView& record, const RecordPlace& place);

  const SnapshotPoint start_;
  LogVisitor& visitor_;
  LogSummary summary_;
  bool has_metadata_ = false;
  bool found_start_ = false;
  // The index of the last entry in force above start_, start_'s own before there is one.
  RaftIndex newest_;
};

Status Walk::Run(const std::vector<Segment>& segments) {
  newest_ = start_.index;
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    const File& file = *segments[i].file;
    summary_.segments.push_back(segments[i].name);
    SegmentReader reader(file, summary_.crc, last ? SegmentPlace::kLast : SegmentPlace::kInner);
    while (true) {
      CAIRN_ASSIGN_OR_RETURN(const std::optional<RecordView> record, reader.Next());
      if (!record) break;
      CAIRN_RETURN_IF_ERROR(
          Take(*record, {.path = file.path(), .offset_bytes = record->offset_bytes}));
    }
    if (reader.end() == SegmentEnd::kCorrupt) {
      return absl::DataLossError(
          fmt::format("{}; this is damage, not a crash's torn tail: restore the member from its "
                      "peers or from a "
                      "snapshot",
                      Message(reader.problem())));
    }
    summary_.crc = reader.crc();
    if (last) {
      summary_.end = reader.end();
      summary_.torn = reader.problem();
      summary_.tail_bytes = reader.good_bytes();
    }
  }
  return absl::OkStatus();
}

Status Walk::CheckSnapshotFound(const std::string& dir) const {
  if (found_start_) return absl::OkStatus();
  return absl::NotFoundError(fmt::format(
      "wal: snapshot not found: the log in {} has no record of the snapshot at index {}, "
      "term {}; start from one that it names",
      dir, start_.index.value, start_.term.value));
}

Status Walk::Take(const RecordView& record, const RecordPlace& place) {
  switch (record.type) {
    case RecordType::kEntry:
      return TakeEntry(record, place);
    case RecordType::kState: {
      const auto state = proto::DecodeHardState(record.data);
      if (!state.ok()) return At(place, state.status());
      summary_.hard_state = *state;
      return visitor_.OnHardState(*state, place);
    }
    case RecordType::kMetadata:
      if (has_metadata_ && summary_.metadata != record.data) {
        return Corrupt(place.path, place.offset_bytes,
                       "wal: conflicting metadata found: this segment belongs to another member or "
                       "cluster than those before it");
      }
      has_metadata_ = true;
      summary_.metadata.assign(record.data);
      return absl::OkStatus();
    case RecordType::kCrc:
      return absl::OkStatus();
    case RecordType::kSnapshot:
      return TakeSnapshot(record, place);
  }
  return Corrupt(place.path, place.offset_bytes,
                 fmt::format("unexpected block type {}", static_cast<int64_t>(record.type)));
}

Status Walk::TakeEntry(const RecordView& record, const RecordPlace& place) {
  const auto entry = proto::DecodeEntry(record.data);
  if (!entry.ok()) return At(place, entry.status());
  summary_.last_index = entry->index;
  if (entry->index <= start_.index) return absl::OkStatus();
  if (entry->index.value - 1 > newest_.value) {
    return Corrupt(
        place.path, place.offset_bytes,
        fmt::format(
            "wal: slice bounds out of range: entry {} of term {} follows entry {}, snapshot "
            "{} of term {}: the entries between them are missing",
            entry->index.value, entry->term.value, newest_.value, start_.index.value,
            start_.term.value));
  }
  newest_ = entry->index;
  return visitor_.OnEntry(*entry, place);
}

Status Walk::TakeSnapshot(const RecordView& record, const RecordPlace& place) {
  const auto snapshot = proto::DecodeWalSnapshot(record.data);
  if (!snapshot.ok()) return At(place, snapshot.status());
  summary_.last_index = std::max(summary_.last_index, snapshot->index);
  if (snapshot->index == start_.index) {
    if (snapshot->term != start_.term) {
      return absl::FailedPreconditionError(fmt::format(
          "{}: offset {}: wal: snapshot mismatch: the log's snapshot at index {} has term {}, the "
          "one asked for has term {}",
          place.path, place.offset_bytes, start_.index.value, snapshot->term.value,
          start_.term.value));
    }
    found_start_ = true;
  }
  return visitor_.OnSnapshot(*snapshot, place);
}

// Collects snapshot records.
class SnapshotCollector : public NoVisitor {
 public:
  Status OnSnapshot(const proto::WalSnapshot& snapshot, const RecordPlace&) override {
    snapshots.push_back(snapshot);
    return absl::OkStatus();
  }
  std::vector<proto::WalSnapshot> snapshots;
};

}  // namespace

Status EntryCollector::OnEntry(const proto::EntryView& entry, const RecordPlace&) {
  while (!entries_.empty() && entries_.back().index >= entry.index) entries_.pop_back();
  entries_.push_back({.type = entry.type,
                      .term = entry.term,
                      .index = entry.index,
                      .data = std::string(entry.data)});
  return absl::OkStatus();
}

StatusOr<LogSummary> ReadSegments(const std::string& dir, const std::vector<Segment>& segments,
                                  SnapshotPoint start, LogVisitor& visitor) {
  Walk walk(start, visitor);
  CAIRN_RETURN_IF_ERROR(walk.Run(segments));
  CAIRN_RETURN_IF_ERROR(walk.CheckSnapshotFound(dir));
  return walk.TakeSummary();
}

StatusOr<LogSummary> ReadLog(Fs& fs, const std::string& dir, SnapshotPoint start,
                             LogVisitor& visitor) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<SegmentName> names,
                         SelectSegments(fs, dir, start.index));
  CAIRN_ASSIGN_OR_RETURN(const std::vector<Segment> segments, OpenForReading(fs, dir, names));
  return ReadSegments(dir, segments, start, visitor);
}

StatusOr<std::vector<proto::WalSnapshot>> ValidSnapshotEntries(Fs& fs, const std::string& dir) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<SegmentName> names, ListSegments(fs, dir));
  CAIRN_ASSIGN_OR_RETURN(const std::vector<Segment> segments, OpenForReading(fs, dir, names));
  SnapshotCollector collector;
  // Above every index, so that entries are passed over: a log whose oldest segments were purged has
  // no snapshot that its first entries follow.
  Walk walk({.index = RaftIndex(UINT64_MAX), .term = Term(0)}, collector);
  CAIRN_RETURN_IF_ERROR(walk.Run(segments));
  const RaftIndex commit = walk.TakeSummary().hard_state.commit;
  std::erase_if(collector.snapshots, [&](const proto::WalSnapshot& s) { return s.index > commit; });
  return std::move(collector.snapshots);
}

}  // namespace cairn::wal
