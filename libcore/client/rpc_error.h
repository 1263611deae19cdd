// client/rpc_error.h: what a failed call says, in the words that etcd's own client uses.
#pragma once

#include <string_view>

#include "base/status.h"

namespace cairn::client {

// `status` is a call's, as transport.h gives it, and its code stays. The message becomes the
// server's if it is one of etcd's own errors ("etcdserver: key is not provided"), "context deadline
// exceeded" or "context canceled" for those codes, else "rpc error: code = Unavailable desc = …"
// (etcd's api/v3rpc/rpctypes).
Status RpcStatus(const Status& status);

// gRPC's name of a code as Go prints it: "Unavailable", "DeadlineExceeded".
std::string_view CodeName(absl::StatusCode code);

}  // namespace cairn::client
