// base/interrupt.cc: see interrupt.h.
#include "base/interrupt.h"

#include <csignal>
#include <cstdlib>

namespace cairn {

namespace {

volatile std::sig_atomic_t g_signal = 0;

void OnSignal(int signal_number) {
  g_signal = signal_number;
  std::signal(signal_number, SIG_DFL);
}

}  // namespace

void CatchInterrupts() {
  for (int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
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

}  // namespace cairn
