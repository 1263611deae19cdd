// client/put_load.cc: see put_load.h.
#include "client/put_load.h"

#include <algorithm>
#include <cmath>

#include "client/rpc_error.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

using etcdserverpb::PutRequest;
using etcdserverpb::PutResponse;

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kTellEveryNanos = kSecond / 20;
// A put without an answer must not keep the check for ever.
constexpr int64_t kPutNanos = 60 * kSecond;
constexpr int64_t kConnectTurnNanos = kSecond;
// What is on its way when the load is stopped may still be answered for this long.
constexpr int64_t kGraceNanos = kSecond;

struct Put {
  size_t connection = 0;
  int64_t sent_nanos = 0;
  PutResponse response;
};

struct Connected {
  Client* client;
  size_t endpoint;
};

class Run {
 public:
  Run(const PutLoad& load, std::vector<Connected> connections)
      : load_(load),
        connections_(std::move(connections)),
        puts_(load.in_flight),
        calls_(connections_[0].client->transport().StartParallel()) {
    for (size_t i = 0; i < puts_.size(); ++i) {
      puts_[i].connection = i % connections_.size();
      idle_.push_back(i);
    }
  }

  StatusOr<PutLoadResult> Go() {
    start_nanos_ = next_put_nanos_ = next_tell_nanos_ = Now();
    Status going = absl::OkStatus();
    for (;;) {
      if (going.ok()) {
        going = Tell();
        stop_nanos_ = Now();
      } else if (Now() - stop_nanos_ > kGraceNanos) {
        calls_->CancelAll();
      }
      const bool more = going.ok() && !AllSent();
      while (more && !idle_.empty() && Due() && !AllSent()) CAIRN_RETURN_IF_ERROR(Send());
      if (!more && idle_.size() == puts_.size()) break;
      Take(more);
    }
    return Result();
  }

 private:
  static int64_t Now() { return SystemClock().MonotonicNanos(); }

  bool AllSent() const {
    return (load_.puts > 0 && sent_ >= load_.puts) ||
           (load_.nanos > 0 && Now() - start_nanos_ >= load_.nanos);
  }
  bool Due() const { return load_.per_second == 0 || Now() >= next_put_nanos_; }

  Status Tell() {
    const int64_t now = Now();
    if (now < next_tell_nanos_) return CheckInterrupt();
    next_tell_nanos_ = now + kTellEveryNanos;
    return load_.progress(static_cast<int64_t>(seconds_.size()));
  }

  Status Send() {
    if (load_.per_second > 0) {
      // What was not sent in time is not made up for.
      const int64_t step = kSecond / load_.per_second;
      next_put_nanos_ = std::max(next_put_nanos_, Now() - step) + step;
    }
    const size_t at = idle_.back();
    idle_.pop_back();
    Put& put = puts_[at];
    const Connected& to = connections_[put.connection];
    PutRequest request;
    load_.next(request);
    const auto options = to.client->Prepare(Deadline::After(kPutNanos));
    if (!options.ok()) {
      idle_.push_back(at);
      return options.status();
    }
    ++sent_;
    put.sent_nanos = Now();
    calls_->Start(at, to.client->transport(), to.endpoint, kPut.name, request, put.response,
                  *options);
    return absl::OkStatus();
  }

  // Takes an answer, or waits until the next put is due.
  void Take(bool more) {
    int64_t wait = kTellEveryNanos;
    if (more && !idle_.empty() && load_.per_second > 0) {
      wait = std::clamp<int64_t>(next_put_nanos_ - Now(), 0, wait);
    }
    const auto ended = calls_->Next(wait);
    if (!ended.has_value()) return;
    if (ended->status.ok()) {
      seconds_.push_back(static_cast<double>(Now() - puts_[ended->slot].sent_nanos) / kSecond);
    } else {
      ++errors_[std::string(Message(RpcStatus(ended->status)))];
    }
    idle_.push_back(ended->slot);
  }

  PutLoadResult Result() const {
    PutLoadResult result;
    result.errors = errors_;
    result.answered = static_cast<int64_t>(seconds_.size());
    if (seconds_.empty()) return result;
    const auto count = static_cast<double>(seconds_.size());
    result.puts_per_second = count * kSecond / static_cast<double>(Now() - start_nanos_);
    result.slowest_seconds = *std::max_element(seconds_.begin(), seconds_.end());
    double sum = 0, squares = 0;
    for (const double one : seconds_) sum += one;
    for (const double one : seconds_) squares += (one - sum / count) * (one - sum / count);
    result.stddev_seconds = std::sqrt(squares / count);
    return result;
  }

  const PutLoad& load_;
  std::vector<Connected> connections_;
  std::vector<Put> puts_;
  std::vector<size_t> idle_;  // puts that are not in flight
  // Before `puts_` goes, it waits for the last answers.
  std::unique_ptr<ParallelCalls> calls_;
  int64_t start_nanos_ = 0, next_put_nanos_ = 0, next_tell_nanos_ = 0;
  int64_t stop_nanos_ = 0;
  int64_t sent_ = 0;
  std::vector<double> seconds_;
  std::map<std::string, int64_t> errors_;
};

}  // namespace

StatusOr<PutLoadResult> RunPutLoad(const std::vector<std::unique_ptr<Client>>& clients,
                                   const PutLoad& load, Deadline connect) {
  std::vector<Connected> connections;
  for (size_t i = 0; i < clients.size(); ++i) {
    Client& client = *clients[i];
    // One that is down is left out, as long as there is another.
    size_t at = i % client.endpoints().size();
    const Deadline turn = connect.Earlier(Deadline::After(kConnectTurnNanos));
    if (!client.ConnectTo(at, turn).ok()) {
      CAIRN_ASSIGN_OR_RETURN(at, client.Connect(connect));
    }
    connections.push_back({&client, at});
  }
  return Run(load, std::move(connections)).Go();
}

}  // namespace cairn::client
