// mvcc/boot_state.cc: the revisions of a store that is being opened.
#include "mvcc/boot_state.h"

#include <algorithm>

#include "mvcc/schema.h"

namespace cairn::mvcc {

StatusOr<BootState> ReadBootState(std::optional<std::string_view> finished,
                                  std::optional<std::string_view> scheduled,
                                  std::optional<Revision> last_key) {
  BootState state;
  if (finished) {
    CAIRN_ASSIGN_OR_RETURN(state.finished_compact,
                           DecodeCompactRevision(kFinishedCompactKey, *finished));
  }
  if (scheduled) {
    CAIRN_ASSIGN_OR_RETURN(state.scheduled_compact,
                           DecodeCompactRevision(kScheduledCompactKey, *scheduled));
  }
  if (last_key) state.current = std::max(state.current, last_key->main);
  // A compaction may have taken the newest records, if those were deletions.
  state.current = std::max({state.current, state.finished_compact, state.scheduled_compact});
  return state;
}

StatusOr<int64_t> ResolveRevision(int64_t revision, const BootState& state) {
  if (revision == 0) return state.current;
  if (revision > 0 && revision < state.compact_revision()) {
    return absl::OutOfRangeError(kErrCompacted);
  }
  if (revision > state.current) return absl::OutOfRangeError(kErrFutureRevision);
  return revision;
}

}  // namespace cairn::mvcc
