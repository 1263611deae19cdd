// client/rpc_error.cc: see rpc_error.h.
#include "client/rpc_error.h"

#include <fmt/format.h>

namespace cairn::client {

std::string_view CodeName(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return "OK";
    case absl::StatusCode::kCancelled:
      return "Canceled";
    case absl::StatusCode::kUnknown:
      return "Unknown";
    case absl::StatusCode::kInvalidArgument:
      return "InvalidArgument";
    case absl::StatusCode::kDeadlineExceeded:
      return "DeadlineExceeded";
    case absl::StatusCode::kNotFound:
      return "NotFound";
    case absl::StatusCode::kAlreadyExists:
      return "AlreadyExists";
    case absl::StatusCode::kPermissionDenied:
      return "PermissionDenied";
    case absl::StatusCode::kResourceExhausted:
      return "ResourceExhausted";
    case absl::StatusCode::kFailedPrecondition:
      return "FailedPrecondition";
    case absl::StatusCode::kAborted:
      return "Aborted";
    case absl::StatusCode::kOutOfRange:
      return "OutOfRange";
    case absl::StatusCode::kUnimplemented:
      return "Unimplemented";
    case absl::StatusCode::kInternal:
      return "Internal";
    case absl::StatusCode::kUnavailable:
      return "Unavailable";
    case absl::StatusCode::kDataLoss:
      return "DataLoss";
    case absl::StatusCode::kUnauthenticated:
      return "Unauthenticated";
    default:
      return "Unknown";
  }
}

Status RpcStatus(const Status& status) {
  const std::string_view text = Message(status);
  if (status.ok() || text.starts_with("etcdserver: ")) return status;
  const auto make = [&](std::string_view message) {
    return Status(status.code(), {message.data(), message.size()});
  };
  if (absl::IsDeadlineExceeded(status)) return make("context deadline exceeded");
  if (absl::IsCancelled(status)) return make("context canceled");
  return make(fmt::format("rpc error: code = {} desc = {}", CodeName(status.code()), text));
}

}  // namespace cairn::client
