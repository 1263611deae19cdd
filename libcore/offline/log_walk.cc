// offline/log_walk.cc: see log_walk.h.
#include "offline/log_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace cairn::offline {

namespace {

constexpr uint64_t kReportBytes = 4 << 20;
constexpr uint64_t kSearchBytes = 1 << 20;
constexpr wal::RecordType kFirstRecords[] = {wal::RecordType::kCrc, wal::RecordType::kMetadata};

// Where the first byte at or after `offset` stands that isn't zero; nothing when all are.
StatusOr<std::optional<uint64_t>> FindNonZero(const File& file, uint64_t offset, uint64_t size) {
  std::string buffer;
  while (offset < size) {
    buffer.resize(std::min(size - offset, kSearchBytes));
    CAIRN_RETURN_IF_ERROR(ReadExactly(file, offset, buffer));
    const size_t at = buffer.find_first_not_of('\0');
    if (at != std::string::npos) return std::optional(offset + at);
    offset += buffer.size();
  }
  return std::optional<uint64_t>();
}

class Walker {
 public:
  Walker(const Context& context, const std::string& dir, wal::LogVisitor& visitor)
      : context_(context), dir_(dir), visitor_(visitor) {}

  StatusOr<LogExtent> Run(size_t first_segment);

 private:
  // False when the walk ends in this segment.
  StatusOr<bool> WalkSegment(size_t number);
  // False when `record` is damage of its own.
  StatusOr<bool> Take(const wal::RecordView& record, size_t number, const std::string& path);
  StatusOr<bool> TakeEntry(std::string_view data, size_t number, const wal::RecordPlace& place);
  bool TakeTerm(uint64_t term, std::string_view what, size_t number, const wal::RecordPlace& place);
  Status CheckEnd(const File& file, size_t number, bool last);

  void Damage(size_t number, uint64_t offset, std::string_view text) {
    extent_.damage = text;
    extent_.damage_at = {number, offset};
  }
  void DamageAt(size_t number, const wal::RecordPlace& place, std::string_view what) {
    Damage(number, place.offset_bytes, Message(Corrupt(place.path, place.offset_bytes, what)));
  }

  const Context& context_;
  const std::string& dir_;
  wal::LogVisitor& visitor_;
  LogExtent extent_;
  bool has_metadata_ = false;
  // The index after which the next entry may stand: of the last entry or a newer snapshot.
  uint64_t newest_ = 0;
  uint64_t term_ = 0;  // of the last entry or hard state
  size_t record_of_segment_ = 0;
  bool any_entry_ = false;
  std::string zeros_;  // what is odd about the end of the segment before, in words
  uint64_t done_bytes_ = 0, reported_bytes_ = 0;
};

StatusOr<LogExtent> Walker::Run(size_t first_segment) {
  CAIRN_ASSIGN_OR_RETURN(extent_.segments, wal::ListSegments(context_.fs, dir_));
  extent_.segments.erase(extent_.segments.begin(),
                         extent_.segments.begin() + static_cast<ptrdiff_t>(std::min(
                                                        first_segment, extent_.segments.size())));
  uint64_t total = 0;
  for (size_t i = 0; i < extent_.segments.size(); ++i) {
    const auto stat = context_.fs.Stat(extent_.PathOf(dir_, i));
    if (stat.ok()) total += stat->size;
  }
  context_.progress.Stage("reading", total);
  for (size_t i = 0; i < extent_.segments.size(); ++i) {
    const auto& name = extent_.segments[i];
    if (i > 0 && name.sequence != extent_.segments[i - 1].sequence + 1) {
      Damage(i, 0,
             fmt::format("{}: a segment is missing: {} is followed by {}", dir_,
                         wal::FormatSegmentName(extent_.segments[i - 1]),
                         wal::FormatSegmentName(name)));
      break;
    }
    CAIRN_ASSIGN_OR_RETURN(const bool go_on, WalkSegment(i));
    if (!go_on) break;
  }
  return std::move(extent_);
}

StatusOr<bool> Walker::WalkSegment(size_t number) {
  const bool last = number + 1 == extent_.segments.size();
  const std::string path = extent_.PathOf(dir_, number);
  const auto file = context_.fs.Open(path, {});
  if (!file.ok()) return file.status();
  record_of_segment_ = 0;
  wal::SegmentReader reader(**file, extent_.crc,
                            last ? wal::SegmentPlace::kLast : wal::SegmentPlace::kInner);
  while (true) {
    const auto record = reader.Next();
    if (!record.ok()) {  // the disk can't read it
      Damage(number, reader.good_bytes(),
             fmt::format("{}: offset {}: {}", path, reader.good_bytes(), Message(record.status())));
      return false;
    }
    if (!record->has_value()) break;
    CAIRN_ASSIGN_OR_RETURN(const bool whole, Take(**record, number, path));
    if (!whole) return false;
    ++extent_.records;
    extent_.end = {number, reader.good_bytes()};
    extent_.crc = reader.crc();
    done_bytes_ += (*record)->total_bytes;
    if (done_bytes_ - reported_bytes_ >= kReportBytes) {
      reported_bytes_ = done_bytes_;
      CAIRN_RETURN_IF_ERROR(context_.progress.Update(done_bytes_));
    }
  }
  switch (reader.end()) {
    case wal::SegmentEnd::kCorrupt:
      if (reader.good_bytes() == 0 && !zeros_.empty()) {
        Damage(extent_.end.segment, extent_.end.offset, zeros_);
      } else {
        Damage(number, reader.good_bytes(), Message(reader.problem()));
      }
      return false;
    case wal::SegmentEnd::kTornTail:
      extent_.torn = Message(reader.problem());
      return false;
    case wal::SegmentEnd::kClean:
      break;
  }
  zeros_.clear();
  CAIRN_RETURN_IF_ERROR(CheckEnd(**file, number, last));
  return extent_.whole();
}

// A segment that has a successor was cut after its last record: zeros there are to blame when the
// successor's first record doesn't follow. Zeros before the end of the last one are room for more,
// unless something stands after them.
Status Walker::CheckEnd(const File& file, size_t number, bool last) {
  const auto size = file.Size();
  if (!size.ok()) return size.status();
  const uint64_t end = extent_.end.segment == number ? extent_.end.offset : 0;
  if (end == 0) {
    Damage(number, 0, fmt::format("{}: offset 0: the segment holds no record", file.path()));
    return absl::OkStatus();
  }
  if (end == *size) return absl::OkStatus();
  if (!last) {
    zeros_ = Message(
        Corrupt(file.path(), end,
                fmt::format("zeros up to the end at {}, although another segment follows", *size)));
    return absl::OkStatus();
  }
  const auto behind = FindNonZero(file, end, *size);
  if (!behind.ok()) {
    Damage(number, end,
           fmt::format("{}: offset {}: {}", file.path(), end, Message(behind.status())));
  } else if (behind->has_value()) {
    extent_.torn = Message(
        Corrupt(file.path(), end,
                fmt::format("zeros end the log, but there is data after them from offset {} on",
                            **behind)));
  }
  return absl::OkStatus();
}

StatusOr<bool> Walker::Take(const wal::RecordView& record, size_t number, const std::string& path) {
  const wal::RecordPlace place{.path = path, .offset_bytes = record.offset_bytes};
  // Every segment begins with the checksum of the log before it and the member's metadata.
  if (record_of_segment_ < std::size(kFirstRecords) &&
      record.type != kFirstRecords[record_of_segment_]) {
    DamageAt(number, place,
             fmt::format("block type {} where a segment has type {}",
                         static_cast<int64_t>(record.type),
                         static_cast<int64_t>(kFirstRecords[record_of_segment_])));
    return false;
  }
  ++record_of_segment_;
  switch (record.type) {
    case wal::RecordType::kEntry:
      return TakeEntry(record.data, number, place);
    case wal::RecordType::kState: {
      const auto state = proto::DecodeHardState(record.data);
      if (!state.ok()) {
        DamageAt(number, place, Message(state.status()));
        return false;
      }
      if (!TakeTerm(state->term.value, "a hard state", number, place)) return false;
      extent_.hard_state = *state;
      CAIRN_RETURN_IF_ERROR(visitor_.OnHardState(*state, place));
      return true;
    }
    case wal::RecordType::kSnapshot: {
      auto snapshot = proto::DecodeWalSnapshot(record.data);
      if (!snapshot.ok()) {
        DamageAt(number, place, Message(snapshot.status()));
        return false;
      }
      newest_ = std::max(newest_, snapshot->index.value);
      CAIRN_RETURN_IF_ERROR(visitor_.OnSnapshot(*snapshot, place));
      extent_.snapshots.push_back(*std::move(snapshot));
      return true;
    }
    case wal::RecordType::kMetadata:
      if (has_metadata_ && extent_.metadata != record.data) {
        DamageAt(number, place,
                 "wal: conflicting metadata found: this segment belongs to another member or "
                 "cluster than those before it");
        return false;
      }
      if (const auto decoded = proto::DecodeMemberMetadata(record.data); !decoded.ok()) {
        DamageAt(number, place, Message(decoded.status()));
        return false;
      }
      has_metadata_ = true;
      extent_.metadata.assign(record.data);
      return true;
    case wal::RecordType::kCrc:
      return true;
  }
  DamageAt(number, place,
           fmt::format("unexpected block type {}", static_cast<int64_t>(record.type)));
  return false;
}

// Raft writes nothing of a term that is over, also where entries replace others. A record's
// checksum does not cover its type: one that changed mostly shows here.
bool Walker::TakeTerm(uint64_t term, std::string_view what, size_t number,
                      const wal::RecordPlace& place) {
  if (term < term_) {
    DamageAt(number, place,
             fmt::format("{} of term {} after one of term {}: terms never go back", what, term,
                         term_));
    return false;
  }
  term_ = term;
  return true;
}

StatusOr<bool> Walker::TakeEntry(std::string_view data, size_t number,
                                 const wal::RecordPlace& place) {
  const auto entry = proto::DecodeEntry(data);
  if (!entry.ok()) {
    DamageAt(number, place, Message(entry.status()));
    return false;
  }
  const uint64_t index = entry->index.value;
  if (index == 0) {
    DamageAt(number, place, "an entry without an index");
    return false;
  }
  // A log whose oldest segments were purged begins anywhere.
  const bool follows = index - 1 <= newest_ || (!any_entry_ && extent_.segments[0].index.value > 0);
  if (!follows) {
    DamageAt(number, place,
             fmt::format("entry {} follows entry {}: the entries between them are missing", index,
                         newest_));
    return false;
  }
  if (!TakeTerm(entry->term.value, fmt::format("entry {}", index), number, place)) return false;
  CAIRN_RETURN_IF_ERROR(visitor_.OnEntry(*entry, place));
  if (!any_entry_ || index < extent_.first_index) extent_.first_index = index;
  any_entry_ = true;
  ++extent_.entries;
  extent_.last_index = newest_ = index;
  return true;
}

}  // namespace

std::string LogExtent::PathOf(const std::string& dir, size_t segment) const {
  return JoinPath(dir, wal::FormatSegmentName(segments[segment]));
}

std::optional<proto::WalSnapshot> LogExtent::Start() const {
  std::optional<proto::WalSnapshot> start;
  for (const proto::WalSnapshot& snapshot : snapshots) {
    if (snapshot.index > hard_state.commit || snapshot.index < segments[0].index) continue;
    if (!start.has_value() || snapshot.index >= start->index) start = snapshot;
  }
  return start;
}

StatusOr<LogExtent> WalkLog(const Context& context, const std::string& dir,
                            wal::LogVisitor& visitor, size_t first_segment) {
  return Walker(context, dir, visitor).Run(first_segment);
}

}  // namespace cairn::offline
