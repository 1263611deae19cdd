// tools/utl/commands/bbolt_check.cc: `cairnutl bbolt check`: bbolt's verdict on a file.
#include <fmt/format.h>

#include "bolt/check/page_list.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/format/text_output.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

cli::Outcome RunCheck(cli::Invocation& in) {
  const std::string& path = in.args()[0];
  CAIRN_ASSIGN_OR_RETURN(const offline::DamagedDb db,
                         offline::DamagedDb::Open(OfflineContext(in), path));
  CAIRN_RETURN_IF_ERROR(db.NeedMeta());
  in.progress().Stage("checking", db.layout().meta->high_water * db.layout().page_size);
  TextOutput out(in);
  CAIRN_ASSIGN_OR_RETURN(
      const uint64_t errors,
      bolt::CheckFile(db.file(), db.layout(), in.Uint64("from-page"), in.progress(),
                      [&](const std::string& line) { return out.Append(line + "\n"); }));
  CAIRN_RETURN_IF_ERROR(
      out.Append(errors == 0 ? std::string("OK\n") : fmt::format("{} errors found\n", errors)));
  CAIRN_RETURN_IF_ERROR(out.Finish());
  if (errors == 0) return absl::OkStatus();
  return {cli::ExitCode::kError, fmt::format("{} is damaged: invalid value", path)};
}

}  // namespace

cli::Command& AddBboltCheck(cli::Command& group) {
  cli::Command& command =
      group.Add("check <bbolt-file>", "Verifies integrity of bbolt database data");
  command
      .Long(
          "Checks that every page is in use or free exactly once, that all pages can be read and\n"
          "that the keys are in order, and prints OK, or a line for each error and their number\n"
          "(of errors that come by the million the first 20). What etcd keeps in the keys isn't\n"
          "looked at: `{prog} verify` does that, too. The file is only read.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kDbFile)
      .Example("{prog} bbolt check /var/lib/etcd/member/snap/db", "The db of a stopped member.")
      .Exit(cli::ExitCode::kError, "the file is damaged, or can't be read");
  command.Uint64("from-page", 0, "check db integrity starting from the given page ID");
  command.Run(RunCheck);
  return command;
}

}  // namespace cairn::utl
