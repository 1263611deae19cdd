// tools/ctl/wait_for_server.cc: see wait_for_server.h.
#include "tools/ctl/wait_for_server.h"

#include <fmt/format.h>

namespace cairn::ctl {

Connection ConnectAndWait(cli::Invocation& in) {
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok() || in.Changed("command-timeout")) return connection;
  const auto first = connection.client->Connect(DialDeadline(in));
  if (first.ok()) return connection;
  if (absl::IsCancelled(first.status())) {
    connection.outcome = DieQuietly();
    return connection;
  }
  in.Note(fmt::format("no server answers yet, still trying: {}", Message(first.status())));
  return connection;
}

client::Deadline DeadlineIfGiven(cli::Invocation& in) {
  if (in.Changed("command-timeout")) return CommandDeadline(in);
  return client::Deadline::Never();
}

}  // namespace cairn::ctl
