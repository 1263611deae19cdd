// client/range_pages.h: a range of any size in pages, each of a few megabytes whatever the sizes of
// its values, all at one revision.
//
//   RangePages pages(request);
//   while (!pages.done()) {
//     RangeResponse page;
//     CAIRN_RETURN_IF_ERROR(client.Call(kRange, pages.request(), page, deadline));
//     CAIRN_RETURN_IF_ERROR(pages.Take(page));
//     … page.kvs() …
//   }
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "etcdserverpb.pb.h"

namespace cairn::client {

// What a page may take on its way (Client::WithMemory): a few megabytes, or ten values of 1.5, the
// largest that etcd takes by default.
inline constexpr int64_t kPageMemoryBytes = 48 << 20;

// Which request comes next, and whether an answer can be believed. Pages grow and shrink by the
// bytes of the last one: a server bounds a page by its number of keys alone. Not thread-safe.
class RangePages {
 public:
  // A range in key order without filters; its limit, if it has one, is that of all pages together.
  explicit RangePages(etcdserverpb::RangeRequest request);

  // The next page. Its revision is that of the first page, once there was one.
  const etcdserverpb::RangeRequest& request() const { return request_; }
  // What is left, without a page's limit: for a server that cuts a stream by itself.
  etcdserverpb::RangeRequest Rest() const;

  // The answer to request(). Errors, DataLoss: keys that don't go up, that lie outside of what was
  // asked for, or more of them that never come; a range that was read so would never end, or be a
  // wrong one.
  Status Take(const etcdserverpb::RangeResponse& page);
  // A message of the stream for Rest(): the same, but that it may be empty and its `more` counts
  // only in the last.
  Status TakePart(const etcdserverpb::RangeResponse& part);

  // The answer to request() didn't fit into memory: the next is for fewer keys. False when it was
  // for one already.
  bool Shrink();

  bool done() const { return done_; }
  // Of the whole range; 0 before the first page.
  int64_t count() const { return count_; }
  // Whether the limit left something out.
  bool more() const { return more_; }

 private:
  Status CheckKeys(const etcdserverpb::RangeResponse& page);
  void GoBehind(const etcdserverpb::RangeResponse& page);

  etcdserverpb::RangeRequest request_;
  std::string last_;   // key that was taken last
  bool any_ = false;   // there was one
  bool first_ = true;  // no page yet
  bool limited_;
  int64_t left_;  // of the limit
  int64_t page_keys_;
  int64_t count_ = 0;
  bool done_ = false, more_ = false;
};

}  // namespace cairn::client
