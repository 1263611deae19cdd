// tools/ctl/format/watch.h: one answer of a watch stream, and what its command is told of an event.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "etcdserverpb.pb.h"
#include "mvccpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

// Formats: simple, json, fields, protobuf. An answer without events that only tells the store's
// revision has the line `progress notify: 43` before it in every format, as in etcdctl. json and
// protobuf carry neither the watch's id nor whether it is a fragment; protobuf no cancel reason.
std::string PrintWatch(const etcdserverpb::WatchResponse& response, const Style& style);

// The same for answers of several watches, large ones of which come in fragments: what it returns
// for these, put together, is what PrintWatch makes of the one answer.
class WatchPrinter {
 public:
  explicit WatchPrinter(const Style& style) : style_(style) {}

  std::string Print(size_t watch, const etcdserverpb::WatchResponse& response);

 private:
  Style style_;
  bool open_ = false;  // fragments of `watch_` were printed, and its last wasn't
  bool any_ = false;   // with events
  size_t watch_ = 0;
};

// NAME=value of what `watch … -- command` gets in its environment for an event of `response`. Text
// is quoted as Go's %q; the quotes belong to the value.
std::vector<std::string> WatchEnvironment(const etcdserverpb::WatchResponse& response,
                                          const mvccpb::Event& event);

// The same for an event whose key or value is too large for an environment: what is too large is
// taken away ("NAME"), and the value stands on the command's stdin, as it is: it has
// ETCD_WATCH_VALUE_BYTES bytes.
std::vector<std::string> LargeWatchEnvironment(const etcdserverpb::WatchResponse& response,
                                               const mvccpb::Event& event);

}  // namespace cairn::ctl
