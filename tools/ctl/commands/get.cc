// tools/ctl/commands/get.cc: the command get: ranges of any size in the memory of a page.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "client/range_reader.h"
#include "os/interrupt.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/get.h"
#include "tools/ctl/invocation_words.h"
#include "tools/ctl/wait_for_server.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::Format;
using cli::Outcome;
using client::PageClients;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;

constexpr size_t kPrintBytes = 64 << 10;  // at a time
// Small values may be followed by a thousand large ones: an answer of more than kPageMemoryBytes is
// broken off, and asked for in smaller pieces.
constexpr int64_t kSmallBytes = 16 << 20;  // what may come in one answer
constexpr size_t kPageBytes = 2 << 20;     // aimed at
// As many operations as etcd takes by default, and as many as may all be large.
constexpr int kMaxTxnOps = 128, kFirstTxnOps = 4;

bool PrintsOnly(cli::Invocation& in, Format format) { return in.format() == format; }

bool IsRange(const RangeRequest& request) {
  return !request.range_end().empty() && !request.count_only();
}

// Whether the server may answer it in pieces: a range in key order.
bool CanPage(const RangeRequest& request) {
  return IsRange(request) && request.sort_order() == RangeRequest::NONE &&
         request.sort_target() == RangeRequest::KEY && request.min_create_revision() == 0 &&
         request.max_create_revision() == 0 && request.min_mod_revision() == 0 &&
         request.max_mod_revision() == 0;
}

// Pair by pair: the text of a page would be there beside the page.
Status PrintPairs(cli::Invocation& in, GetPrinter& printer, const RangeResponse& page) {
  std::string text;
  for (const mvccpb::KeyValue& kv : page.kvs()) {
    printer.AppendPair(kv, &text);
    if (text.size() < kPrintBytes) continue;
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    CAIRN_RETURN_IF_ERROR(in.Print(text));
    text.clear();
  }
  return text.empty() ? absl::OkStatus() : in.Print(text);
}

Status GetWhole(cli::Invocation& in, client::Client& client, const RangeRequest& request) {
  RangeResponse response;
  CAIRN_RETURN_IF_ERROR(client.Call(client::kRange, request, response, CommandDeadline(in)));
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  GetPrinter printer(StyleOf(in), in.Bool("print-value-only"));
  CAIRN_RETURN_IF_ERROR(in.Print(printer.Begin(response)));
  CAIRN_RETURN_IF_ERROR(PrintPairs(in, printer, response));
  return in.Print(printer.End(response.more(), response.count()));
}

// The values of keys that are `listed` in the order in which they are printed: some of them in each
// transaction, as many as make a page. At the revision of the list.
Status PrintValues(cli::Invocation& in, const PageClients& clients, const RangeRequest& request,
                   const RangeResponse& listed, GetPrinter& printer) {
  int most = kMaxTxnOps, ops = kFirstTxnOps;
  for (int done = 0; done < listed.kvs_size();) {
    etcdserverpb::TxnRequest txn;
    for (int i = done; i < listed.kvs_size() && txn.success_size() < ops; ++i) {
      RangeRequest& one = *txn.add_success()->mutable_request_range();
      one.set_key(listed.kvs(i).key());
      one.set_revision(request.revision() > 0 ? request.revision() : listed.header().revision());
      one.set_serializable(request.serializable());
    }
    etcdserverpb::TxnResponse response;
    const Status asked =
        clients.For(ops).Call(client::kTxn.Repeatable(), txn, response, CommandDeadline(in));
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (client::Client::TooLarge(asked) && ops > 1) {
      ops = ops > kFirstTxnOps ? kFirstTxnOps : 1;
      continue;
    }
    // A server's --max-txn-ops.
    if (Message(asked) == "etcdserver: too many operations in txn request" && ops > 1) {
      most = ops = ops / 2;
      continue;
    }
    CAIRN_RETURN_IF_ERROR(asked);
    if (response.responses_size() != txn.success_size()) {
      return absl::DataLossError("the server's answer is wrong: not one for each key");
    }
    for (int i = 0; i < response.responses_size(); ++i) {
      const RangeResponse& one = response.responses(i).response_range();
      if (one.kvs_size() != 1 || one.kvs(0).key() != listed.kvs(done + i).key()) {
        return absl::DataLossError("the server's answer is wrong: it is of another key");
      }
      CAIRN_RETURN_IF_ERROR(PrintPairs(in, printer, one));
    }
    done += response.responses_size();
    const size_t pair_bytes = response.ByteSizeLong() / response.responses_size() + 1;
    ops = std::clamp(static_cast<int>(kPageBytes / pair_bytes), 1, std::min(most, ops * 4));
  }
  return absl::OkStatus();
}

// An order that the server must make, or a filter by revisions: pages would cost it all of the
// range each time. When the answer is a large one, it is asked for the keys alone, which are held;
// the values come after them.
Status GetListed(cli::Invocation& in, const PageClients& clients, const RangeRequest& request) {
  if (!request.keys_only()) {
    CAIRN_ASSIGN_OR_RETURN(auto small, clients.any->WithMemory(kSmallBytes));
    const Status whole = GetWhole(in, *small, request);
    (void)small.release();
    if (!client::Client::TooLarge(whole)) return whole;
  }
  RangeRequest keys = request;
  keys.set_keys_only(true);
  RangeResponse listed;
  CAIRN_RETURN_IF_ERROR(clients.any->Call(client::kRange, keys, listed, CommandDeadline(in)));
  GetPrinter printer(StyleOf(in), in.Bool("print-value-only"));
  CAIRN_RETURN_IF_ERROR(in.Print(printer.Begin(listed)));
  CAIRN_RETURN_IF_ERROR(request.keys_only() ? PrintPairs(in, printer, listed)
                                            : PrintValues(in, clients, request, listed, printer));
  return in.Print(printer.End(listed.more(), listed.count()));
}

// --command-timeout holds for each page.
Status GetPages(cli::Invocation& in, const PageClients& clients, const RangeRequest& request) {
  GetPrinter printer(StyleOf(in), in.Bool("print-value-only"));
  client::RangePages pages(request);
  const client::RangeDeadlines deadlines{[&] { return CommandDeadline(in); },
                                         [&] { return DeadlineIfGiven(in); }};
  const client::RangeTakers takers{
      [&](const RangeResponse& page) { return in.Print(printer.Begin(page)); },
      [&](const RangeResponse& part) { return PrintPairs(in, printer, part); }};
  CAIRN_RETURN_IF_ERROR(client::ReadRange(clients, pages, deadlines, takers));
  return in.Print(printer.End(pages.more(), pages.count()));
}

Outcome RunGet(cli::Invocation& in) {
  RangeRequest request;
  if (Outcome read = ReadGet(InvocationWords(in), request); !read.status.ok()) return read;
  if (request.count_only() && !PrintsOnly(in, Format::kFields)) {
    return BadArgs("--count-only is only for `--write-out=fields`");
  }
  if (in.Bool("print-value-only") && !PrintsOnly(in, Format::kSimple)) {
    return BadArgs("print-value-only is only for `--write-out=simple`");
  }
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  if (!IsRange(request)) return GetWhole(in, client, request);
  CAIRN_ASSIGN_OR_RETURN(auto bounded, client.WithMemory(client::kPageMemoryBytes));
  const PageClients clients{&client, bounded.get()};
  Status got = CanPage(request) ? GetPages(in, clients, request) : GetListed(in, clients, request);
  // The program ends without taking connections down.
  (void)bounded.release();
  return got;
}

}  // namespace

void AddGet(cli::Program& program) {
  cli::Command& get =
      program.root().Add("get [options] <key> [range_end]", "Gets the key or a range of keys");
  get.Long(
         "Gets a key, the keys from KEY up to (and without) RANGE_END, or those with a prefix.\n"
         "A range of any size is read in pages of one revision, so that neither this program nor\n"
         "the server holds all of it at once. With an order other than the keys' own, or a filter\n"
         "by revisions, the keys of a large range are listed first, and the values read after\n"
         "that.")
      .ArgKinds({{cli::ValueKind::kKey}, {cli::ValueKind::kKey}})
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} get /registry/pods --prefix --keys-only", "The keys of all pods.")
      .Example("{prog} get /config/size --rev=1000", "What it was at revision 1000.")
      .Example("{prog} get \"\" --prefix --limit=10 -w json", "The first ten keys of all.")
      .Exit(cli::ExitCode::kBadFeature, "an option has no such value")
      .Exit(cli::ExitCode::kBadArgs, "the arguments make no sense; nothing was sent")
      .Run(RunGet);
  AddGetFlags(get);
}

}  // namespace cairn::ctl
