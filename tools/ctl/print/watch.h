// tools/ctl/print/watch.h: one answer of a watch stream, and what its command is told of an event.
#pragma once

#include <string>
#include <vector>

#include "etcdserverpb.pb.h"
#include "mvccpb.pb.h"
#include "tools/ctl/print/style.h"

namespace cairn::ctl {

// Formats: simple, json, fields, protobuf. An answer without events that only tells the store's
// revision has the line `progress notify: 43` before it in every format, as in etcdctl. json and
// protobuf carry neither the watch's id nor whether it is a fragment; protobuf no cancel reason.
std::string PrintWatch(const etcdserverpb::WatchResponse& response, const Style& style);

// NAME=value of what `watch … -- command` gets in its environment for an event of `response`. Text
// is quoted as Go's %q; the quotes belong to the value.
std::vector<std::string> WatchEnvironment(const etcdserverpb::WatchResponse& response,
                                          const mvccpb::Event& event);

}  // namespace cairn::ctl
