// client/snapshot_stream.cc: see snapshot_stream.h.
#include "client/snapshot_stream.h"

#include <fmt/format.h>

#include "gotext/units.h"
#include "os/interrupt.h"

namespace cairn::client {

StatusOr<std::unique_ptr<SnapshotStream>> SnapshotStream::Open(Client& client, size_t endpoint,
                                                               Deadline deadline,
                                                               int64_t idle_nanos) {
  std::unique_ptr<SnapshotStream> snapshot(new SnapshotStream(client, endpoint, idle_nanos));
  CAIRN_ASSIGN_OR_RETURN(const CallOptions options, client.Prepare(deadline));
  snapshot->stream_ = client.transport().Open(endpoint, kSnapshot, options);
  snapshot->stream_->Write(etcdserverpb::SnapshotRequest());
  snapshot->stream_->WritesDone();
  return snapshot;
}

Status SnapshotStream::End(bool stalled) {
  const Status ended = stream_->Finish();
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  if (stalled) {
    return absl::DeadlineExceededError(fmt::format(
        "{}: the snapshot has stalled: nothing came for {} (--command-timeout sets another limit, "
        "for all of it)",
        client_.endpoints()[endpoint_].shown, FormatDuration(idle_nanos_)));
  }
  return client_.StreamStatus(endpoint_, ended);
}

StatusOr<const proto::SnapshotPart*> SnapshotStream::Next() {
  const Deadline idle =
      idle_nanos_ > 0 ? Deadline::After(idle_nanos_, client_.clock()) : Deadline::Never();
  if (!stream_->ReadBytes(pieces_, idle)) {
    CAIRN_RETURN_IF_ERROR(End(idle.LeftNanos() == 0));
    return nullptr;
  }
  CAIRN_RETURN_IF_ERROR(proto::DecodeSnapshotPart(pieces_, part_));
  return &part_;
}

}  // namespace cairn::client
