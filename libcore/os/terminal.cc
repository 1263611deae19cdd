// os/terminal.cc: see terminal.h.
#include "os/terminal.h"

#include <errno.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "os/interrupt.h"
#include "os/standard_streams.h"

namespace cairn {

namespace {

Status ReadError() {
  return absl::UnavailableError(std::string("read /dev/stdin: ") + std::strerror(errno));
}

constexpr int kLookMillis = 100;

// 0 at the end. A signal, and `stop` if there is one, ends the wait: a plain read would go on after
// the signal's handler.
StatusOr<size_t> ReadSome(char* at, size_t size, const Event* stop = nullptr) {
  for (;;) {
    CAIRN_RETURN_IF_ERROR(CheckInterrupt());
    if (stop != nullptr && stop->IsSet()) return absl::CancelledError("stopped");
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = ::poll(&input, 1, kLookMillis);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t got = ::read(STDIN_FILENO, at, size);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return ReadError();
  }
}

// The terminal shows nothing of what is typed as long as this lives.
class NoEcho {
 public:
  NoEcho() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet) == 0;
  }
  ~NoEcho() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

bool InputIsTerminal() { return isatty(STDIN_FILENO) == 1; }

StatusOr<std::string> ReadPassword(std::string_view prompt) {
  // Quiet before the prompt: who answers at once would be shown else.
  const NoEcho quiet;
  CAIRN_RETURN_IF_ERROR(WriteStandard(StandardStream::kOutput, prompt));
  std::string password;
  const Status read = ReadInputLine(password).status();
  CAIRN_RETURN_IF_ERROR(WriteStandard(StandardStream::kOutput, "\n"));
  CAIRN_RETURN_IF_ERROR(read);
  return password;
}

StatusOr<std::string> ReadStandardInput() {
  std::string all;
  char block[1 << 16];
  for (;;) {
    CAIRN_ASSIGN_OR_RETURN(const size_t got, ReadSome(block, sizeof(block)));
    if (got == 0) return all;
    all.append(block, got);
  }
}

namespace {

StatusOr<InputLine> ReadLine(std::string& line, const Event* stop) {
  // What was read after the last line.
  static std::string rest;
  line.clear();
  for (;;) {
    if (const size_t end = rest.find('\n'); end != std::string::npos) {
      line = rest.substr(0, end);
      rest.erase(0, end + 1);
      return InputLine::kWhole;
    }
    char block[4096];
    CAIRN_ASSIGN_OR_RETURN(const size_t got, ReadSome(block, sizeof(block), stop));
    if (got == 0) {
      line = std::exchange(rest, {});
      return line.empty() ? InputLine::kEnd : InputLine::kCut;
    }
    rest.append(block, got);
  }
}

}  // namespace

StatusOr<InputLine> ReadInputLine(std::string& line) { return ReadLine(line, nullptr); }
StatusOr<InputLine> ReadInputLine(std::string& line, const Event& stop) {
  return ReadLine(line, &stop);
}

}  // namespace cairn
