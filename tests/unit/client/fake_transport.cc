// tests/unit/client/fake_transport.cc: see fake_transport.h.
#include "fake_transport.h"

#include <fmt/format.h>

#include <algorithm>

namespace cairn::client {

namespace {

Status Refused() {
  return absl::UnavailableError(
      "failed to connect to all addresses; last error: UNKNOWN: ipv4:10.0.0.1:2379: Failed to "
      "connect to remote host: Connection refused");
}

}  // namespace

class FakeStream : public Stream {
 public:
  FakeStream(FakeCluster& cluster, FakeStreamScript script)
      : cluster_(cluster), script_(std::move(script)) {}

  void Write(const MessageLite& message) override {
    const std::lock_guard lock(cluster_.mutex_);
    cluster_.written.push_back(Bytes(message));
  }
  void WritesDone() override {}
  bool Read(MessageLite& message) override {
    std::unique_lock lock(mutex_);
    if (at_ < script_.messages.size() && !cancelled_) {
      return message.ParseFromString(script_.messages[at_++]);
    }
    if (script_.stays_open) changed_.wait(lock, [&] { return cancelled_; });
    return false;
  }
  bool ReadBytes(std::vector<std::string_view>& pieces, Deadline /*give_up*/) override {
    if (at_ >= script_.messages.size()) return false;
    pieces = {script_.messages[at_++]};
    return true;
  }
  Status Finish() override {
    const std::lock_guard lock(mutex_);
    return cancelled_ ? absl::CancelledError("CANCELLED") : script_.end;
  }
  void Cancel() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }

 private:
  FakeCluster& cluster_;
  const FakeStreamScript script_;
  size_t at_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool cancelled_ = false;
};

class FakeLinkWatch : public LinkWatch {
 public:
  explicit FakeLinkWatch(FakeCluster& cluster) : cluster_(cluster) {}
  LinkState Look(size_t endpoint, Deadline until) override {
    until_ = until;
    return cluster_.down[endpoint] ? LinkState::kFailed : LinkState::kReady;
  }
  bool Wait() override {
    cluster_.clock.SleepNanos(until_.LeftNanos());
    return false;
  }

 private:
  FakeCluster& cluster_;
  Deadline until_ = Deadline::Never();
};

class FakeTransport : public Transport {
 public:
  explicit FakeTransport(FakeCluster& cluster) : cluster_(cluster) {}

  Status Call(size_t endpoint, const char* method, const MessageLite& request,
              MessageLite& response, const CallOptions& options) override {
    if (cluster_.down[endpoint]) {
      if (!options.wait_for_ready) return Refused();
      cluster_.clock.SleepNanos(options.deadline.LeftNanos());
      return absl::DeadlineExceededError("Deadline Exceeded");
    }
    const FakeCall call{endpoint, method, Bytes(request), options};
    cluster_.calls.push_back(call);
    return cluster_.answer(call, response);
  }
  std::unique_ptr<Stream> Open(size_t endpoint, const char* method,
                               const CallOptions& options) override {
    cluster_.opened.push_back({endpoint, method, "", options});
    FakeStreamScript script{{}, absl::UnavailableError("the script is over"), false};
    if (!cluster_.streams.empty()) {
      script = cluster_.streams.front();
      cluster_.streams.pop_front();
    }
    return std::make_unique<FakeStream>(cluster_, std::move(script));
  }
  // No test makes parallel calls.
  std::unique_ptr<ParallelCalls> StartParallel() override { return nullptr; }
  bool Connected(size_t endpoint) override { return !cluster_.down[endpoint]; }
  std::unique_ptr<LinkWatch> WatchLinks() override {
    return std::make_unique<FakeLinkWatch>(cluster_);
  }
  TlsFault LastTlsFault(size_t /*endpoint*/) override { return {}; }
  Clock& clock() override { return cluster_.clock; }

 private:
  FakeCluster& cluster_;
};

std::unique_ptr<Client> FakeCluster::NewClient(ClientOptions options) {
  for (size_t i = 0; i < down.size(); ++i) {
    options.endpoints.push_back(*ParseEndpoint(fmt::format("e{}:2379", i)));
  }
  return *Client::Create(std::move(options),
                         [this](const ClientOptions&) -> StatusOr<std::unique_ptr<Transport>> {
                           return std::make_unique<FakeTransport>(*this);
                         });
}

size_t FakeCluster::Count(const std::string& method) const {
  return static_cast<size_t>(std::count_if(
      calls.begin(), calls.end(), [&](const FakeCall& call) { return call.method == method; }));
}

size_t FakeCluster::CountAt(const std::string& method, size_t endpoint) const {
  return static_cast<size_t>(std::count_if(calls.begin(), calls.end(), [&](const FakeCall& call) {
    return call.method == method && call.endpoint == endpoint;
  }));
}

std::string Bytes(const MessageLite& message) { return message.SerializeAsString(); }

Status Respond(const MessageLite& message, MessageLite& response) {
  return response.ParseFromString(Bytes(message)) ? absl::OkStatus()
                                                  : absl::InternalError("no such response");
}

}  // namespace cairn::client
