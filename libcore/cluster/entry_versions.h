// cluster/entry_versions.h: the oldest release of etcd that can replay a log entry, from what the
// messages say of their fields (proto/versionpb.proto). A storage downgrade asks it of the log's
// tail.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/status.h"
#include "cluster/storage_version.h"

namespace cairn::cluster {

// Whether a normal entry's data is a request of the v2 API (etcdserverpb.Request), which 3.4 and
// 3.5 still log. It holds the verb in field 2, which no v3 request uses.
bool IsV2Request(std::string_view data);

// `type` and `data` as in raftpb.Entry. Nothing for a request of the v2 API: it carries no version.
// Errors: DataLoss for data that is no request; Unimplemented for an entry type that no release
// writes.
StatusOr<std::optional<SemVer>> MinimalVersionOfEntry(uint64_t type, std::string_view data);

}  // namespace cairn::cluster
