// tools/ctl/commands/txn.cc: the command txn.
#include <fmt/format.h>

#include "os/standard_streams.h"
#include "os/terminal.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/key_value.h"
#include "tools/ctl/txn_text.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using etcdserverpb::TxnRequest;

std::string_view Trim(std::string_view line) {
  const size_t first = line.find_first_not_of(" \t\r\v\f");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r\v\f") - first + 1);
}

// Gives each line up to an empty one to `take`. The input must not end before it.
template <typename Take>
Outcome ReadPart(cli::Invocation& in, std::string_view prompt, Take take) {
  if (in.Bool("interactive")) {
    CAIRN_RETURN_IF_ERROR(in.Print(fmt::format("{}\n", prompt)));
  }
  for (;;) {
    std::string line;
    CAIRN_ASSIGN_OR_RETURN(const InputLine read, ReadInputLine(line));
    if (read != InputLine::kWhole) return {ExitCode::kInvalidInput, "EOF"};
    const std::string_view text = Trim(line);
    if (text.empty()) return absl::OkStatus();
    if (Outcome taken = take(text); !taken.status.ok()) return taken;
  }
}

Outcome ReadTxn(cli::Invocation& in, TxnRequest& request) {
  Outcome read = ReadPart(in, "compares:", [&](std::string_view line) -> Outcome {
    const auto compare = ParseCompare(line, SurplusOf(in));
    if (!compare.ok()) return {ExitCode::kInvalidInput, Message(compare.status())};
    *request.add_compare() = *compare;
    return absl::OkStatus();
  });
  if (!read.status.ok()) return read;
  read = ReadPart(in, "success requests (get, put, del):", [&](std::string_view line) {
    return ParseRequest(line, *request.add_success(), SurplusOf(in));
  });
  if (!read.status.ok()) return read;
  return ReadPart(in, "failure requests (get, put, del):", [&](std::string_view line) {
    return ParseRequest(line, *request.add_failure(), SurplusOf(in));
  });
}

Outcome RunTxn(cli::Invocation& in) {
  TxnRequest request;
  if (Outcome read = ReadTxn(in, request); !read.status.ok()) return read;
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  etcdserverpb::TxnResponse response;
  // Without a time limit, as in etcdctl, unless one is given.
  const client::Deadline deadline = DeadlineIfGiven(in);
  CAIRN_RETURN_IF_ERROR(connection.client->Call(client::kTxn, request, response, deadline));
  return in.Print(PrintTxn(response, StyleOf(in)));
}

}  // namespace

void AddTxn(cli::Program& program) {
  cli::Command& txn =
      program.root().Add("txn [options]", "Txn processes all the requests in one transaction");
  txn.Long(
         "Reads a transaction from standard input: compares, an empty line, the requests if all "
         "of\n"
         "them hold, an empty line, the requests if not, an empty line.\n"
         "A compare is TARGET(\"KEY\") OP \"VALUE\": TARGET is ver, create, mod, val or lease, OP "
         "is\n"
         "=, !=, > or <. A request is a line of put, get or del.")
      .Args(0, 0, "txn command does not accept argument", ExitCode::kBadArgs)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("printf 'ver(\"k\") = \"0\"\\n\\nput k v\\n\\nget k\\n\\n' | {prog} txn",
               "Creates a key that is not there yet.")
      .Exit(ExitCode::kInvalidInput, "the transaction can't be read; nothing was sent")
      .Run(RunTxn);
  txn.Bool("interactive", false, "input transaction in interactive mode").Short('i');
}

}  // namespace cairn::ctl
