// os/subprocess.h: runs another program and waits for it.
#pragma once

#include <string>
#include <string_view>
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
// process, `input` as its stdin, and this process's environment with `environment` put over it:
// "NAME=value" sets, "NAME" takes away. Blocks until it ends; signals that come meanwhile are the
// program's affair, too (see HoldInterrupts). `words` must not be empty.
//
// Errors when it doesn't start: NotFound `exec: "x": executable file not found in $PATH`,
// ResourceExhausted when words and environment are too large, else "fork/exec ./x: permission
// denied".
StatusOr<ProcessEnd> RunProgram(const std::vector<std::string>& words,
                                const std::vector<std::string>& environment,
                                std::string_view input = {});

// What one word or setting may take at most, its end included; the kernel refuses more.
constexpr size_t kMaxSettingBytes = size_t{128} << 10;

}  // namespace cairn
