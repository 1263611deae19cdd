// mvcc/boot_state.h: where a store stands when it is opened: its compact and current revision
// (docs/formats.md, section 8, "Boot"), and which revisions it can be asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/status.h"
#include "mvcc/revision.h"

namespace cairn::mvcc {

struct BootState {
  // -1: never compacted.
  int64_t finished_compact = -1;
  // 0: none was ever asked for.
  int64_t scheduled_compact = 0;
  int64_t current = 1;

  // A compaction was cut short and is done again at the next start.
  bool resumes_compaction() const {
    return scheduled_compact > 0 && scheduled_compact > finished_compact;
  }
  // What the store answers with once it is up: a resumed compaction counts at once, before its
  // records are gone from the disk.
  int64_t compact_revision() const {
    return resumes_compaction() ? scheduled_compact : finished_compact;
  }
};

// `finished` and `scheduled` are the values of those meta keys, nothing where the key is missing;
// `last_key` is the greatest revision in the key bucket. Errors: DataLoss.
StatusOr<BootState> ReadBootState(std::optional<std::string_view> finished,
                                  std::optional<std::string_view> scheduled,
                                  std::optional<Revision> last_key);

// Texts that clients match on.
inline constexpr const char* kErrCompacted = "mvcc: required revision has been compacted";
inline constexpr const char* kErrFutureRevision = "mvcc: required revision is a future revision";

// The revision that a request for `revision` means: 0 is the current one. OutOfRange with
// kErrCompacted or kErrFutureRevision where the store can't answer.
StatusOr<int64_t> ResolveRevision(int64_t revision, const BootState& state);

}  // namespace cairn::mvcc
