// base/terminal.h: what a program reads from its user: passwords, and standard input.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace cairn {

// Whether stdin is a terminal.
bool InputIsTerminal();
// Shows `prompt` on stdout and reads a line from stdin, without echo on a terminal. The line's end
// is not part of the password.
StatusOr<std::string> ReadPassword(std::string_view prompt);
// All of stdin.
StatusOr<std::string> ReadStandardInput();
// Stdin line by line, without their ends, until it is over (false) or `line` is filled (true).
StatusOr<bool> ReadInputLine(std::string& line);

}  // namespace cairn
