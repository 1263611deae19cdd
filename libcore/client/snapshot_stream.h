// client/snapshot_stream.h: a member's snapshot as it comes, without a copy of its bytes.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/client.h"
#include "proto/snapshot_part.h"

namespace cairn::client {

// Used by one thread. `client` must outlive it. Destroyed before the end, it gives the call up.
class SnapshotStream {
 public:
  // Asks the endpoint, which Client::Connect has found. When nothing has come for `idle_nanos` (0:
  // no limit), the stream has stalled, though the connection may be well: the member's disk hangs.
  // Errors: the server's.
  static StatusOr<std::unique_ptr<SnapshotStream>> Open(Client& client, size_t endpoint,
                                                        Deadline deadline, int64_t idle_nanos);

  // The next part, whose views hold until the next call; nothing at the stream's end. Errors: the
  // server's, DataLoss, DeadlineExceeded when it has stalled, Cancelled after Ctrl-C.
  StatusOr<const proto::SnapshotPart*> Next();

 private:
  SnapshotStream(Client& client, size_t endpoint, int64_t idle_nanos)
      : client_(client), endpoint_(endpoint), idle_nanos_(idle_nanos) {}
  // How the stream ended, in words.
  Status End(bool stalled);

  Client& client_;
  const size_t endpoint_;
  const int64_t idle_nanos_;
  std::unique_ptr<Stream> stream_;
  std::vector<std::string_view> pieces_;
  proto::SnapshotPart part_;
};

}  // namespace cairn::client
