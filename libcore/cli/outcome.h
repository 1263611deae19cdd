// cli/outcome.h: how a command ended: a status and the exit code that goes with it.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"
#include "cli/exit_code.h"

namespace cairn::cli {

// What a command's run function returns. An absl::Status converts to it (OK is 0, an error is 1),
// so that CAIRN_RETURN_IF_ERROR works in a run function. The message is printed after "Error: ";
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
  // With --json-errors, what stderr says of a status without a message.
  std::string json_only;
};

// The arguments make no sense together: exit code 128.
inline Outcome BadArgs(std::string_view message) { return {ExitCode::kBadArgs, message}; }
// Ends with this code and prints nothing, but for --json-errors: `json_only` as an error's object.
inline Outcome Silent(ExitCode code, std::string_view json_only = "") {
  Outcome outcome(code, "");
  outcome.json_only = json_only;
  return outcome;
}

}  // namespace cairn::cli
