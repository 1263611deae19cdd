// tools/ctl/new_password.h: a user's new password, from the terminal or from a script.
#pragma once

#include <string>
#include <string_view>

#include "cli/outcome.h"

namespace cairn::ctl {

// Asks twice. Exit code 128 when it is empty or the two differ.
cli::Outcome AskNewPassword(std::string_view user, std::string& password);

// The first word of a line: what stands between blanks.
std::string FirstWord(std::string_view line);

// The first word of stdin's first line; "" when there is none.
Status ReadPasswordWord(std::string& password);

}  // namespace cairn::ctl
