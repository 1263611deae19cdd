// tools/ctl/commands/del.cc: the command del.
#include <fmt/format.h>

#include "base/clock.h"
#include "gotext/quote.h"
#include "os/interrupt.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/confirm.h"
#include "tools/ctl/format/key_value.h"
#include "tools/ctl/invocation_words.h"

namespace cairn::ctl {

namespace {

using cli::Format;
using cli::Outcome;
using etcdserverpb::DeleteRangeRequest;

constexpr int kPauseTenths = 20;

StatusOr<int64_t> CountKeys(cli::Invocation& in, client::Client& client,
                            const DeleteRangeRequest& request) {
  etcdserverpb::RangeRequest range;
  range.set_key(request.key());
  range.set_range_end(request.range_end());
  range.set_count_only(true);
  etcdserverpb::RangeResponse response;
  CAIRN_RETURN_IF_ERROR(client.Call(client::kRange, range, response, CommandDeadline(in)));
  return response.count();
}

// etcdctl's pause before a range whose end was given without --range.
Status Pause(cli::Invocation& in) {
  in.Note(
      fmt::format("Warning: Keys between {} and {} will be deleted. Please interrupt the "
                  "command within next 2 seconds to cancel. You can provide `--range` flag to "
                  "avoid the delay.",
                  QuoteGo(in.args()[0]), QuoteGo(in.args()[1])));
  for (int i = 0; i < kPauseTenths; ++i) {
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    SystemClock().SleepNanos(100'000'000);
  }
  return CheckInterrupt();
}

Outcome RunDel(cli::Invocation& in) {
  DeleteRangeRequest request;
  if (Outcome read = ReadDel(InvocationWords(in), request); !read.status.ok()) return read;
  const bool many = !request.range_end().empty();
  const bool ask = many && WouldAsk(in);
  if (in.args().size() > 1 && !in.Bool("range") && !in.Bool("dry-run") && !ask) {
    CAIRN_RETURN_IF_ERROR(Pause(in));
  }
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  if (in.Bool("dry-run") || ask) {
    CAIRN_ASSIGN_OR_RETURN(const int64_t count, CountKeys(in, client, request));
    if (in.Bool("dry-run")) return in.Print(fmt::format("would delete {} keys\n", count));
    if (count > 1) {
      Outcome confirmed = Confirm(in, fmt::format("Delete {} keys?", count));
      if (!confirmed.status.ok()) return confirmed;
    }
  }
  etcdserverpb::DeleteRangeResponse response;
  CAIRN_RETURN_IF_ERROR(client.Call(client::kDeleteRange, request, response, CommandDeadline(in)));
  return in.Print(PrintDelete(response, StyleOf(in)));
}

}  // namespace

void AddDel(cli::Program& program) {
  cli::Command& del =
      program.root().Add("del [options] <key> [range_end]",
                         "Removes the specified key or range of keys [key, range_end)");
  del.Long(
         "Removes a key, the keys from KEY up to (and without) RANGE_END, or those with a prefix.\n"
         "On a terminal it asks before it removes more than one; --dry-run prints how many there\n"
         "are.")
      .ArgKinds({{cli::ValueKind::kKey}, {cli::ValueKind::kKey}})
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} del /session", "One key.")
      .Example("{prog} del /jobs/ --prefix --dry-run", "How many keys would go.")
      .Exit(cli::ExitCode::kBadArgs, "the arguments make no sense; nothing was sent")
      .Run(RunDel);
  AddDelFlags(del);
  AddConfirmFlags(del);
}

}  // namespace cairn::ctl
