// base/subprocess.h: runs another program and waits for it.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace cairn {

// How a program ended.
struct ProcessEnd {
  int exit_code = 0;  // 255 when a signal ended it
  int signal = 0;     // 0: it ended by itself

  bool ok() const { return exit_code == 0; }
  // "exit status 7" or "signal: killed".
  std::string Text() const;
};

// Runs `words[0]`, looked for in $PATH when it has no slash, with stdout and stderr of this
// process, an empty stdin, and this process's environment with `environment` ("NAME=value") put
// over it. Blocks until it ends; signals that come meanwhile are the program's affair, too (see
// HoldInterrupts). `words` must not be empty.
//
// Errors when it doesn't start: NotFound `exec: "x": executable file not found in $PATH`, else
// "fork/exec ./x: permission denied".
StatusOr<ProcessEnd> RunProgram(const std::vector<std::string>& words,
                                const std::vector<std::string>& environment);

}  // namespace cairn
