// os/interrupt.cc: see interrupt.h.
#include "os/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace cairn {

namespace {

volatile std::sig_atomic_t g_signal = 0;
volatile std::sig_atomic_t g_held = 0;
// Becomes readable, for ever, when a signal comes.
int g_signal_pipe[2] = {-1, -1};

void OnSignal(int signal_number) {
  if (g_held != 0) return;
  const int saved = errno;
  g_signal = signal_number;
  std::signal(signal_number, SIG_DFL);
  if (g_signal_pipe[1] >= 0) (void)!write(g_signal_pipe[1], "", 1);
  errno = saved;
}

}  // namespace

void CatchInterrupts() {
  if (g_signal_pipe[0] < 0 && pipe2(g_signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
    g_signal_pipe[0] = g_signal_pipe[1] = -1;
  }
  for (int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    // Who began this program decided already: nohup ignores SIGHUP, a shell without job control
    // SIGINT for what runs in its background.
    if (sigaction(signal_number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = OnSignal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(signal_number, &action, nullptr);
  }
}

int InterruptSignal() { return g_signal; }

Status CheckInterrupt() {
  if (g_signal == 0) return absl::OkStatus();
  return absl::CancelledError("interrupted");
}

void DieByInterrupt() {
  const int signal_number = g_signal == 0 ? SIGINT : static_cast<int>(g_signal);
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
  std::_Exit(128 + signal_number);
}

int TakeInterrupt() {
  const int signal_number = g_signal;
  if (signal_number == 0) return 0;
  g_signal = 0;
  char bytes[16];
  while (g_signal_pipe[0] >= 0 && read(g_signal_pipe[0], bytes, sizeof(bytes)) > 0) {
  }
  CatchInterrupts();
  return signal_number;
}

HoldInterrupts::HoldInterrupts() { g_held = g_held + 1; }
HoldInterrupts::~HoldInterrupts() { g_held = g_held - 1; }

OnInterrupt::OnInterrupt(std::function<void()> act, int delay_millis) {
  if (g_signal_pipe[0] < 0 || pipe2(stop_pipe_, O_CLOEXEC) != 0) return;
  try {
    thread_ = std::thread([this, act = std::move(act), delay_millis] {
      pollfd watched[] = {{stop_pipe_[0], POLLIN, 0}, {g_signal_pipe[0], POLLIN, 0}};
      while (poll(watched, 2, -1) < 0 && errno == EINTR) {
      }
      if (watched[0].revents != 0 || watched[1].revents == 0) return;
      // A second signal of another kind begins the delay anew.
      int stopped = 0;
      while ((stopped = poll(watched, 1, delay_millis)) < 0 && errno == EINTR) {
      }
      if (stopped == 0) act();
    });
  } catch (const std::system_error&) {
    // Then only a second signal ends the wait.
  }
}

OnInterrupt::~OnInterrupt() {
  if (stop_pipe_[1] >= 0) close(stop_pipe_[1]);
  if (thread_.joinable()) thread_.join();
  if (stop_pipe_[0] >= 0) close(stop_pipe_[0]);
}

}  // namespace cairn
