// tools/ctl/new_password.cc: see new_password.h.
#include "tools/ctl/new_password.h"

#include <fmt/format.h>

#include "os/terminal.h"

namespace cairn::ctl {

namespace {

constexpr std::string_view kBlanks = " \t\r\v\f";

cli::Outcome Ask(std::string_view prompt, std::string& password) {
  auto read = ReadPassword(prompt);
  if (absl::IsCancelled(read.status())) return read.status();
  if (!read.ok()) {
    return cli::BadArgs(fmt::format("failed to ask password: {}", Message(read.status())));
  }
  password = *std::move(read);
  return absl::OkStatus();
}

}  // namespace

cli::Outcome AskNewPassword(std::string_view user, std::string& password) {
  cli::Outcome asked = Ask(fmt::format("Password of {}: ", user), password);
  if (!asked.status.ok()) return asked;
  if (cli::Outcome empty = RefuseEmptyPassword(password); !empty.status.ok()) return empty;
  std::string again;
  asked = Ask(fmt::format("Type password of {} again for confirmation: ", user), again);
  if (!asked.status.ok()) return asked;
  if (password != again) return cli::BadArgs("given passwords are different");
  return absl::OkStatus();
}

std::string FirstWord(std::string_view line) {
  const size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  line.remove_prefix(begin);
  return std::string(line.substr(0, line.find_first_of(kBlanks)));
}

cli::Outcome ReadNewPassword(cli::Invocation& in, std::string& password) {
  CAIRN_ASSIGN_OR_RETURN(const InputLine line, ReadInputLine(password));
  if (in.program().compat()) {
    password = FirstWord(password);
    // Who presses Enter at a terminal gets from etcdctl the empty password, and etcd's own tests
    // do. A file or a pipe that turned out empty is a mistake.
    if (password.empty() && line == InputLine::kWhole && InputIsTerminal()) return absl::OkStatus();
  } else if (password.ends_with('\r')) {
    password.pop_back();  // a file from Windows
  }
  return RefuseEmptyPassword(password);
}

cli::Outcome RefuseEmptyPassword(std::string_view password) {
  return password.empty() ? cli::BadArgs("empty password") : cli::Outcome(absl::OkStatus());
}

}  // namespace cairn::ctl
