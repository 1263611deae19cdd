// tools/ctl/connection.h: the global flags of cairnctl, and the client that they describe.
#pragma once

#include <memory>

#include "cli/program.h"
#include "client/client.h"

namespace cairn::ctl {

// --endpoints, --cacert, --user, --command-timeout and so on, on the root; each also as ETCDCTL_….
void AddConnectionFlags(cli::Program& program);

// The client, or why there is none, with etcdctl's exit code: 128 for options and certificates,
// 2 when no endpoint is given.
struct Connection {
  // Lives as long as the program, which ends without taking its connections down.
  struct LivesOn {
    void operator()(client::Client*) const {}
  };
  std::unique_ptr<client::Client, LivesOn> client;
  cli::Outcome outcome = absl::OkStatus();
};
// A client by `options`; exit code 128 when they make no sense.
Connection MakeConnection(client::ClientOptions options);
// Fetches a token when there is a user: exit code 2 when that fails.
Connection LogIn(cli::Invocation& in, Connection connection);
// --debug, --keepalive-… and --max-…-bytes.
void ReadTransport(cli::Invocation& in, client::ClientOptions& options);
// `user` is NAME or NAME:PASSWORD; `password` has what it lacks, else the terminal is asked.
Status ReadCredentials(const std::string& user, const std::string& password,
                       std::string_view prompt, client::ClientOptions& options);

// Asks for the password on the terminal when --user has none, and sends nothing yet: the first call
// fetches the token.
Connection OpenClient(cli::Invocation& in);
// Connects then, and fetches a token when there is a user: exit code 2 when that fails.
Connection Connect(cli::Invocation& in);

// --command-timeout from now; under Cairn's own name, no longer than until every endpoint refuses.
client::Deadline CommandDeadline(cli::Invocation& in);
// --dial-timeout from now, likewise.
client::Deadline DialDeadline(cli::Invocation& in);

}  // namespace cairn::ctl
