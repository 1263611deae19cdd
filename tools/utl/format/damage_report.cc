// tools/utl/format/damage_report.cc: see damage_report.h.
#include "tools/utl/format/damage_report.h"

#include <fmt/format.h>

namespace cairn::utl {

cli::Outcome TellProblems(cli::Invocation& in, const std::string& path,
                          const offline::Problems& problems) {
  if (problems.none()) return absl::OkStatus();
  for (const std::string& line : problems.lines()) in.Note(fmt::format("{}: {}", path, line));
  if (const uint64_t more = problems.count() - problems.lines().size(); more > 0) {
    in.Note(fmt::format("{}: and {} more", path, more));
  }
  return {cli::ExitCode::kError,
          fmt::format("{} is damaged: {} problem{}, what could be read is shown", path,
                      problems.count(), problems.count() == 1 ? "" : "s")};
}

}  // namespace cairn::utl
