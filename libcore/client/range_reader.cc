// client/range_reader.cc: see range_reader.h.
#include "client/range_reader.h"

#include <utility>

#include "os/interrupt.h"

namespace cairn::client {

namespace {

using etcdserverpb::RangeResponse;

// A stream begins with ten keys, and its server follows their sizes by halves and doubles: from
// pairs of this size on pages cost no more, and hold less.
constexpr size_t kLargePairBytes = 64 << 10;

// What follows the pages that were taken, as one stream. `pages` goes on after what was given to
// `take`, whatever comes back.
Status StreamRest(Client& client, RangePages& pages, const RangeDeadlines& deadlines,
                  const std::function<Status(const RangeResponse&)>& take) {
  const Deadline deadline = deadlines.stream();
  CAIRN_ASSIGN_OR_RETURN(const size_t at, client.Connect(deadlines.page()));
  CAIRN_ASSIGN_OR_RETURN(const CallOptions options, client.Prepare(deadline));
  const auto stream = client.transport().Open(at, kRangeStream, options);
  const OnInterrupt cancel([&] { stream->Cancel(); });
  stream->Write(pages.Rest());
  stream->WritesDone();
  etcdserverpb::RangeStreamResponse response;
  Status taken = absl::OkStatus();
  bool empty = false;
  while (taken.ok() && stream->Read(response)) {
    const RangeResponse& part = response.range_response();
    // Only the last one may be empty: a server could go on with such for ever.
    taken = empty ? absl::DataLossError("the server's answer is wrong: its stream holds nothing")
                  : pages.TakePart(part);
    if (taken.ok()) taken = take(part);
    empty = part.kvs().empty();
  }
  if (!taken.ok()) stream->Cancel();
  const Status ended = stream->Finish();
  CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  CAIRN_RETURN_IF_ERROR(taken);
  return client.StreamStatus(at, ended);
}

}  // namespace

Status ReadPage(const PageClients& clients, RangePages& pages, Deadline deadline,
                RangeResponse& page) {
  for (;;) {
    const Status asked =
        clients.For(pages.request().limit()).Call(kRange, pages.request(), page, deadline);
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (Client::TooLarge(asked) && pages.Shrink()) continue;
    CAIRN_RETURN_IF_ERROR(asked);
    return pages.Take(page);
  }
}

Status ReadRange(const PageClients& clients, RangePages& pages, const RangeDeadlines& deadlines,
                 const RangeTakers& takers) {
  bool first = true;
  while (!pages.done()) {
    size_t pair_bytes = 0;
    {
      // It goes before the stream comes.
      RangeResponse page;
      CAIRN_RETURN_IF_ERROR(ReadPage(clients, pages, deadlines.page(), page));
      if (first) CAIRN_RETURN_IF_ERROR(takers.begin(page));
      CAIRN_RETURN_IF_ERROR(takers.part(page));
      if (page.kvs_size() > 0) pair_bytes = page.ByteSizeLong() / page.kvs_size();
    }
    if (!std::exchange(first, false) || pages.done() || pair_bytes >= kLargePairBytes) continue;
    const Status streamed = StreamRest(*clients.bounded, pages, deadlines, takers.part);
    if (streamed.ok()) break;
    // An older server, a connection that broke, or large values after small ones: pages go on
    // where it ended.
    if (Client::TooLarge(streamed)) {
      (void)pages.Shrink();
    } else if (!absl::IsUnimplemented(streamed) && !absl::IsUnavailable(streamed)) {
      return streamed;
    }
  }
  return absl::OkStatus();
}

}  // namespace cairn::client
