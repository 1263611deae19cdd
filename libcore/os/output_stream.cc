// os/output_stream.cc: see output_stream.h.
#include "os/output_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.h"
#include "os/interrupt.h"
#include "os/wait_fd.h"

namespace cairn {

namespace {

constexpr int64_t kReaderWaitNanos = 2'000'000'000;
constexpr int64_t kRetryNanos = 50'000'000;
constexpr int64_t kWriteWaitNanos = 3'600'000'000'000;

}  // namespace

StatusOr<std::unique_ptr<OutputStream>> OutputStream::Open(const std::string& path) {
  int fd = -1;
  const int64_t began = SystemClock().MonotonicNanos();
  for (;;) {
    // Without O_NONBLOCK the open of a FIFO waits where no signal's flag is looked at.
    fd = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0) break;
    if (errno == EINTR) continue;
    if (errno != ENXIO) return ErrnoStatus("open", path, errno);
    struct stat st {};
    if (stat(path.c_str(), &st) != 0 || !S_ISFIFO(st.st_mode)) {
      return ErrnoStatus("open", path, ENXIO);
    }
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (SystemClock().MonotonicNanos() - began >= kReaderWaitNanos) {
      return absl::FailedPreconditionError(
          fmt::format("could not open {} (is not a regular file but a pipe, and no process reads "
                      "it: start the reader first)",
                      path));
    }
    SystemClock().SleepNanos(kRetryNanos);
  }
  std::unique_ptr<OutputStream> stream(new OutputStream(path, fd));
  if (isatty(fd) == 1) {
    return absl::FailedPreconditionError(fmt::format("{} is a terminal", path));
  }
  return stream;
}

OutputStream::~OutputStream() { close(fd_); }

Status OutputStream::Write(std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = write(fd_, data.data(), data.size());
    if (n >= 0) {
      data.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      CAIRN_RETURN_IF_ERROR(WaitForFd(fd_, FdReady::kToWrite, kWriteWaitNanos));
    } else if (errno != EINTR) {
      return ErrnoStatus("write", path_, errno);
    }
  }
  return absl::OkStatus();
}

Status OutputStream::Finish() {
  if (fsync(fd_) != 0 && errno != EINVAL && errno != EROFS) {
    return ErrnoStatus("fsync", path_, errno);
  }
  return absl::OkStatus();
}

}  // namespace cairn
