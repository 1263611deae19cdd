// client/token.cc: see token.h.
#include "client/token.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

namespace cairn::client {

Status CheckToken(std::string_view token, std::string_view whose) {
  for (size_t i = 0; i < token.size(); ++i) {
    const auto byte = static_cast<unsigned char>(token[i]);
    if (absl::ascii_isprint(byte)) continue;
    const bool line_end = byte == '\r' || byte == '\n';
    return absl::InvalidArgumentError(fmt::format(
        "{} can't be sent: its byte {} of {} is {}", whose, i + 1, token.size(),
        line_end ? "the end of a line" : fmt::format("0x{:02x}, and no printable ASCII", byte)));
  }
  return absl::OkStatus();
}

}  // namespace cairn::client
