// os/terminal.h: what a program reads from its user: passwords, and standard input.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/event.h"
#include "base/status.h"

namespace cairn {

// Whether stdin is a terminal.
bool InputIsTerminal();
// Shows `prompt` on stdout and reads a line from stdin, without echo on a terminal; then ends the
// prompt's line. The line's end is not part of the password.
StatusOr<std::string> ReadPassword(std::string_view prompt);
// All of stdin.
StatusOr<std::string> ReadStandardInput();
// The next line of stdin, without its end. kCut: the input ended within it; kEnd: before it.
enum class InputLine { kWhole, kCut, kEnd };
StatusOr<InputLine> ReadInputLine(std::string& line);
// The same, with Cancelled once `stop` is set.
StatusOr<InputLine> ReadInputLine(std::string& line, const Event& stop);

}  // namespace cairn
