// tools/ctl/get.cc: the command get: ranges of any size in the memory of a page.
#include <fmt/format.h>

#include <algorithm>

#include "base/interrupt.h"
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

constexpr int64_t kFirstPageKeys = 500;
constexpr int64_t kMaxPageKeys = 20'000;
constexpr int64_t kPageBytes = 2 << 20;  // aimed at, by the size of the pairs so far

bool PrintsOnly(cli::Invocation& in, Format format) { return in.format() == format; }

// Whether the server may answer it in pieces: a range in key order.
bool CanPage(const RangeRequest& request) {
  return !request.range_end().empty() && !request.count_only() && request.limit() == 0 &&
         request.sort_order() == RangeRequest::NONE && request.sort_target() == RangeRequest::KEY &&
         request.min_create_revision() == 0 && request.max_create_revision() == 0 &&
         request.min_mod_revision() == 0 && request.max_mod_revision() == 0;
}

Status GetWhole(cli::Invocation& in, client::Client& client, const RangeRequest& request) {
  RangeResponse response;
  CAIRN_RETURN_IF_ERROR(client.Call<KV>(&KV::Stub::AsyncRange, request, response, Repeat::kSafe,
                                        CommandDeadline(in)));
  return in.Print(PrintGet(response, StyleOf(in), in.Bool("print-value-only")));
}

// What is behind the first page by one stream (etcd 3.7), which spares the server counting the rest
// of the range for every page. `request` goes on behind what was printed, whatever comes back.
Status StreamRest(cli::Invocation& in, client::Client& client, RangeRequest& request,
                  GetPrinter& printer) {
  // A limit that wasn't asked for would end a long range in its middle.
  const client::Deadline deadline = PatientDeadline(in);
  CAIRN_ASSIGN_OR_RETURN(const size_t at, client.Connect(CommandDeadline(in)));
  grpc::ClientContext context;
  CAIRN_RETURN_IF_ERROR(client.Prepare(context, deadline));
  const OnInterrupt cancel([&] { context.TryCancel(); });
  KV::Stub stub(client.channel(at));
  const auto reader = stub.RangeStream(&context, request);
  etcdserverpb::RangeStreamResponse response;
  Status printed = absl::OkStatus();
  while (printed.ok() && reader->Read(&response)) {
    const RangeResponse& page = response.range_response();
    if (page.kvs().empty()) continue;
    printed = in.Print(printer.Part(page));
    request.set_key(page.kvs(page.kvs_size() - 1).key() + '\0');
  }
  if (!printed.ok()) context.TryCancel();
  const grpc::Status ended = reader->Finish();
  CAIRN_RETURN_IF_ERROR(printed);
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  return client.StreamStatus(at, ended);
}

// Page after page at the revision of the first. --command-timeout holds for each page.
Status GetPages(cli::Invocation& in, client::Client& client, RangeRequest request) {
  GetPrinter printer(StyleOf(in), in.Bool("print-value-only"));
  request.set_limit(kFirstPageKeys);
  int64_t count = 0;
  for (bool first = true;; first = false) {
    RangeResponse page;
    CAIRN_RETURN_IF_ERROR(
        client.Call<KV>(&KV::Stub::AsyncRange, request, page, Repeat::kSafe, CommandDeadline(in)));
    if (first) {
      // The count of later pages is that of what is left.
      count = page.count();
      if (request.revision() == 0) request.set_revision(page.header().revision());
      CAIRN_RETURN_IF_ERROR(in.Print(printer.Begin(page)));
    }
    CAIRN_RETURN_IF_ERROR(in.Print(printer.Part(page)));
    if (!page.more() || page.kvs().empty()) break;
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    request.set_key(page.kvs(page.kvs_size() - 1).key() + '\0');
    if (first) {
      request.set_limit(0);
      const Status streamed = StreamRest(in, client, request, printer);
      if (streamed.ok()) break;
      // An older server, or a connection that broke: pages go on where it ended.
      if (!absl::IsUnimplemented(streamed) && !absl::IsUnavailable(streamed)) return streamed;
    }
    const int64_t pair_bytes = static_cast<int64_t>(page.ByteSizeLong()) / page.kvs_size() + 1;
    request.set_limit(std::clamp<int64_t>(kPageBytes / pair_bytes, 1, kMaxPageKeys));
  }
  return in.Print(printer.End(false, count));
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
  return GetPages(in, client, std::move(request));
}

}  // namespace

void AddGet(cli::Program& program) {
  cli::Command& get =
      program.root().Add("get [options] <key> [range_end]", "Gets the key or a range of keys");
  get.Long(
         "Gets a key, the keys from KEY up to (and without) RANGE_END, or those with a prefix.\n"
         "A range of any size is read in pages of one revision, so that neither this program nor\n"
         "the server holds all of it at once.")
      .ArgKind(cli::ValueKind::kKey)
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
