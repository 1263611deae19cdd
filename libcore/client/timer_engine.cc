// client/timer_engine.cc: see timer_engine.h. gRPC 1.51 asks its EventEngine for timers alone:
// connections and names go through its older poller.
#include "client/timer_engine.h"

#include <grpc/event_engine/event_engine.h>

#include <memory>
#include <utility>

#include "base/check.h"
#include "base/timers.h"

namespace cairn::client {

namespace {

using grpc_event_engine::experimental::EndpointConfig;
using grpc_event_engine::experimental::EventEngine;
using grpc_event_engine::experimental::MemoryAllocator;
using grpc_event_engine::experimental::MemoryAllocatorFactory;

class TimerEngine : public EventEngine {
 public:
  void Run(Closure* closure) override { RunAfter(Duration::zero(), closure); }
  void Run(absl::AnyInvocable<void()> closure) override {
    RunAfter(Duration::zero(), std::move(closure));
  }
  TaskHandle RunAfter(Duration when, Closure* closure) override {
    return Given(timers_.After(when.count(), [closure] { closure->Run(); }));
  }
  TaskHandle RunAfter(Duration when, absl::AnyInvocable<void()> closure) override {
    // A function can be copied, this can't.
    auto shared = std::make_shared<absl::AnyInvocable<void()>>(std::move(closure));
    return Given(timers_.After(when.count(), [shared] { (*shared)(); }));
  }
  bool Cancel(TaskHandle handle) override {
    return timers_.Cancel({handle.keys[0], handle.keys[1]});
  }
  bool IsWorkerThread() override { return timers_.IsOwnThread(); }

  absl::StatusOr<std::unique_ptr<Listener>> CreateListener(
      Listener::AcceptCallback /*on_accept*/, absl::AnyInvocable<void(absl::Status)> /*on_end*/,
      const EndpointConfig& /*config*/, std::unique_ptr<MemoryAllocatorFactory> /*f*/) override {
    return absl::UnimplementedError("timers only");
  }
  ConnectionHandle Connect(OnConnectCallback /*on_connect*/, const ResolvedAddress& /*address*/,
                           const EndpointConfig& /*config*/, MemoryAllocator /*memory*/,
                           Duration /*timeout*/) override {
    CAIRN_CHECK(false);
    return {};
  }
  bool CancelConnect(ConnectionHandle /*handle*/) override { return false; }
  std::unique_ptr<DNSResolver> GetDNSResolver(
      const DNSResolver::ResolverOptions& /*options*/) override {
    return nullptr;
  }

 private:
  static TaskHandle Given(Timers::Handle handle) { return {handle.at_nanos, handle.number}; }

  Timers timers_;
};

}  // namespace

void UseTimerEngine() {
  static const bool once = [] {
    grpc_event_engine::experimental::SetEventEngineFactory(
        [] { return std::make_unique<TimerEngine>(); });
    return true;
  }();
  (void)once;
}

}  // namespace cairn::client
