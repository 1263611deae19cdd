// tools/ctl/ask.h: the common course of a command: connect, call once, print.
#pragma once

#include <string>
#include <utility>

#include "os/standard_streams.h"
#include "tools/ctl/connection.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

inline Style StyleOf(cli::Invocation& in) {
  const bool own = !in.program().compat();
  const bool fold = own && IsTerminal(StandardStream::kOutput);
  const int columns = fold ? TerminalColumns(StandardStream::kOutput) : 0;
  return {in.format(), in.Bool("hex"), in.box_drawing(), static_cast<size_t>(columns), own};
}

// One call within --command-timeout, then `print(response)` on stdout. Errors: exit code 1, with
// the server's words.
template <typename Request, typename Response, typename Print>
cli::Outcome Ask(cli::Invocation& in, const client::Method<Request, Response>& method,
                 const Request& request, Print print) {
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return std::move(connection.outcome);
  Response response;
  CAIRN_RETURN_IF_ERROR(connection.client->Call(method, request, response, CommandDeadline(in)));
  return in.Print(print(response));
}

}  // namespace cairn::ctl
