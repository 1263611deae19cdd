// os/interrupt.h: Ctrl-C and SIGTERM as a flag, so that long work can stop between two steps and
// clean up.
#pragma once

#include <functional>
#include <thread>

#include "base/status.h"

namespace cairn {

// Installs handlers for SIGINT, SIGTERM and SIGHUP that only set the flag; a second signal ends the
// process at once. One that is ignored (nohup, a job in the background of a script) stays ignored.
void CatchInterrupts();
// The signal that came, or 0.
int InterruptSignal();
// Cancelled("interrupted") once a signal came.
Status CheckInterrupt();
// Ends the process by the signal that came, as if it had never been caught, so that a shell sees
// 130 or 143.
[[noreturn]] void DieByInterrupt();

// Forgets the signal that came and gives its number back (0: none came), so that work which has to
// be done all the same, as giving back a lock, isn't stopped by it. The next signal counts again.
int TakeInterrupt();

// While it lives, signals do nothing here: for the time in which another program, which gets the
// same Ctrl-C, decides what that means.
class HoldInterrupts {
 public:
  HoldInterrupts();
  ~HoldInterrupts();
  HoldInterrupts(const HoldInterrupts&) = delete;
  HoldInterrupts& operator=(const HoldInterrupts&) = delete;
};

// Calls `act` once, on a thread of its own, `delay_millis` after a signal came while this lives (or
// had come before): for work that waits where no flag is looked at. Only after CatchInterrupts;
// else it does nothing.
class OnInterrupt {
 public:
  explicit OnInterrupt(std::function<void()> act, int delay_millis = 0);
  ~OnInterrupt();  // `act` doesn't run any more
  OnInterrupt(const OnInterrupt&) = delete;
  OnInterrupt& operator=(const OnInterrupt&) = delete;

 private:
  int stop_pipe_[2] = {-1, -1};
  std::thread thread_;
};

}  // namespace cairn
