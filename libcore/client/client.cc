// client/client.cc: see client.h.
#include "client/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "client/grpc_transport.h"
#include "client/refusals.h"
#include "client/rpc_error.h"
#include "client/token.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

constexpr int64_t kPauseNanos = 50'000'000;
// How often it is looked whether all endpoints refuse.
constexpr int64_t kLookWhyNanos = 200'000'000;
// How long a change of a connection is waited for before all is looked at again.
constexpr int64_t kFirstTurnNanos = 1'000'000, kLastTurnNanos = 50'000'000;
// A token may reach this member later than the one that gave it; and each change of users or roles
// makes those before it old.
constexpr int kMostTokens = 20;
constexpr const char* kUnknownEffect =
    "it is not known whether the request took effect: check before you repeat it";

// Where there is no token to renew: the user is named by a certificate.
bool SameTokenMayDo(const Status& status) {
  return Message(status) == "etcdserver: revision of auth store is old";
}

}  // namespace

StatusOr<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
  return Create(std::move(options), NewGrpcTransport);
}

StatusOr<std::unique_ptr<Client>> Client::Create(ClientOptions options, MakeTransport make) {
  if (options.endpoints.empty()) {
    return absl::InvalidArgumentError("etcdclient: no available endpoints");
  }
  std::unique_ptr<Client> client(new Client(std::move(options), std::move(make)));
  CAIRN_ASSIGN_OR_RETURN(client->transport_, client->make_(client->options_));
  client->unreachable_ = std::make_unique<Unreachable>(client->options_, *client->transport_);
  client->token_ = client->options_.jwt_token;
  return client;
}

StatusOr<std::unique_ptr<Client>> Client::WithEndpoints(std::vector<Endpoint> endpoints) {
  ClientOptions options = options_;
  options.endpoints = std::move(endpoints);
  return With(std::move(options));
}

StatusOr<std::unique_ptr<Client>> Client::WithMemory(int64_t bytes) {
  ClientOptions options = options_;
  options.memory_bytes = bytes;
  return With(std::move(options));
}

bool Client::TooLarge(const Status& status) {
  return absl::IsResourceExhausted(status) && Message(status).ends_with("Buffers full");
}

StatusOr<std::unique_ptr<Client>> Client::With(ClientOptions options) {
  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<Client> client, Create(std::move(options), make_));
  const std::lock_guard lock(token_mutex_);
  client->token_ = token_;
  client->authenticated_ = authenticated_;
  return client;
}

StatusOr<std::unique_ptr<Client>> Client::Another() { return WithEndpoints(options_.endpoints); }

StatusOr<size_t> Client::Connect(Deadline deadline) { return ConnectAmong(Usable(), deadline); }

Status Client::ConnectTo(size_t endpoint, Deadline deadline) {
  return ConnectAmong({endpoint}, deadline).status();
}

StatusOr<size_t> Client::ConnectAmong(const std::vector<size_t>& endpoints, Deadline deadline) {
  // Those that are ready together are looked at in this order: in the one given, the first would
  // get all calls of all clients.
  std::vector<size_t> order = endpoints;
  if (order.size() > 1) {
    const size_t first = SystemSeed() % order.size();
    std::rotate(order.begin(), order.begin() + static_cast<ptrdiff_t>(first), order.end());
  }
  const std::unique_ptr<LinkWatch> links = transport_->WatchLinks();
  // What is watched keeps the watch open until its turn is over, so turns begin short: a cluster
  // that is well answers in the first, and nothing is waited for afterwards.
  int64_t turn_nanos = kFirstTurnNanos;
  Deadline look = Deadline::After(0, clock());
  for (;;) {
    size_t failed = 0;
    const Deadline turn = deadline.Earlier(Deadline::After(turn_nanos, clock()));
    for (const size_t at : order) {
      const LinkState state = links->Look(at, turn);
      if (state == LinkState::kReady) return at;
      if (state == LinkState::kFailed) ++failed;
    }
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (deadline.LeftNanos() == 0) return NotReached(endpoints, unreachable_->Ask(endpoints));
    if (deadline.unless_refused() && failed == endpoints.size() && look.LeftNanos() == 0) {
      const std::vector<Hindrance> hindrances = unreachable_->Ask(endpoints);
      if (std::all_of(hindrances.begin(), hindrances.end(),
                      [](const Hindrance& one) { return one.lasting; })) {
        return NotReached(endpoints, hindrances);
      }
      look = Deadline::After(kLookWhyNanos, clock());
    }
    if (!links->Wait()) turn_nanos = std::min(2 * turn_nanos, kLastTurnNanos);
  }
}

Status Client::NotReached(const std::vector<size_t>& endpoints,
                          const std::vector<Hindrance>& hindrances) {
  std::string reasons = unreachable_->Reasons(endpoints, hindrances);
  const std::lock_guard lock(avoided_mutex_);
  for (const auto& [at, said] : avoided_) {
    if (std::find(endpoints.begin(), endpoints.end(), at) != endpoints.end()) continue;
    reasons += fmt::format("; {}: {}", options_.endpoints[at].shown, said);
  }
  return absl::DeadlineExceededError(fmt::format("context deadline exceeded ({})", reasons));
}

std::vector<size_t> Client::Usable() {
  std::vector<size_t> usable(options_.endpoints.size());
  std::iota(usable.begin(), usable.end(), 0);
  const std::lock_guard lock(avoided_mutex_);
  if (avoided_.size() < usable.size()) {
    std::erase_if(usable, [&](size_t at) { return avoided_.contains(at); });
  }
  return usable;
}

bool Client::Avoid(size_t endpoint, const Status& status) {
  const std::lock_guard lock(avoided_mutex_);
  avoided_[endpoint] = std::string(Message(status));
  return avoided_.size() < options_.endpoints.size();
}

StatusOr<CallOptions> Client::Prepare(Deadline deadline) {
  CAIRN_RETURN_IF_ERROR(Login(deadline));
  CallOptions options;
  options.deadline = deadline;
  {
    const std::lock_guard lock(token_mutex_);
    options.token = token_;
  }
  if (options.token.empty()) return options;
  CAIRN_RETURN_IF_ERROR(CheckToken(options.token, "the token of --auth-jwt-token"));
  return options;
}

Status Client::Login(Deadline deadline) {
  if (options_.user.empty()) return absl::OkStatus();
  const auto fetched = std::make_shared<Event>();
  for (;;) {
    std::shared_ptr<Event> other;
    {
      const std::lock_guard lock(token_mutex_);
      if (authenticated_ || !token_.empty()) return absl::OkStatus();
      other = fetching_;
      if (other == nullptr) {
        fetching_ = fetched;
        break;
      }
    }
    other->Wait();
  }
  std::string token;
  const Status status = FetchToken(deadline, token);
  const std::lock_guard lock(token_mutex_);
  fetching_ = nullptr;
  fetched->Set();
  if (!status.ok()) return status;
  token_ = std::move(token);
  authenticated_ = true;
  return absl::OkStatus();
}

Status Client::FetchToken(Deadline deadline, std::string& token) {
  etcdserverpb::AuthenticateRequest request;
  request.set_name(options_.user);
  request.set_password(options_.password);
  etcdserverpb::AuthenticateResponse response;
  Status answer;
  const Status status = SendAmong(
      Usable(), {kAuthenticate.name, request, response, kAuthenticate.repeat, deadline, false},
      answer);
  // A cluster without authentication takes everybody.
  if (!status.ok() && Message(status) != "etcdserver: authentication is not enabled") return status;
  CAIRN_RETURN_IF_ERROR(CheckToken(response.token(), "the token that the server gave"));
  token = response.token();
  return absl::OkStatus();
}

bool Client::DropToken() {
  const std::lock_guard lock(token_mutex_);
  if (options_.user.empty()) return false;
  token_.clear();
  authenticated_ = false;
  return true;
}

Status Client::Converted(size_t endpoint, const Status& status) const {
  const Status converted = RpcStatus(status);
  if (!absl::IsUnavailable(status)) return converted;
  if (Message(status).starts_with("etcdserver: ")) return converted;
  return absl::UnavailableError(
      fmt::format("{}: {}", options_.endpoints[endpoint].shown, Message(converted)));
}

Status Client::StreamStatus(size_t endpoint, const Status& status) {
  if (!status.ok() && AgainAfter(status) == Again::kElsewhere && Avoid(endpoint, status)) {
    return absl::UnavailableError(status.message());
  }
  return Converted(endpoint, status);
}

Status Client::Send(const std::vector<size_t>& endpoints, const Outgoing& call) {
  for (int round = 0;; ++round) {
    Status answer;
    const Status status = SendAmong(endpoints, call, answer);
    const bool new_token = !answer.ok() && AgainAfter(answer) == Again::kNewToken;
    if (!new_token || round >= kMostTokens || call.deadline.LeftNanos() <= kPauseNanos) {
      return status;
    }
    if (!DropToken() && !SameTokenMayDo(answer)) return status;
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (round > 0) clock().SleepNanos(kPauseNanos);
  }
}

Status Client::SendAmong(std::vector<size_t> endpoints, const Outgoing& call, Status& answer) {
  const std::vector<size_t> asked = endpoints;
  // A call to one endpoint waits for its connection by itself: less to do than to watch it come.
  // With unless_refused, the first attempt shows how the connection fails.
  bool wait = !call.deadline.unless_refused();
  for (;;) {
    const bool choice = endpoints.size() > 1;
    size_t at = endpoints[0];
    if (choice) {
      CAIRN_ASSIGN_OR_RETURN(at, ConnectAmong(endpoints, call.deadline));
    }
    CallOptions options;
    options.deadline = call.deadline;
    if (call.with_token) {
      CAIRN_ASSIGN_OR_RETURN(options, Prepare(call.deadline));
    }
    options.wait_for_ready = !choice && wait;
    answer = transport_->Call(at, call.method, call.request, call.response, options);
    if (answer.ok()) return absl::OkStatus();
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    const Again again = AgainAfter(answer);
    if (again == Again::kElsewhere && endpoints.size() > 1) {
      (void)Avoid(at, answer);
      std::erase(endpoints, at);
      continue;
    }
    // A server that keeps to the deadline, too, may say so first, and calls it canceled.
    const bool late = absl::IsDeadlineExceeded(answer) ||
                      (absl::IsCancelled(answer) && call.deadline.LeftNanos() <= kPauseNanos);
    if (late && !choice && !transport_->Connected(at)) {
      return NotReached(endpoints, unreachable_->Ask(endpoints));
    }
    if (!choice && !wait && NotConnected(answer)) {
      const Hindrance hindrance = unreachable_->Why(at, answer);
      if (hindrance.lasting) return NotReached(endpoints, {hindrance});
      wait = true;
      continue;
    }
    const bool repeats =
        again == Again::kAll || (again == Again::kReads && call.repeat == Repeat::kSafe);
    if (!repeats || call.deadline.LeftNanos() <= kPauseNanos) {
      return Final(asked, at, call, late, answer);
    }
    clock().SleepNanos(kPauseNanos);
    // Another one first.
    if (choice) std::rotate(endpoints.begin(), endpoints.begin() + 1, endpoints.end());
  }
}

Status Client::Final(const std::vector<size_t>& endpoints, size_t at, const Outgoing& call,
                     bool late, const Status& answer) const {
  if (late) {
    return absl::DeadlineExceededError(
        fmt::format("context deadline exceeded ({})", unreachable_->WhyLate(endpoints, at)));
  }
  const Status result = Converted(at, answer);
  const bool unknown = call.repeat == Repeat::kUnsafe && AgainAfter(answer) == Again::kReads;
  if (MayLackQuorum(answer)) {
    const std::string why = unreachable_->WhyLate(endpoints, at);
    return absl::UnavailableError(fmt::format(
        "{} ({}{}{})", Message(result), unknown ? kUnknownEffect : "", unknown ? "; " : "", why));
  }
  if (unknown) {
    return absl::UnavailableError(fmt::format("{} ({})", Message(result), kUnknownEffect));
  }
  return result;
}

}  // namespace cairn::client
