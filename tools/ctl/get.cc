// tools/ctl/get.cc: the command get: ranges of any size in the memory of a page.
#include <fmt/format.h>

#include "base/interrupt.h"
#include "client/range_pages.h"
#include "etcdserverpb.grpc.pb.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/invocation_words.h"
#include "tools/ctl/patience.h"
#include "tools/ctl/print/get.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::Format;
using cli::Outcome;
using client::Repeat;
using etcdserverpb::KV;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;

// A stream begins with ten keys, and its server follows their sizes by halves and doubles: from
// pairs of this size on pages cost no more, and hold less.
constexpr size_t kLargePairBytes = 64 << 10;
constexpr size_t kPrintBytes = 64 << 10;  // at a time

bool PrintsOnly(cli::Invocation& in, Format format) { return in.format() == format; }

// Whether the server may answer it in pieces: a range in key order.
bool CanPage(const RangeRequest& request) {
  return !request.range_end().empty() && !request.count_only() &&
         request.sort_order() == RangeRequest::NONE && request.sort_target() == RangeRequest::KEY &&
         request.min_create_revision() == 0 && request.max_create_revision() == 0 &&
         request.min_mod_revision() == 0 && request.max_mod_revision() == 0;
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
  CAIRN_RETURN_IF_ERROR(client.Call<KV>(&KV::Stub::AsyncRange, request, response, Repeat::kSafe,
                                        CommandDeadline(in)));
  GetPrinter printer(StyleOf(in), in.Bool("print-value-only"));
  CAIRN_RETURN_IF_ERROR(in.Print(printer.Begin(response)));
  CAIRN_RETURN_IF_ERROR(PrintPairs(in, printer, response));
  return in.Print(printer.End(response.more(), response.count()));
}

// What is behind the first page by one stream (etcd 3.7), which spares the server counting the rest
// of the range for every page. `pages` goes on behind what was printed, whatever comes back.
Status StreamRest(cli::Invocation& in, client::Client& client, client::RangePages& pages,
                  GetPrinter& printer) {
  // A limit that wasn't asked for would end a long range in its middle.
  const client::Deadline deadline = PatientDeadline(in);
  CAIRN_ASSIGN_OR_RETURN(const size_t at, client.Connect(CommandDeadline(in)));
  grpc::ClientContext context;
  CAIRN_RETURN_IF_ERROR(client.Prepare(context, deadline));
  const OnInterrupt cancel([&] { context.TryCancel(); });
  KV::Stub stub(client.channel(at));
  const auto reader = stub.RangeStream(&context, pages.Rest());
  etcdserverpb::RangeStreamResponse response;
  Status printed = absl::OkStatus();
  bool empty = false;
  while (printed.ok() && reader->Read(&response)) {
    const RangeResponse& part = response.range_response();
    // Only the last one may be empty: a server could go on with such for ever.
    printed = empty ? absl::DataLossError("the server's answer is wrong: its stream holds nothing")
                    : pages.TakePart(part);
    if (printed.ok()) printed = PrintPairs(in, printer, part);
    empty = part.kvs().empty();
  }
  if (!printed.ok()) context.TryCancel();
  const grpc::Status ended = reader->Finish();
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  CAIRN_RETURN_IF_ERROR(printed);
  return client.StreamStatus(at, ended);
}

// Page after page at the revision of the first. --command-timeout holds for each page.
Status GetPages(cli::Invocation& in, client::Client& client, const RangeRequest& request) {
  GetPrinter printer(StyleOf(in), in.Bool("print-value-only"));
  client::RangePages pages(request);
  for (bool first = true; !pages.done(); first = false) {
    size_t pair_bytes = 0;
    {
      RangeResponse page;
      CAIRN_RETURN_IF_ERROR(client.Call<KV>(&KV::Stub::AsyncRange, pages.request(), page,
                                            Repeat::kSafe, CommandDeadline(in)));
      CAIRN_RETURN_IF_ERROR(CheckInterrupt());
      CAIRN_RETURN_IF_ERROR(pages.Take(page));
      if (first) CAIRN_RETURN_IF_ERROR(in.Print(printer.Begin(page)));
      CAIRN_RETURN_IF_ERROR(PrintPairs(in, printer, page));
      if (page.kvs_size() > 0) pair_bytes = page.ByteSizeLong() / page.kvs_size();
    }
    if (!first || pages.done() || pair_bytes >= kLargePairBytes) continue;
    const Status streamed = StreamRest(in, client, pages, printer);
    if (streamed.ok()) break;
    // An older server, or a connection that broke: pages go on where it ended.
    if (!absl::IsUnimplemented(streamed) && !absl::IsUnavailable(streamed)) return streamed;
  }
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
  if (!CanPage(request)) return GetWhole(in, client, request);
  return GetPages(in, client, request);
}

}  // namespace

void AddGet(cli::Program& program) {
  cli::Command& get =
      program.root().Add("get [options] <key> [range_end]", "Gets the key or a range of keys");
  get.Long(
         "Gets a key, the keys from KEY up to (and without) RANGE_END, or those with a prefix.\n"
         "A range of any size is read in pages of one revision, so that neither this program nor\n"
         "the server holds all of it at once. With an order other than the keys' own, or a filter\n"
         "by revisions, the server answers in one piece, which is held as a whole.")
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
