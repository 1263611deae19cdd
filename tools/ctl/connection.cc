// tools/ctl/connection.cc: see connection.h.
#include "tools/ctl/connection.h"

#include <fmt/format.h>

#include "cli/environment.h"
#include "client/discovery.h"
#include "client/token.h"
#include "gotext/quote.h"
#include "gotext/units.h"
#include "os/environment.h"
#include "os/terminal.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Outcome;

// etcdctl refuses a certificate option that is there and empty.
Outcome RefuseEmpty(cli::Invocation& in) {
  for (const char* name : {"cert", "key", "cacert"}) {
    if (in.Changed(name) && in.String(name).empty()) {
      return cli::BadArgs(fmt::format("empty string is passed to --{} option", name));
    }
  }
  return absl::OkStatus();
}

// --debug: every global flag as the variable that would set it, as etcdctl shows them; what opens
// the cluster stays out of sight.
void NoteFlags(cli::Invocation& in) {
  for (const cli::Flag* flag : in.program().root().flags()) {
    const std::string& name = flag->name();
    std::string value;
    switch (flag->type()) {
      case cli::FlagType::kBool:
        value = in.Bool(name) ? "true" : "false";
        break;
      case cli::FlagType::kInt64:
        value = std::to_string(in.Int64(name));
        break;
      case cli::FlagType::kUint64:
        value = std::to_string(in.Uint64(name));
        break;
      case cli::FlagType::kDuration:
        value = FormatDuration(in.DurationNanos(name));
        break;
      case cli::FlagType::kString:
        value = in.String(name);
        break;
    }
    if (name == "endpoints") value = fmt::format("[{}]", value);
    const bool secret = name == "password" || name == "auth-jwt-token";
    if (secret && !value.empty()) value = "***";
    if (name == "user") value = value.substr(0, value.find(':'));
    in.Note(fmt::format("{}={}", cli::EnvironmentName(in.program(), *flag), value));
  }
}

// What the DNS says under --discovery-srv, else --endpoints.
Outcome ReadEndpoints(cli::Invocation& in, client::ClientOptions& options) {
  if (const std::string& domain = in.String("discovery-srv"); !domain.empty()) {
    const bool accept_plain = in.Bool("insecure-discovery");
    CAIRN_ASSIGN_OR_RETURN(
        client::Discovered found,
        client::DiscoverEndpoints(domain, in.String("discovery-srv-name"), accept_plain));
    for (const std::string& ignored : found.ignored) {
      in.Note(fmt::format("ignoring discovered insecure endpoint {}", QuoteGo(ignored)));
    }
    if (!accept_plain) options.tls.server_name = domain;
    options.endpoints = std::move(found.endpoints);
    if (!options.endpoints.empty()) return absl::OkStatus();
  }
  auto endpoints = client::ParseEndpoints(in.String("endpoints"));
  if (!endpoints.ok()) return cli::BadArgs(Message(endpoints.status()));
  options.endpoints = *std::move(endpoints);
  return absl::OkStatus();
}

// A token, or a user with a password.
Outcome ReadUser(cli::Invocation& in, client::ClientOptions& options) {
  const std::string& user = in.String("user");
  options.jwt_token = in.String("auth-jwt-token");
  if (!options.jwt_token.empty()) {
    if (!user.empty()) {
      return cli::BadArgs("--user and --auth-jwt-token can't be used together, choose one");
    }
    // With etcdctl's exit code, which notices it when it sends.
    const Status sendable = client::CheckToken(options.jwt_token, "the token of --auth-jwt-token");
    if (!sendable.ok()) return {ExitCode::kError, Message(sendable)};
    return absl::OkStatus();
  }
  const Status read = ReadCredentials(user, in.String("password"), "Password: ", options);
  if (read.ok() || absl::IsCancelled(read)) return read;
  return {ExitCode::kBadArgs, Message(read)};
}

}  // namespace

void AddConnectionFlags(cli::Program& program) {
  cli::Command& root = program.root();
  root.String("endpoints", "127.0.0.1:2379", "gRPC endpoints")
      .Repeats()
      .Kind(cli::ValueKind::kEndpoint);
  root.Bool("debug", false, "enable client-side debug logging");
  root.Bool("hex", false, "print byte strings as hex encoded strings");
  root.Duration("dial-timeout", "2s", "dial timeout for client connections");
  root.Duration("command-timeout", "5s",
                "timeout for short running command (excluding dial timeout)");
  root.Duration("keepalive-time", "2s", "keepalive time for client connections");
  root.Duration("keepalive-timeout", "6s", "keepalive timeout for client connections");
  root.Int64("max-request-bytes", 0, "client-side request send limit in bytes (if 0, 2 MiB)");
  root.Int64("max-recv-bytes", 0, "client-side response receive limit in bytes (if 0, no limit)");
  root.Bool("insecure-transport", true, "disable transport security for client connections");
  root.Bool("insecure-discovery", true, "accept insecure SRV records describing cluster endpoints");
  root.Bool("insecure-skip-tls-verify", false,
            "skip server certificate verification (CAUTION: this option should be enabled only "
            "for testing purposes)");
  root.String("cert", "", "identify secure client using this TLS certificate file").File();
  root.String("key", "", "identify secure client using this TLS key file").File();
  root.String("cacert", "",
              "verify certificates of TLS-enabled secure servers using this CA bundle")
      .File();
  root.String("user", "",
              "username[:password] for authentication (prompt if password is not supplied)");
  root.String("password", "",
              "password for authentication (if this option is used, --user option shouldn't "
              "include password)");
  root.String("auth-jwt-token", "", "JWT token for authentication");
  root.String("discovery-srv", "",
              "domain name to query for SRV records describing cluster endpoints")
      .Short('d');
  root.String("discovery-srv-name", "", "service name to query when using DNS discovery");
  program.ReadEnvironment("ETCDCTL",
                          {"ETCDCTL_API", "ETCDCTL_WATCH_KEY", "ETCDCTL_WATCH_RANGE_END"});
}

Status ReadCredentials(const std::string& user, const std::string& password,
                       std::string_view prompt, client::ClientOptions& options) {
  if (user.empty()) return absl::OkStatus();
  if (!password.empty()) {
    options.user = user;
    options.password = password;
    return absl::OkStatus();
  }
  const size_t colon = user.find(':');
  options.user = user.substr(0, colon);
  if (colon != std::string::npos) {
    options.password = user.substr(colon + 1);
    return absl::OkStatus();
  }
  CAIRN_ASSIGN_OR_RETURN(options.password, ReadPassword(prompt));
  return absl::OkStatus();
}

void ReadTransport(cli::Invocation& in, client::ClientOptions& options) {
  options.debug = in.Bool("debug");
  options.keepalive_time_nanos = in.DurationNanos("keepalive-time");
  options.keepalive_timeout_nanos = in.DurationNanos("keepalive-timeout");
  options.max_send_bytes = in.Int64("max-request-bytes");
  options.max_recv_bytes = in.Int64("max-recv-bytes");
}

Connection MakeConnection(client::ClientOptions options) {
  Connection connection;
  auto client = client::Client::Create(std::move(options));
  if (client.ok()) {
    connection.client.reset(client->release());
  } else {
    connection.outcome = cli::BadArgs(Message(client.status()));
  }
  return connection;
}

Connection LogIn(cli::Invocation& in, Connection connection) {
  if (!connection.outcome.status.ok()) return connection;
  const Status login = connection.client->Login(DialDeadline(in));
  if (!login.ok()) connection.outcome = {ExitCode::kBadConnection, Message(login)};
  return connection;
}

Connection OpenClient(cli::Invocation& in) {
  const auto fail = [](Outcome outcome) { return Connection{nullptr, std::move(outcome)}; };
  for (const auto& [name, version] : EnvironmentVariables("ETCDCTL_API")) {
    if (name == "ETCDCTL_API" && !version.empty() && version != "3") {
      return fail(
          {ExitCode::kError,
           fmt::format("ETCDCTL_API={}: this program speaks the v3 API alone (the v2 API is "
                       "gone since etcd 3.6); unset it or set it to 3",
                       version)});
    }
  }
  // A command with one form of output doesn't look at -w, but a wrong name is wrong all the same.
  if (!render::ParseFormat(in.String("write-out")).has_value()) {
    return fail({ExitCode::kBadFeature, "unsupported output format"});
  }
  if (Outcome refused = RefuseEmpty(in); !refused.status.ok()) return fail(refused);
  client::ClientOptions options;
  if (in.Bool("debug")) NoteFlags(in);
  if (Outcome read = ReadEndpoints(in, options); !read.status.ok()) return fail(read);
  if (options.endpoints.empty()) {
    return fail({ExitCode::kBadConnection, "etcdclient: no available endpoints"});
  }
  options.tls.ca_file = in.String("cacert");
  options.tls.cert_file = in.String("cert");
  options.tls.key_file = in.String("key");
  options.tls.skip_verify = in.Bool("insecure-skip-tls-verify");
  options.tls.insecure_transport = in.Bool("insecure-transport");
  ReadTransport(in, options);
  if (Outcome user = ReadUser(in, options); !user.status.ok()) return fail(user);
  return MakeConnection(std::move(options));
}

Connection Connect(cli::Invocation& in) { return LogIn(in, OpenClient(in)); }

namespace {

// etcdctl waits for a server that is about to start, and so do scripts that were made for it.
client::Deadline Within(cli::Invocation& in, std::string_view flag) {
  const auto deadline = client::Deadline::After(in.DurationNanos(flag));
  return in.program().compat() ? deadline : deadline.UnlessRefused();
}

}  // namespace

client::Deadline CommandDeadline(cli::Invocation& in) { return Within(in, "command-timeout"); }

client::Deadline DialDeadline(cli::Invocation& in) { return Within(in, "dial-timeout"); }

}  // namespace cairn::ctl
