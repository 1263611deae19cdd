// cli/exit_code.h: the exit codes of the tools, with etcd's names and numbers.
#pragma once

namespace cairn::cli {

enum class ExitCode : int {
  kSuccess = 0,
  kError = 1,
  kBadConnection = 2,
  kInvalidInput = 3,  // a transaction or watch that can't be parsed
  kBadFeature = 4,    // a flag or output format that this command doesn't have
  kInterrupted = 5,
  kIo = 6,
  kBadArgs = 128,
};

}  // namespace cairn::cli
