// client/grpc_transport.cc: see grpc_transport.h. Calls are those of gRPC's generic stub: a method
// by its name, a message by its base class or as bytes.
#include "client/grpc_transport.h"

#include <google/protobuf/message_lite.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <deque>
#include <mutex>
#include <utility>

#include "client/credentials.h"
#include "client/grpc_channel.h"
#include "client/grpc_log.h"
#include "client/peer_check.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

using UnaryStub = grpc::TemplatedGenericStub<MessageLite, MessageLite>;
using MessageTraits = grpc::SerializationTraits<MessageLite>;

// How long Ctrl-C may wait for a call.
constexpr int64_t kLookNanos = 50'000'000;
// Who is quicker than the server would wake for each of its small messages, and let it know each
// time that there is room for another. After this pause there are some; a longer one takes more
// memory.
constexpr int64_t kBatchNanos = 700'000;

gpr_timespec ToGpr(Deadline deadline) {
  if (deadline.never()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(deadline.LeftNanos(), GPR_TIMESPAN));
}

Status ToStatus(const grpc::Status& status) {
  return Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

void SetOptions(const CallOptions& options, grpc::ClientContext& context) {
  if (!options.deadline.never()) context.set_deadline(ToGpr(options.deadline));
  if (!options.token.empty()) context.AddMetadata("token", options.token);
  if (options.needs_leader) context.AddMetadata("hasleader", "true");
  context.set_wait_for_ready(options.wait_for_ready);
}

struct Step {
  void* tag = nullptr;
  bool ok = false;
};

// Waits for the next step of a call. After Ctrl-C, and when `give_up` has come, cancels the call,
// which ends the step. No thread waits for the signal: to start one takes as long as a call.
Step AwaitStep(grpc::ClientContext& context, grpc::CompletionQueue& steps,
               Deadline give_up = Deadline::Never()) {
  Step step;
  while (steps.AsyncNext(&step.tag, &step.ok, ToGpr(Deadline::After(kLookNanos))) ==
         grpc::CompletionQueue::TIMEOUT) {
    if (InterruptSignal() != 0 || give_up.LeftNanos() == 0) context.TryCancel();
  }
  return step;
}

// The reading thread also takes note of what was written: a Write that finds another one under way
// leaves its message to it.
class GrpcStream : public Stream {
 public:
  GrpcStream(const std::shared_ptr<grpc::Channel>& channel, const char* method,
             const CallOptions& options) {
    SetOptions(options, context_);
    call_ = grpc::GenericStub(channel).PrepareCall(&context_, method, &steps_);
    call_->StartCall(kWritten);
  }
  ~GrpcStream() override {
    if (finished_) return;
    Cancel();
    (void)Finish();
  }

  void Write(const MessageLite& message) override {
    Outgoing one;
    bool own = false;
    // What can't be serialized is not sent: the messages are ours, and small.
    if (!MessageTraits::Serialize(message, &one.bytes, &own).ok()) return;
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(one));
    StartNext();
  }

  void WritesDone() override {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) waiting_.push_back({{}, true, false});
    waiting_.back().last = true;
    StartNext();
  }

  bool Read(MessageLite& message) override {
    if (!Receive([this] { return Next(); })) return false;
    const grpc::Status parsed = MessageTraits::Deserialize(&received_, &message);
    if (parsed.ok()) return true;
    unreadable_ = ToStatus(parsed);
    Cancel();
    return false;
  }

  bool ReadBytes(std::vector<std::string_view>& pieces, Deadline give_up) override {
    if (!Receive([&] { return NextOfMany(give_up); })) return false;
    slices_.clear();
    pieces.clear();
    if (const grpc::Status dumped = received_.Dump(&slices_); !dumped.ok()) {
      unreadable_ = absl::DataLossError(dumped.error_message());
      Cancel();
      return false;
    }
    for (const grpc::Slice& slice : slices_) {
      pieces.emplace_back(reinterpret_cast<const char*>(slice.begin()), slice.size());  // NOLINT
    }
    return true;
  }

  Status Finish() override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.clear();
      broken_ = true;
    }
    grpc::Status status;
    call_->Finish(&status, kFinished);
    for (bool ended = false; !ended || Writing();) {
      const Step step = Next();
      if (step.tag == kFinished) ended = true;
      if (step.tag == kWritten) Written(step.ok);
    }
    finished_ = true;
    return unreadable_.ok() ? ToStatus(status) : unreadable_;
  }

  void Cancel() override { context_.TryCancel(); }

 private:
  struct Outgoing {
    grpc::ByteBuffer bytes;
    bool last = false;
    bool message = true;  // false: only the end
  };
  static inline char tags_[3];  // NOLINT: only their addresses
  static constexpr void* kWritten = tags_;
  static constexpr void* kRead = tags_ + 1;
  static constexpr void* kFinished = tags_ + 2;

  Step Next() {
    Step step;
    steps_.Next(&step.tag, &step.ok);
    return step;
  }

  Step NextOfMany(Deadline give_up) {
    Step step;
    // Only a moment that is past is not waited for: others are rounded up to a millisecond.
    const gpr_timespec at_once = gpr_inf_past(GPR_CLOCK_MONOTONIC);
    if (steps_.AsyncNext(&step.tag, &step.ok, at_once) == grpc::CompletionQueue::GOT_EVENT) {
      return step;
    }
    SystemClock().SleepNanos(kBatchNanos);
    return AwaitStep(context_, steps_, give_up);
  }

  template <typename NextStep>
  bool Receive(NextStep next) {
    call_->Read(&received_, kRead);
    for (;;) {
      const Step step = next();
      if (step.tag == kRead) return step.ok;
      Written(step.ok);
    }
  }

  bool Writing() {
    const std::lock_guard lock(mutex_);
    return writing_;
  }

  void Written(bool ok) {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    broken_ = broken_ || !ok;
    StartNext();
  }

  // With mutex_. Starting a write does not wait for it.
  void StartNext() {
    if (writing_ || broken_ || waiting_.empty()) return;
    writing_ = true;
    const Outgoing one = std::move(waiting_.front());
    waiting_.pop_front();
    if (!one.message) {
      call_->WritesDone(kWritten);
    } else if (one.last) {
      call_->WriteLast(one.bytes, {}, kWritten);
    } else {
      call_->Write(one.bytes, kWritten);
    }
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue steps_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer received_;
  std::vector<grpc::Slice> slices_;
  Status unreadable_ = absl::OkStatus();
  bool finished_ = false;

  std::mutex mutex_;  // for all below
  std::deque<Outgoing> waiting_;
  bool writing_ = true;  // the start of the call counts as a write
  bool broken_ = false;  // nothing more can be sent
};

class GrpcLinkWatch : public LinkWatch {
 public:
  explicit GrpcLinkWatch(const std::vector<std::shared_ptr<grpc::Channel>>& channels)
      : channels_(channels), watched_(channels.size()) {}
  ~GrpcLinkWatch() override {
    changes_.Shutdown();
    Step step;
    while (changes_.Next(&step.tag, &step.ok)) {
    }
  }

  LinkState Look(size_t endpoint, Deadline until) override {
    const grpc_connectivity_state state = channels_[endpoint]->GetState(true);
    if (state == GRPC_CHANNEL_READY) return LinkState::kReady;
    if (!watched_[endpoint]) {
      watched_[endpoint] = true;
      channels_[endpoint]->NotifyOnStateChange(state, ToGpr(until), &changes_,
                                               reinterpret_cast<void*>(endpoint));  // NOLINT
    }
    return state == GRPC_CHANNEL_TRANSIENT_FAILURE ? LinkState::kFailed : LinkState::kConnecting;
  }

  bool Wait() override {
    Step step;
    changes_.Next(&step.tag, &step.ok);
    watched_[reinterpret_cast<size_t>(step.tag)] = false;  // NOLINT
    return step.ok;
  }

 private:
  const std::vector<std::shared_ptr<grpc::Channel>>& channels_;
  std::vector<bool> watched_;
  grpc::CompletionQueue changes_;
};

class GrpcTransport : public Transport {
 public:
  static StatusOr<std::unique_ptr<Transport>> Create(const ClientOptions& options) {
    auto transport = std::make_unique<GrpcTransport>();
    std::optional<TlsCredentials> tls;
    for (const Endpoint& endpoint : options.endpoints) {
      std::shared_ptr<grpc::ChannelCredentials> credentials;
      std::shared_ptr<PeerVerdict> verdict;
      if (UsesTls(options, endpoint)) {
        if (!tls.has_value()) {
          CAIRN_ASSIGN_OR_RETURN(tls, TlsCredentials::Read(options.tls));
        }
        verdict = std::make_shared<PeerVerdict>();
        credentials = tls->For(ServerName(options, endpoint), verdict);
      } else {
        credentials = grpc::InsecureChannelCredentials();
      }
      transport->verdicts_.push_back(std::move(verdict));
      transport->channels_.push_back(NewChannel(options, endpoint, credentials));
    }
    // Files that were named must be good, even if no endpoint needs them.
    if (!tls.has_value() && options.tls.configured() && options.tls.insecure_transport) {
      CAIRN_RETURN_IF_ERROR(TlsCredentials::Read(options.tls).status());
    }
    return transport;
  }

  Status Call(size_t endpoint, const char* method, const MessageLite& request,
              MessageLite& response, const CallOptions& options) override {
    grpc::ClientContext context;
    SetOptions(options, context);
    grpc::CompletionQueue answers;
    const auto call =
        UnaryStub(channels_[endpoint]).PrepareUnaryCall(&context, method, request, &answers);
    call->StartCall();
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    (void)AwaitStep(context, answers);  // how it went is in `status`
    return ToStatus(status);
  }

  std::unique_ptr<Stream> Open(size_t endpoint, const char* method,
                               const CallOptions& options) override {
    return std::make_unique<GrpcStream>(channels_[endpoint], method, options);
  }

  std::unique_ptr<ParallelCalls> StartParallel() override;

  bool Connected(size_t endpoint) override {
    return channels_[endpoint]->GetState(false) == GRPC_CHANNEL_READY;
  }

  std::unique_ptr<LinkWatch> WatchLinks() override {
    return std::make_unique<GrpcLinkWatch>(channels_);
  }

  TlsFault LastTlsFault(size_t endpoint) override {
    const PeerVerdict* verdict = verdicts_[endpoint].get();
    return {verdict == nullptr ? "" : verdict->refusal(), LastTlsError()};
  }

  const std::shared_ptr<grpc::Channel>& channel(size_t endpoint) const {
    return channels_[endpoint];
  }

 private:
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::shared_ptr<PeerVerdict>> verdicts_;  // none where there is no TLS
};

class GrpcParallelCalls : public ParallelCalls {
 public:
  ~GrpcParallelCalls() override {
    ended_.Shutdown();
    Step step;
    while (ended_.Next(&step.tag, &step.ok)) {
    }
  }

  void Start(size_t slot, Transport& transport, size_t endpoint, const char* method,
             const MessageLite& request, MessageLite& response,
             const CallOptions& options) override {
    while (slots_.size() <= slot) slots_.push_back(std::make_unique<Slot>());
    Slot& one = *slots_[slot];
    one.context = std::make_unique<grpc::ClientContext>();
    SetOptions(options, *one.context);
    one.call = UnaryStub(static_cast<GrpcTransport&>(transport).channel(endpoint))
                   .PrepareUnaryCall(one.context.get(), method, request, &ended_);
    one.call->StartCall();
    one.call->Finish(&response, &one.status, reinterpret_cast<void*>(slot));  // NOLINT
  }

  std::optional<Ended> Next(int64_t nanos) override {
    Step step;
    const gpr_timespec until =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(nanos, GPR_TIMESPAN));
    if (ended_.AsyncNext(&step.tag, &step.ok, until) != grpc::CompletionQueue::GOT_EVENT) {
      return std::nullopt;
    }
    const auto slot = reinterpret_cast<size_t>(step.tag);  // NOLINT
    return Ended{slot, ToStatus(slots_[slot]->status)};
  }

  void CancelAll() override {
    for (const auto& one : slots_) {
      if (one->context != nullptr) one->context->TryCancel();
    }
  }

 private:
  struct Slot {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<MessageLite>> call;
    grpc::Status status;
  };
  std::vector<std::unique_ptr<Slot>> slots_;
  grpc::CompletionQueue ended_;
};

std::unique_ptr<ParallelCalls> GrpcTransport::StartParallel() {
  return std::make_unique<GrpcParallelCalls>();
}

}  // namespace

StatusOr<std::unique_ptr<Transport>> NewGrpcTransport(const ClientOptions& options) {
  if (!options.debug) SilenceGrpcLog();
  return GrpcTransport::Create(options);
}

}  // namespace cairn::client
