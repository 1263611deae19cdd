// tools/utl/format/damage_report.h: how a command that shows a damaged file tells what it could not
// read.
#pragma once

#include "cli/program.h"
#include "offline/damaged_db.h"
#include "render/table.h"

namespace cairn::utl {

// Something was saved of a damaged file, but not all that was in it: a script must be able to tell.
inline constexpr cli::ExitCode kIncomplete{7};

// One line on stderr for each problem; then OK, or the error that the command ends with.
cli::Outcome TellProblems(cli::Invocation& in, const std::string& path,
                          const offline::Problems& problems);

// Prints `records` in the wanted form, then tells its problems. The forms are functions of the
// records; that of the table takes the borders, too.
template <typename Records, typename Json, typename Table, typename Text>
cli::Outcome PrintRecords(cli::Invocation& in, const std::string& path, const Records& records,
                          const Json& json, const Table& table, const Text& text) {
  const auto form = [&]() -> std::string {
    switch (in.format()) {
      case cli::Format::kJson:
        return json(records);
      case cli::Format::kTable:
        return table(records, render::BordersFor(in.box_drawing()));
      default:
        return text(records);
    }
  };
  CAIRN_RETURN_IF_ERROR(in.Print(form()));
  return TellProblems(in, path, records.problems);
}

}  // namespace cairn::utl
