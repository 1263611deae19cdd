// proto/snapshot_part.h: etcdserverpb.SnapshotResponse as it lies in the buffers of a connection:
// what a snapshot is made of is not copied to be looked at.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::proto {

struct SnapshotPart {
  uint64_t remaining_bytes = 0;        // of the blobs to come
  std::vector<std::string_view> blob;  // one after the other; views into the message
  uint64_t blob_bytes = 0;
  std::string version;  // storage version, from etcd 3.6 on
};

// Reads the message whose bytes are the `pieces`, one after the other; `part` is written anew.
// Unknown fields are skipped. Errors: DataLoss for what is no such message.
Status DecodeSnapshotPart(std::span<const std::string_view> pieces, SnapshotPart& part);

}  // namespace cairn::proto
