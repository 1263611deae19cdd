// client/client.cc: see client.h.
#include "client/client.h"

#include <fmt/format.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <optional>

#include "base/random.h"
#include "client/connect_reason.h"
#include "client/credentials.h"
#include "client/grpc_log.h"
#include "client/refusals.h"
#include "client/rpc_error.h"
#include "client/token.h"
#include "client/what_listens.h"
#include "etcdserverpb.grpc.pb.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

constexpr int kDefaultSendBytes = 2 << 20;
constexpr int kLookaheadBytes = 2 << 20;
constexpr int kFirstReconnectMillis = 100;
constexpr int kLastReconnectMillis = 1000;
// A server takes more frequent pings for an attack and ends the connection (its
// --grpc-keepalive-min-time is 5 s); etcd's own client, asked for less, takes 10 s, too.
constexpr int64_t kLeastKeepaliveNanos = 10'000'000'000;
constexpr int64_t kPauseNanos = 50'000'000;
constexpr int64_t kAskWhyNanos = 300'000'000;
constexpr int64_t kAskLeaderNanos = 600'000'000;
// How often it is looked whether all endpoints refuse.
constexpr int64_t kLookWhyNanos = 200'000'000;
// A token may reach this member later than the one that gave it; and each change of users or roles
// makes those before it old.
constexpr int kMostTokens = 20;

int Milliseconds(int64_t nanos) {
  return static_cast<int>(std::clamp<int64_t>(nanos / 1'000'000, 1, INT32_MAX));
}

const std::string& ServerName(const ClientOptions& options, const Endpoint& endpoint) {
  return options.tls.server_name.empty() ? endpoint.host : options.tls.server_name;
}

grpc::ChannelArguments ArgumentsFor(const ClientOptions& options, const Endpoint& endpoint) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(
      options.max_send_bytes > 0
          ? static_cast<int>(std::min<int64_t>(options.max_send_bytes, INT32_MAX))
          : kDefaultSendBytes);
  arguments.SetMaxReceiveMessageSize(
      options.max_recv_bytes > 0
          ? static_cast<int>(std::min<int64_t>(options.max_recv_bytes, INT32_MAX))
          : -1);
  arguments.SetInt(
      GRPC_ARG_KEEPALIVE_TIME_MS,
      Milliseconds(std::max<int64_t>(options.keepalive_time_nanos, kLeastKeepaliveNanos)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout_nanos));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMillis);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kLastReconnectMillis);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLastReconnectMillis);
  // What a stream may send ahead of its reader; the connection's window follows the way's length.
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kLookaheadBytes);
  // Retries are decided here.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  if (options.memory_bytes > 0) {
    grpc::ResourceQuota quota;
    quota.Resize(static_cast<size_t>(options.memory_bytes));
    arguments.SetResourceQuota(quota);
  }
  // A proxy of the environment is for the web, not for a cluster.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, endpoint.authority);
  // Only then: over TLS it takes the authority's place, without the port. A server refuses to be
  // asked for a name with a dot at its end.
  const std::string& name = ServerName(options, endpoint);
  if (!options.tls.server_name.empty() || endpoint.authority.starts_with(name + ".:")) {
    arguments.SetSslTargetNameOverride(name);
  }
  return arguments;
}

bool IsTls(const ClientOptions& options, const Endpoint& endpoint) {
  using Security = Endpoint::Security;
  return endpoint.security == Security::kTls ||
         (endpoint.security == Security::kAsConfigured && options.tls.configured());
}

// Where there is no token to renew: the user is named by a certificate.
bool SameTokenMayDo(const grpc::Status& status) {
  return status.error_message() == "etcdserver: revision of auth store is old";
}

}  // namespace

StatusOr<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
  if (options.endpoints.empty()) {
    return absl::InvalidArgumentError("etcdclient: no available endpoints");
  }
  if (!options.debug) SilenceGrpcLog();
  std::unique_ptr<Client> client(new Client(std::move(options)));
  const ClientOptions& o = client->options_;
  std::optional<TlsCredentials> tls;
  for (const Endpoint& endpoint : o.endpoints) {
    const bool secure = IsTls(o, endpoint);
    std::shared_ptr<grpc::ChannelCredentials> credentials;
    std::shared_ptr<PeerVerdict> verdict;
    if (secure) {
      if (!tls.has_value()) {
        CAIRN_ASSIGN_OR_RETURN(tls, TlsCredentials::Read(o.tls));
      }
      verdict = std::make_shared<PeerVerdict>();
      credentials = tls->For(ServerName(o, endpoint), verdict);
    } else {
      credentials = grpc::InsecureChannelCredentials();
    }
    client->all_.push_back(client->channels_.size());
    client->verdicts_.push_back(std::move(verdict));
    client->channels_.push_back(
        grpc::CreateCustomChannel(endpoint.target, credentials, ArgumentsFor(o, endpoint)));
  }
  // Files that were named must be good, even if no endpoint needs them.
  if (!tls.has_value() && o.tls.configured() && o.tls.insecure_transport) {
    CAIRN_RETURN_IF_ERROR(TlsCredentials::Read(o.tls).status());
  }
  client->token_ = o.jwt_token;
  return client;
}

Client::~Client() = default;

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
  CAIRN_ASSIGN_OR_RETURN(std::unique_ptr<Client> client, Create(std::move(options)));
  const std::lock_guard lock(mutex_);
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
  grpc::CompletionQueue changes;
  std::vector<bool> watched(channels_.size());
  // What is watched keeps the queue open until its turn is over, so turns begin short: a cluster
  // that is well answers in the first, and nothing is waited for afterwards.
  int64_t turn_nanos = 1'000'000;
  Deadline look = Deadline::After(0);
  const auto connect = [&]() -> StatusOr<size_t> {
    for (;;) {
      size_t failed = 0;
      for (const size_t at : order) {
        const grpc_connectivity_state state = channels_[at]->GetState(true);
        if (state == GRPC_CHANNEL_READY) return at;
        if (state == GRPC_CHANNEL_TRANSIENT_FAILURE) ++failed;
        if (watched[at]) continue;
        watched[at] = true;
        channels_[at]->NotifyOnStateChange(state,
                                           ToGpr(deadline.Earlier(Deadline::After(turn_nanos))),
                                           &changes, reinterpret_cast<void*>(at));  // NOLINT
      }
      CAIRN_RETURN_IF_ERROR(CheckInterrupt());
      if (deadline.LeftNanos() == 0) return NotReached(endpoints, AskWhyNot(endpoints));
      if (deadline.unless_refused() && failed == endpoints.size() && look.LeftNanos() == 0) {
        const std::vector<Hindrance> hindrances = AskWhyNot(endpoints);
        if (std::all_of(hindrances.begin(), hindrances.end(),
                        [](const Hindrance& one) { return one.lasting; })) {
          return NotReached(endpoints, hindrances);
        }
        look = Deadline::After(kLookWhyNanos);
      }
      void* tag = nullptr;
      bool changed = false;
      changes.Next(&tag, &changed);
      watched[reinterpret_cast<size_t>(tag)] = false;  // NOLINT
      if (!changed) turn_nanos = std::min<int64_t>(2 * turn_nanos, 50'000'000);
    }
  };
  StatusOr<size_t> result = connect();
  changes.Shutdown();
  void* tag = nullptr;
  bool changed = false;
  while (changes.Next(&tag, &changed)) {
  }
  return result;
}

Client::Hindrance Client::WhyNot(size_t endpoint, const grpc::Status& status) const {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return {"no answer", false};
  const bool tls = IsTls(options_, options_.endpoints[endpoint]);
  if (tls) {
    if (std::string refusal = verdicts_[endpoint]->refusal(); !refusal.empty()) {
      return {std::move(refusal), true};
    }
  }
  Hindrance hindrance;
  hindrance.text = ConnectReason(status.error_message(), LastTlsError(), tls);
  hindrance.lasting = hindrance.text == kConnectionRefused || hindrance.text == kNoSocket;
  if (hindrance.text == kClientRefused && !options_.tls.cert_file.empty()) {
    hindrance.text = ClientCertificateFault(options_.tls);
  }
  return hindrance;
}

std::string Client::WhyEnded(size_t at) const {
  const Endpoint& endpoint = options_.endpoints[at];
  const Deadline soon = Deadline::After(kAskWhyNanos);
  if (IsTls(options_, endpoint)) {
    if (SpeaksPlainHttp2(endpoint, soon)) return std::string(kNoTls);
    // The alert that says so is lost when the server closes before it has read all.
    std::string fault = ClientCertificateFault(options_.tls, true);
    if (!fault.empty()) return fault;
  } else if (SpeaksTls(endpoint, soon)) {
    return std::string(kWantsTls);
  }
  return std::string(kEnded);
}

std::vector<Client::Hindrance> Client::AskWhyNot(const std::vector<size_t>& endpoints) const {
  std::vector<Hindrance> hindrances;
  for (const size_t at : endpoints) {
    grpc::ClientContext context;
    context.set_deadline(ToGpr(Deadline::After(kAskWhyNanos / int64_t(endpoints.size()))));
    etcdserverpb::StatusResponse response;
    hindrances.push_back(
        WhyNot(at, etcdserverpb::Maintenance::Stub(channels_[at]).Status(&context, {}, &response)));
  }
  return hindrances;
}

Status Client::NotReached(const std::vector<size_t>& endpoints,
                          const std::vector<Hindrance>& hindrances) {
  std::string reasons;
  const auto add = [&](size_t at, std::string_view why) {
    reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", options_.endpoints[at].shown,
                           why);
  };
  for (size_t i = 0; i < endpoints.size(); ++i) {
    add(endpoints[i],
        hindrances[i].text == kEnded ? WhyEnded(endpoints[i]) : hindrances[i].text);
  }
  const std::lock_guard lock(avoided_mutex_);
  for (const auto& [at, said] : avoided_) {
    if (std::find(endpoints.begin(), endpoints.end(), at) == endpoints.end()) add(at, said);
  }
  return absl::DeadlineExceededError(fmt::format("context deadline exceeded ({})", reasons));
}

std::string Client::WhyLate(const std::vector<size_t>& endpoints, size_t at) {
  const std::string silent =
      fmt::format("{}: connected, but no answer", options_.endpoints[at].shown);
  size_t answered = 0, with_leader = 0;
  std::string others;
  for (const size_t one : endpoints) {
    grpc::ClientContext context;
    context.set_deadline(ToGpr(Deadline::After(kAskLeaderNanos / int64_t(endpoints.size()))));
    etcdserverpb::StatusResponse response;
    const grpc::Status status =
        etcdserverpb::Maintenance::Stub(channels_[one]).Status(&context, {}, &response);
    if (status.ok()) {
      ++answered;
      with_leader += response.leader() != 0 ? 1 : 0;
    } else {
      others += fmt::format("; {}: {}", options_.endpoints[one].shown, WhyNot(one, status).text);
    }
    if (with_leader > 0 || !CheckInterrupt().ok()) return silent;
  }
  if (answered == 0) return silent;
  const std::string who =
      endpoints.size() == 1
          ? options_.endpoints[at].shown + " answers"
          : fmt::format("{} of {} endpoints {}", answered, endpoints.size(),
                        answered == 1 ? "answers" : "answer");
  return fmt::format(
      "no leader: {}, without a quorum of the members; get --consistency=s still reads{}", who,
      others);
}

std::vector<size_t> Client::Usable() {
  const std::lock_guard lock(avoided_mutex_);
  if (avoided_.empty() || avoided_.size() == all_.size()) return all_;
  std::vector<size_t> usable;
  for (const size_t at : all_) {
    if (!avoided_.contains(at)) usable.push_back(at);
  }
  return usable;
}

bool Client::Avoid(size_t endpoint, const grpc::Status& status) {
  const std::lock_guard lock(avoided_mutex_);
  avoided_[endpoint] = status.error_message();
  return avoided_.size() < all_.size();
}

Status Client::Prepare(grpc::ClientContext& context, Deadline deadline) {
  CAIRN_RETURN_IF_ERROR(Login(deadline));
  if (!deadline.never()) context.set_deadline(ToGpr(deadline));
  const std::lock_guard lock(mutex_);
  if (token_.empty()) return absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(CheckToken(token_, "the token of --auth-jwt-token"));
  context.AddMetadata("token", token_);
  return absl::OkStatus();
}

Status Client::Login(Deadline deadline) {
  const std::lock_guard lock(mutex_);
  if (authenticated_ || options_.user.empty() || !token_.empty()) return absl::OkStatus();
  etcdserverpb::AuthenticateRequest request;
  request.set_name(options_.user);
  request.set_password(options_.password);
  etcdserverpb::AuthenticateResponse response;
  const Status status =
      TryAmong(Usable(), Repeat::kSafe, deadline, [&](size_t at, grpc::ClientContext& context) {
        context.set_deadline(ToGpr(deadline));
        return CallOnce<etcdserverpb::Auth>(
            at, context, &etcdserverpb::Auth::Stub::AsyncAuthenticate, request, response);
      });
  // A cluster without authentication takes everybody.
  if (!status.ok() && Message(status) != "etcdserver: authentication is not enabled") return status;
  CAIRN_RETURN_IF_ERROR(CheckToken(response.token(), "the token that the server gave"));
  token_ = response.token();
  authenticated_ = true;
  return absl::OkStatus();
}

bool Client::DropToken() {
  const std::lock_guard lock(mutex_);
  if (options_.user.empty()) return false;
  token_.clear();
  authenticated_ = false;
  return true;
}

Status Client::Converted(size_t endpoint, const grpc::Status& status) const {
  const Status converted = RpcStatus(status);
  if (converted.ok() || status.error_code() != grpc::StatusCode::UNAVAILABLE) return converted;
  if (status.error_message().starts_with("etcdserver: ")) return converted;
  return absl::UnavailableError(
      fmt::format("{}: {}", options_.endpoints[endpoint].shown, Message(converted)));
}

Status Client::StreamStatus(size_t endpoint, const grpc::Status& status) {
  if (!status.ok() && AgainAfter(status) == Again::kElsewhere && Avoid(endpoint, status)) {
    return absl::UnavailableError(status.error_message());
  }
  return Converted(endpoint, status);
}

Status Client::Try(Repeat repeat, Deadline deadline, const Attempt& attempt) {
  return TryWithToken(Usable(), repeat, deadline, attempt);
}

Status Client::TryAt(size_t endpoint, Repeat repeat, Deadline deadline, const Attempt& attempt) {
  return TryWithToken({endpoint}, repeat, deadline, attempt);
}

Status Client::TryWithToken(const std::vector<size_t>& endpoints, Repeat repeat, Deadline deadline,
                            const Attempt& attempt) {
  for (int round = 0;; ++round) {
    bool new_token = false;
    grpc::Status answer;
    Status prepared = absl::OkStatus();
    const Status status =
        TryAmong(endpoints, repeat, deadline, [&](size_t at, grpc::ClientContext& context) {
          prepared = Prepare(context, deadline);
          if (!prepared.ok()) return grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "");
          answer = attempt(at, context);
          new_token = AgainAfter(answer) == Again::kNewToken;
          return answer;
        });
    if (!prepared.ok()) return prepared;
    if (!new_token || round >= kMostTokens || deadline.LeftNanos() <= kPauseNanos) return status;
    if (!DropToken() && !SameTokenMayDo(answer)) return status;
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (round > 0) SystemClock().SleepNanos(kPauseNanos);
  }
}

Status Client::TryAmong(std::vector<size_t> endpoints, Repeat repeat, Deadline deadline,
                        const Attempt& attempt) {
  const std::vector<size_t> asked = endpoints;
  // A call to one endpoint waits for its connection by itself: less to do than to watch it come.
  // Who does not wait in vain learns first how the connection fails.
  bool wait = !deadline.unless_refused();
  for (;;) {
    const bool choice = endpoints.size() > 1;
    size_t at = endpoints[0];
    grpc::ClientContext context;
    if (choice) {
      CAIRN_ASSIGN_OR_RETURN(at, ConnectAmong(endpoints, deadline));
    } else {
      context.set_wait_for_ready(wait);
    }
    const grpc::Status status = attempt(at, context);
    if (status.ok()) return absl::OkStatus();
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    const Again again = AgainAfter(status);
    if (again == Again::kElsewhere && endpoints.size() > 1) {
      (void)Avoid(at, status);
      std::erase(endpoints, at);
      continue;
    }
    // A server that keeps to the deadline, too, may say so first, and calls it canceled.
    const bool late =
        status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
        (status.error_code() == grpc::StatusCode::CANCELLED && deadline.LeftNanos() <= kPauseNanos);
    if (late && !choice && channels_[at]->GetState(false) != GRPC_CHANNEL_READY) {
      return NotReached(endpoints, AskWhyNot(endpoints));
    }
    if (!choice && !wait && NotConnected(status)) {
      const Hindrance hindrance = WhyNot(at, status);
      if (hindrance.lasting) return NotReached(endpoints, {hindrance});
      wait = true;
      continue;
    }
    const bool repeats =
        again == Again::kAll || (again == Again::kReads && repeat == Repeat::kSafe);
    if (!repeats || deadline.LeftNanos() <= kPauseNanos) {
      Status result = Converted(at, status);
      if (late) {
        return absl::DeadlineExceededError(
            fmt::format("context deadline exceeded ({})", WhyLate(asked, at)));
      }
      if (MayLackQuorum(status)) {
        const std::string why = WhyLate(asked, at);
        const bool unknown = repeat == Repeat::kUnsafe && again == Again::kReads;
        return absl::UnavailableError(fmt::format(
            "{} ({}{})", Message(result),
            unknown ? "nobody knows whether the request took effect: look before you repeat it; "
                    : "",
            why));
      }
      if (repeat == Repeat::kUnsafe && again == Again::kReads) {
        return absl::UnavailableError(
            fmt::format("{} (nobody knows whether the request took effect: look before you repeat "
                        "it)",
                        Message(result)));
      }
      return result;
    }
    SystemClock().SleepNanos(kPauseNanos);
    // Another one first.
    if (choice) std::rotate(endpoints.begin(), endpoints.begin() + 1, endpoints.end());
  }
}

}  // namespace cairn::client
