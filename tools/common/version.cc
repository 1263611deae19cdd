// tools/common/version.cc: the command `version`. Under etcd's name it tells the release whose
// formats and output it keeps, as scripts expect it.
#include <fmt/format.h>

#include "tools/common/commands.h"

namespace cairn::tools {

namespace {
constexpr std::string_view kEtcdVersion = "3.7.3";
constexpr std::string_view kApiVersion = "3.7";
}  // namespace

void AddVersion(cli::Program& program) {
  program.root()
      .Add("version", "Prints the version of the program")
      .Long(
          "Prints the program's version and the version of etcd's API and files that it was made\n"
          "for. Called by etcd's name for it, it prints the etcd release that it stands in for.")
      .Example("{prog} version", "Two lines: program and API.")
      .Run([](cli::Invocation& in) {
        return in.Print(fmt::format("{} version: {}\nAPI version: {}\n", in.program().shown_name(),
                                    in.program().compat() ? kEtcdVersion : CAIRN_VERSION,
                                    kApiVersion));
      });
}

}  // namespace cairn::tools
