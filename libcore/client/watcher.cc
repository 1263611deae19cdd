// client/watcher.cc: see watcher.h.
#include "client/watcher.h"

#include <fmt/format.h>

#include <utility>

#include "client/refusals.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

using etcdserverpb::WatchCreateRequest;
using etcdserverpb::WatchRequest;
using etcdserverpb::WatchResponse;

constexpr int64_t kBroadcastId = -1;
constexpr int64_t kConnectTurnNanos = 1'000'000'000;
constexpr int64_t kPauseNanos = 50'000'000;
constexpr std::string_view kCompacted = "etcdserver: mvcc: required revision has been compacted";
constexpr std::string_view kFuture = "etcdserver: mvcc: required revision is a future revision";

bool NoLeader(const Status& status) { return Message(status) == "etcdserver: no leader"; }
bool NewTokenHelps(std::string_view text) { return AgainAfterText(text) == Again::kNewToken; }

}  // namespace

Watcher::~Watcher() {
  std::shared_ptr<Stream> stream;
  {
    const std::lock_guard lock(mutex_);
    stream = std::move(stream_);
  }
  // Goes without the lock, as it waits for the end of the stream.
}

size_t Watcher::Add(WatchCreateRequest request) {
  const std::lock_guard lock(mutex_);
  watches_.push_back({std::move(request)});
  CreateNext();
  return watches_.size() - 1;
}

size_t Watcher::size() {
  const std::lock_guard lock(mutex_);
  return watches_.size();
}

void Watcher::RequestProgress() {
  const std::lock_guard lock(mutex_);
  if (stream_ == nullptr) {
    progress_wanted_ = true;
    return;
  }
  WatchRequest request;
  request.mutable_progress_request();
  stream_->Write(request);
}

void Watcher::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  if (stream_ != nullptr) stream_->Cancel();
}

bool Watcher::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

StatusOr<Watcher::Answer> Watcher::Next() {
  while (answers_.empty()) {
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (stopped()) return absl::CancelledError("context canceled");
    if (Status opened = Open(); !opened.ok()) {
      if (absl::IsCancelled(opened)) return opened;
      TakeEnd(opened);
      continue;
    }
    WatchResponse response;
    const std::shared_ptr<Stream> stream = stream_;  // only this thread changes it
    const OnInterrupt cancel([&] { stream->Cancel(); });
    if (stream->Read(response)) {
      Take(std::move(response));
      continue;
    }
    const Status ended = client_.StreamStatus(last_endpoint_, stream->Finish());
    {
      const std::lock_guard lock(mutex_);
      stream_ = nullptr;
    }
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (stopped()) return absl::CancelledError("context canceled");
    TakeEnd(ended);
  }
  Answer answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

StatusOr<size_t> Watcher::FindEndpoint() {
  const size_t count = client_.endpoints().size();
  // The one without leader is well connected: others first.
  for (size_t i = 1; without_leader_ > 0 && i < count; ++i) {
    const size_t at = (last_endpoint_ + i) % count;
    if (client_.ConnectTo(at, Deadline::After(kConnectTurnNanos, client_.clock())).ok()) return at;
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  }
  for (;;) {
    const auto at = client_.Connect(Deadline::After(kConnectTurnNanos, client_.clock()));
    if (at.ok() || absl::IsCancelled(at.status())) return at;
    if (stopped()) return absl::CancelledError("context canceled");
  }
}

Status Watcher::Open() {
  if (stream_ != nullptr) return absl::OkStatus();
  CAIRN_ASSIGN_OR_RETURN(last_endpoint_, FindEndpoint());
  CAIRN_ASSIGN_OR_RETURN(CallOptions options, client_.Prepare(Deadline::Never()));
  options.needs_leader = true;
  std::shared_ptr<Stream> stream = client_.transport().Open(last_endpoint_, kWatch, options);
  const std::lock_guard lock(mutex_);
  stream_ = std::move(stream);
  // It came while there was no stream to cancel.
  if (stopped_) stream_->Cancel();
  creating_ = -1;
  for (Watch& watch : watches_) {
    watch.id = -1;
    watch.skip = watch.reported;
  }
  CreateNext();
  if (std::exchange(progress_wanted_, false)) {
    WatchRequest request;
    request.mutable_progress_request();
    stream_->Write(request);
  }
  return absl::OkStatus();
}

void Watcher::CreateNext() {
  if (stream_ == nullptr || creating_ >= 0) return;
  for (size_t i = 0; i < watches_.size(); ++i) {
    if (watches_[i].over || watches_[i].id >= 0) continue;
    creating_ = static_cast<int>(i);
    WatchRequest request;
    *request.mutable_create_request() = watches_[i].request;
    request.mutable_create_request()->set_fragment(true);
    // A failed write shows when the stream is read.
    stream_->Write(request);
    return;
  }
}

void Watcher::TakeCreated(WatchResponse response) {
  if (creating_ < 0) return;
  const auto at = static_cast<size_t>(std::exchange(creating_, -1));
  Watch& watch = watches_[at];
  if (response.canceled()) {
    if (NewTokenHelps(response.cancel_reason()) && !token_renewed_ && client_.DropToken()) {
      token_renewed_ = true;
      stream_->Cancel();
      return;
    }
    End(at, response.cancel_reason());
  } else {
    watch.id = response.watch_id();
    // So that it misses nothing when this stream breaks before the first event.
    if (watch.request.start_revision() == 0) {
      watch.request.set_start_revision(response.header().revision() + 1);
    }
  }
  CreateNext();
}

void Watcher::Take(WatchResponse response) {
  const std::lock_guard lock(mutex_);
  without_leader_ = 0;
  if (response.created()) {
    TakeCreated(std::move(response));
    return;
  }
  token_renewed_ = false;
  for (size_t i = 0; i < watches_.size(); ++i) {
    Watch& watch = watches_[i];
    const bool progress = response.events().empty() && !response.canceled();
    const bool addressed =
        watch.id == response.watch_id() || (response.watch_id() == kBroadcastId && progress);
    if (watch.over || watch.id < 0 || !addressed) continue;
    if (response.canceled() && response.compact_revision() == 0) {
      End(i, response.cancel_reason(), true);
      continue;
    }
    Answer answer{i, response, "", false};
    if (response.compact_revision() != 0) {
      watch.over = true;
      answer.response.set_canceled(true);
      answer.reason = kCompacted;
    } else if (!response.events().empty()) {
      TakeEvents(watch, answer.response);
    } else if (response.header().revision() >= watch.request.start_revision()) {
      watch.request.set_start_revision(response.header().revision() + 1);
    }
    answers_.push_back(std::move(answer));
  }
}

void Watcher::TakeEvents(Watch& watch, WatchResponse& response) {
  const int64_t again = watch.request.start_revision();
  int reported = 0;
  while (reported < response.events_size() && watch.skip > 0 &&
         response.events(reported).kv().mod_revision() == again) {
    ++reported;
    --watch.skip;
  }
  watch.skip = 0;
  response.mutable_events()->DeleteSubrange(0, reported);
  if (response.events().empty()) return;
  const int64_t revision = response.events(response.events_size() - 1).kv().mod_revision();
  if (!response.fragment()) {
    watch.request.set_start_revision(revision + 1);
    watch.reported = 0;
    return;
  }
  if (revision != again) watch.reported = 0;
  watch.request.set_start_revision(revision);
  for (const mvccpb::Event& event : response.events()) {
    if (event.kv().mod_revision() == revision) ++watch.reported;
  }
}

void Watcher::TakeEnd(const Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (NewTokenHelps(Message(status)) && !token_renewed_ && client_.DropToken()) {
      token_renewed_ = true;
      return;
    }
    const bool again = status.ok() || absl::IsUnavailable(status) || absl::IsInternal(status) ||
                       absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
    if (NoLeader(status)) ++without_leader_;
    if (!again || without_leader_ >= client_.endpoints().size()) {
      EndAll(std::string(Message(status)));
    }
  }
  client_.clock().SleepNanos(kPauseNanos);
}

void Watcher::End(size_t watch, std::string reason, bool withdrawn) {
  watches_[watch].over = true;
  Answer answer{watch, {}, reason.empty() ? std::string(kFuture) : std::move(reason), withdrawn};
  answer.response.set_canceled(true);
  answers_.push_back(std::move(answer));
}

void Watcher::EndAll(const std::string& reason) {
  for (size_t i = 0; i < watches_.size(); ++i) {
    if (!watches_[i].over) End(i, reason);
  }
}

}  // namespace cairn::client
