// tools/ctl/new_password.h: a user's new password, from the terminal or from a script.
#pragma once

#include <string>
#include <string_view>

#include "cli/program.h"

namespace cairn::ctl {

// Asks twice. Exit code 128 when it is empty or the two differ.
cli::Outcome AskNewPassword(std::string_view user, std::string& password);

// The first word of a line: what stands between blanks.
std::string FirstWord(std::string_view line);

// stdin's first line, with its blanks; under etcd's name the line's first word, which is what
// etcdctl takes. Exit code 128 when it is empty.
cli::Outcome ReadNewPassword(cli::Invocation& in, std::string& password);

// "empty password" with exit code 128 when it is: nobody wants one that was meant to be there, and
// --no-password is the way to want none.
cli::Outcome RefuseEmptyPassword(std::string_view password);

}  // namespace cairn::ctl
