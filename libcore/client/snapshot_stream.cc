// client/snapshot_stream.cc: see snapshot_stream.h.
#include "client/snapshot_stream.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "gotext/units.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

constexpr const char* kMethod = "/etcdserverpb.Maintenance/Snapshot";
// Who is quicker than the server would wake for each of its small messages, and tell it each time
// that there is room for another. After this pause there are some; a longer one takes more memory.
constexpr int64_t kPauseNanos = 700'000;

}  // namespace

StatusOr<std::unique_ptr<SnapshotStream>> SnapshotStream::Open(Client& client, size_t endpoint,
                                                               Deadline deadline,
                                                               int64_t idle_nanos) {
  std::unique_ptr<SnapshotStream> stream(new SnapshotStream(client, endpoint, idle_nanos));
  CAIRN_RETURN_IF_ERROR(client.Prepare(stream->context_, deadline));
  grpc::GenericStub stub(client.channel(endpoint));
  stream->call_ = stub.PrepareCall(&stream->context_, kMethod, &stream->steps_);
  stream->call_->StartCall(nullptr);
  if (!stream->Await()) return stream->End();
  const grpc::Slice nothing;  // a SnapshotRequest
  stream->call_->WriteLast(grpc::ByteBuffer(&nothing, 1), {}, nullptr);
  if (!stream->Await()) return stream->End();
  return stream;
}

SnapshotStream::~SnapshotStream() {
  if (call_ == nullptr || ended_) return;
  context_.TryCancel();
  grpc::Status status;
  call_->Finish(&status, nullptr);
  (void)Await();
}

bool SnapshotStream::Await() {
  void* tag = nullptr;
  bool ok = false;
  // Only a moment that is past is not waited for: others are rounded up to a millisecond.
  const gpr_timespec at_once = gpr_inf_past(GPR_CLOCK_MONOTONIC);
  if (steps_.AsyncNext(&tag, &ok, at_once) == grpc::CompletionQueue::GOT_EVENT) return ok;
  SystemClock().SleepNanos(kPauseNanos);
  const Deadline idle = idle_nanos_ > 0 ? Deadline::After(idle_nanos_) : Deadline::Never();
  if (AwaitStep(context_, steps_, idle)) return true;
  stalled_ = stalled_ || idle.LeftNanos() == 0;
  return false;
}

Status SnapshotStream::End() {
  grpc::Status status;
  call_->Finish(&status, nullptr);
  (void)Await();
  ended_ = true;
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  if (stalled_) {
    return absl::DeadlineExceededError(fmt::format(
        "{}: the snapshot has stalled: nothing came for {} (--command-timeout sets another limit, "
        "for all of it)",
        client_.endpoints()[endpoint_].shown, FormatDuration(idle_nanos_)));
  }
  return client_.StreamStatus(endpoint_, status);
}

StatusOr<const proto::SnapshotPart*> SnapshotStream::Next() {
  call_->Read(&message_, nullptr);
  if (!Await()) {
    CAIRN_RETURN_IF_ERROR(End());
    return nullptr;
  }
  slices_.clear();
  pieces_.clear();
  if (const grpc::Status dumped = message_.Dump(&slices_); !dumped.ok()) {
    return absl::DataLossError(dumped.error_message());
  }
  for (const grpc::Slice& slice : slices_) {
    pieces_.emplace_back(reinterpret_cast<const char*>(slice.begin()), slice.size());  // NOLINT
  }
  CAIRN_RETURN_IF_ERROR(proto::DecodeSnapshotPart(pieces_, part_));
  return &part_;
}

}  // namespace cairn::client
