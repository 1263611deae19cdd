// client/grpc_channel.cc: see grpc_channel.h.
#include "client/grpc_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>

namespace cairn::client {

namespace {

constexpr int kDefaultSendBytes = 2 << 20;
constexpr int kLookaheadBytes = 2 << 20;
constexpr int kFirstReconnectMillis = 100;
constexpr int kLastReconnectMillis = 1000;
// A server takes more frequent pings for an attack and ends the connection (its
// --grpc-keepalive-min-time is 5 s); etcd's own client, asked for less, takes 10 s, too.
constexpr int64_t kLeastKeepaliveNanos = 10'000'000'000;

int Milliseconds(int64_t nanos) {
  return static_cast<int>(std::clamp<int64_t>(nanos / 1'000'000, 1, INT32_MAX));
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

}  // namespace

const std::string& ServerName(const ClientOptions& options, const Endpoint& endpoint) {
  return options.tls.server_name.empty() ? endpoint.host : options.tls.server_name;
}

std::shared_ptr<grpc::Channel> NewChannel(
    const ClientOptions& options, const Endpoint& endpoint,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  return grpc::CreateCustomChannel(endpoint.target, credentials, ArgumentsFor(options, endpoint));
}

}  // namespace cairn::client
