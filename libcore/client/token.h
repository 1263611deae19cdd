// client/token.h: whether a token can be sent with a call.
#pragma once

#include <string_view>

#include "base/status.h"

namespace cairn::client {

// gRPC carries printable ASCII in what goes with a call, and ends the program over anything else.
// Errors: InvalidArgument that names the first byte that can't be sent; `whose` is what the token
// is called there. The token itself is not shown.
Status CheckToken(std::string_view token, std::string_view whose);

}  // namespace cairn::client
