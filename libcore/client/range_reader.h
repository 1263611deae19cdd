// client/range_reader.h: reads a range of any size in the memory of a page: page after page, or
// what follows the first page as one stream.
#pragma once

#include <functional>

#include "base/status.h"
#include "client/client.h"
#include "client/range_pages.h"
#include "etcdserverpb.pb.h"

namespace cairn::client {

// Two connections to the same endpoints: one whose answers must fit into a page's memory, and one
// for what can't be asked for in smaller pieces.
struct PageClients {
  Client* any;
  Client* bounded;  // by kPageMemoryBytes

  Client& For(int64_t keys) const { return keys == 1 ? *any : *bounded; }
};

// Asks for the next page of `pages`, and for fewer keys when it does not fit into memory. The page
// is taken by `pages`. Errors: the server's, DataLoss for a wrong answer, Cancelled after Ctrl-C.
Status ReadPage(const PageClients& clients, RangePages& pages, Deadline deadline,
                etcdserverpb::RangeResponse& page);

struct RangeTakers {
  // The first page, and then each page and each part of a stream, the first one too.
  std::function<Status(const etcdserverpb::RangeResponse& first)> begin;
  std::function<Status(const etcdserverpb::RangeResponse& part)> part;
};

struct RangeDeadlines {
  std::function<Deadline()> page;    // of each page, and of the stream's connection
  std::function<Deadline()> stream;  // of the stream: one that ends it too early cuts the range
};

// Reads all of `pages`, whose further pages come as one stream where the server has that (etcd 3.7)
// and values are small: that spares it counting the rest of the range for every page. Errors: as
// ReadPage, and those of the takers.
Status ReadRange(const PageClients& clients, RangePages& pages, const RangeDeadlines& deadlines,
                 const RangeTakers& takers);

}  // namespace cairn::client
