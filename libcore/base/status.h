// base/status.h: helpers around absl::Status, the only way errors travel between modules.
//
// A message says what failed, on which file, member or key, and what to do. File errors read as the
// system's own tools put them ("open /x: permission denied"), because scripts match on them.
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cairn {

using absl::Status;
using absl::StatusOr;

// The error of a failed system call: "OP PATH: text of `error_number`", with the code that fits
// (NotFound, PermissionDenied, AlreadyExists, ResourceExhausted for a full disk, Unavailable for a
// busy one, else Internal).
Status ErrnoStatus(std::string_view op, std::string_view path, int error_number);

// The status's message as a standard string_view (the packaged abseil has its own string_view
// type).
inline std::string_view Message(const Status& status) {
  return {status.message().data(), status.message().size()};
}

// `status` with `prefix` and ": " before its message; OK stays OK.
Status Annotate(const Status& status, std::string_view prefix);

// `status` with `shown` in the place of `name` in its message: a file that is being made has a name
// that means nothing to its user.
Status Rename(const Status& status, std::string_view name, std::string_view shown);

// Damage found in a file: DataLoss with "PATH: offset N: WHAT".
Status Corrupt(std::string_view path, uint64_t offset, std::string_view what);

}  // namespace cairn

#define CAIRN_STATUS_CONCAT_INNER(a, b) a##b
#define CAIRN_STATUS_CONCAT(a, b) CAIRN_STATUS_CONCAT_INNER(a, b)

#define CAIRN_RETURN_IF_ERROR(expr)                       \
  do {                                                    \
    if (auto cairn_status = (expr); !cairn_status.ok()) { \
      return cairn_status;                                \
    }                                                     \
  } while (false)

#define CAIRN_ASSIGN_OR_RETURN(lhs, expr) \
  CAIRN_ASSIGN_OR_RETURN_INNER(CAIRN_STATUS_CONCAT(cairn_statusor_, __LINE__), lhs, expr)
#define CAIRN_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                 \
  if (!tmp.ok()) return std::move(tmp).status();     \
  lhs = std::move(tmp).value()
