// os/standard_streams.cc: see standard_streams.h.
#include "os/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "os/interrupt.h"

namespace cairn {

namespace {

// Before what libraries set up ahead of main: gRPC leaves an eventfd behind when it gets number 0.
[[gnu::constructor(101)]] void OpenClosedStreams() {
  // In ascending order, since open(2) takes the lowest free number.
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    if (open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY) != fd) std::_Exit(1);
  }
}

bool g_pipe_ignored_at_start = false;

// A pipe whose reader has stopped reading (a pager, say) must not keep Ctrl-C waiting. Once there
// is room a write makes progress, and then comes back for a signal by itself.
Status AwaitReader() {
  constexpr int kLookMillis = 100;
  pollfd output{static_cast<int>(StandardStream::kOutput), POLLOUT, 0};
  while (poll(&output, 1, kLookMillis) <= 0) CAIRN_RETURN_IF_ERROR(CheckInterrupt());
  return absl::OkStatus();
}

}  // namespace

void PrepareStandardStreams() {
  g_pipe_ignored_at_start = std::signal(SIGPIPE, SIG_IGN) == SIG_IGN;
  std::signal(SIGXFSZ, SIG_IGN);
}

Status WriteStandard(StandardStream stream, std::string_view data) {
  while (!data.empty()) {
    if (stream == StandardStream::kOutput) CAIRN_RETURN_IF_ERROR(AwaitReader());
    const ssize_t n = write(static_cast<int>(stream), data.data(), data.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      const int error_number = errno;
      const Status status = ErrnoStatus(
          "write", stream == StandardStream::kOutput ? "/dev/stdout" : "/dev/stderr", error_number);
      if (error_number != EPIPE) return status;
      return absl::FailedPreconditionError(status.message());
    }
    data.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

bool BrokenPipeIsOrdinaryError() { return g_pipe_ignored_at_start; }

void DieByBrokenPipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  std::_Exit(128 + SIGPIPE);
}

bool IsTerminal(StandardStream stream) { return isatty(static_cast<int>(stream)) == 1; }

int TerminalColumns(StandardStream stream) {
  winsize size{};
  if (ioctl(static_cast<int>(stream), TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

bool LocaleIsUtf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    // The first that is set decides, as in setlocale(3).
    return strcasestr(value, "utf-8") != nullptr || strcasestr(value, "utf8") != nullptr;
  }
  return false;
}

}  // namespace cairn
