// base/status.cc: see status.h.
#include "base/status.h"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <string>

#include <fmt/format.h>

namespace cairn {

namespace {

absl::StatusCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return absl::StatusCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case EEXIST:
    case ENOTEMPTY:
      return absl::StatusCode::kAlreadyExists;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EFBIG:
      return absl::StatusCode::kResourceExhausted;
    case EAGAIN:
    case EBUSY:
      return absl::StatusCode::kUnavailable;
    case EINVAL:
    case EISDIR:
    case ENAMETOOLONG:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

Status ErrnoStatus(std::string_view op, std::string_view path, int error_number) {
  char buffer[128];
  std::string text = strerror_r(error_number, buffer, sizeof buffer);
  // "I/O error" and other texts that begin with an acronym stay as they are.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1]))) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return Status(CodeOf(error_number), fmt::format("{} {}: {}", op, path, text));
}

Status Annotate(const Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  return Status(status.code(), fmt::format("{}: {}", prefix, Message(status)));
}

Status Rename(const Status& status, std::string_view name, std::string_view shown) {
  std::string text(Message(status));
  const size_t at = text.find(name);
  if (at == std::string::npos) return status;
  return Status(status.code(), text.replace(at, name.size(), shown));
}

Status Corrupt(std::string_view path, uint64_t offset, std::string_view what) {
  return absl::DataLossError(fmt::format("{}: offset {}: {}", path, offset, what));
}

}  // namespace cairn
