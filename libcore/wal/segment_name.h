// wal/segment_name.h: the names of WAL segments, and which segments of a directory hold what
// follows an index (formats.md, section 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/status.h"
#include "base/strong.h"

namespace cairn::wal {

// `%016x-%016x.wal`: the segment's number, and the index of the first entry that may be in it.
struct SegmentName {
  uint64_t sequence = 0;
  RaftIndex index;

  friend bool operator==(const SegmentName&, const SegmentName&) = default;
};

std::string FormatSegmentName(const SegmentName& name);
// Nothing when `name` isn't a segment's.
std::optional<SegmentName> ParseSegmentName(std::string_view name);

// The segments of `dir` by name, which is by sequence. Other files are passed over. NotFound when
// there is none.
StatusOr<std::vector<SegmentName>> ListSegments(Fs& fs, const std::string& dir);

// The segments of `dir` from the last one whose index is at or below `index`. Their numbers must
// follow one another without a gap.
StatusOr<std::vector<SegmentName>> SelectSegments(Fs& fs, const std::string& dir, RaftIndex index);

}  // namespace cairn::wal
