// tools/ctl/space_advice.cc: see space_advice.h.
#include "tools/ctl/space_advice.h"

#include <fmt/format.h>

namespace cairn::ctl {

std::string SpaceAdvice(const cli::Program& program) {
  return fmt::format(
      "Make space: `{0} compaction REVISION`, `{0} defrag --cluster`, then\n"
      "`{0} alarm disarm`; or give servers a larger --quota-backend-bytes.",
      program.shown_name());
}

std::string WithSpaceAdvice(const cli::Program& program, std::string_view message) {
  std::string text(message);
  if (!program.compat() &&
      message.find("etcdserver: mvcc: database space exceeded") != std::string_view::npos) {
    text += '\n';
    text += SpaceAdvice(program);
  }
  return text;
}

}  // namespace cairn::ctl
