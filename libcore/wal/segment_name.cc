// wal/segment_name.cc: see segment_name.h.
#include "wal/segment_name.h"

#include <charconv>

#include <fmt/format.h>

namespace cairn::wal {

namespace {

std::optional<uint64_t> ParseHex16(std::string_view text) {
  uint64_t value = 0;
  for (const char c : text) {
    // Lower case only: two names for one segment would make the order ambiguous.
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string FormatSegmentName(const SegmentName& name) {
  return fmt::format("{:016x}-{:016x}.wal", name.sequence, name.index.value);
}

std::optional<SegmentName> ParseSegmentName(std::string_view name) {
  if (name.size() != 16 + 1 + 16 + 4 || name[16] != '-' || name.substr(33) != ".wal") {
    return std::nullopt;
  }
  const std::optional<uint64_t> sequence = ParseHex16(name.substr(0, 16));
  const std::optional<uint64_t> index = ParseHex16(name.substr(17, 16));
  if (!sequence || !index) return std::nullopt;
  return SegmentName{.sequence = *sequence, .index = RaftIndex(*index)};
}

StatusOr<std::vector<SegmentName>> ListSegments(Fs& fs, const std::string& dir) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(dir));
  std::vector<SegmentName> segments;
  for (const std::string& name : names) {
    if (const auto segment = ParseSegmentName(name)) segments.push_back(*segment);
  }
  if (segments.empty()) {
    return absl::NotFoundError(
        fmt::format("wal: file not found: {} holds no WAL segment; check that it is a member's WAL "
                    "directory",
                    dir));
  }
  return segments;
}

StatusOr<std::vector<SegmentName>> SelectSegments(Fs& fs, const std::string& dir, RaftIndex index) {
  CAIRN_ASSIGN_OR_RETURN(std::vector<SegmentName> segments, ListSegments(fs, dir));
  size_t first = segments.size();
  while (first > 0 && segments[first - 1].index > index) --first;
  if (first == 0) {
    return absl::NotFoundError(fmt::format(
        "wal: file not found which matches the snapshot index '{}': the oldest segment in {} "
        "begins "
        "at index {}; a newer snapshot is needed, or the older segments must be put back",
        index.value, dir, segments.front().index.value));
  }
  segments.erase(segments.begin(), segments.begin() + static_cast<ptrdiff_t>(first - 1));
  for (size_t i = 1; i < segments.size(); ++i) {
    if (segments[i].sequence != segments[i - 1].sequence + 1) {
      return absl::DataLossError(
          fmt::format("wal: file sequence numbers do not increase continuously: {} is followed by "
                      "{} in {}; put "
                      "the missing segment back or restore the member",
                      FormatSegmentName(segments[i - 1]), FormatSegmentName(segments[i]), dir));
    }
  }
  return segments;
}

}  // namespace cairn::wal
