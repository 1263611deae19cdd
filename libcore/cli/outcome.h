// cli/outcome.h: how a command ended: a status and the exit code that goes with it.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"
#include "cli/exit_code.h"

namespace cairn::cli {

// What a command's run function returns. An absl::Status converts to it (OK is 0, an error is 1),
// so that CAIRN_RETURN_IF_ERROR works in a run function. The message is printed behind "Error: ";
// an error with an empty message ends the program with its code and without a word (the command has
// said all on stdout already).
struct Outcome {
  Outcome(Status s)  // NOLINT(google-explicit-constructor)
      : status(std::move(s)), code(status.ok() ? ExitCode::kSuccess : ExitCode::kError) {}
  Outcome(ExitCode c, std::string_view message)
      : status(c == ExitCode::kSuccess
                   ? absl::OkStatus()
                   : Status(absl::StatusCode::kUnknown, {message.data(), message.size()})),
        code(c) {}

  Status status;
  ExitCode code;
};

// The arguments make no sense together: exit code 128.
inline Outcome BadArgs(std::string_view message) { return {ExitCode::kBadArgs, message}; }
// Ends with this code and prints nothing.
inline Outcome Silent(ExitCode code) { return {code, ""}; }

}  // namespace cairn::cli
