// mvcc/schema.cc: the compaction marks of the meta bucket.
#include "mvcc/schema.h"

#include <fmt/format.h>

namespace cairn::mvcc {

std::string EncodeCompactRevision(int64_t main) {
  return std::string(RevisionKeyBytes({{main, 0}, false}).view());
}

StatusOr<int64_t> DecodeCompactRevision(std::string_view key, std::string_view value) {
  const auto parsed = ParseRevisionKey(value);
  if (!parsed) {
    return absl::DataLossError(
        fmt::format("meta/{}: not a revision ({} bytes)", key, value.size()));
  }
  return parsed->revision.main;
}

}  // namespace cairn::mvcc
