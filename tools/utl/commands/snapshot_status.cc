// tools/utl/commands/snapshot_status.cc: `cairnutl snapshot status`: what snapshots hold, with
// every page checked.
#include <fmt/format.h>

#include "gotext/quote.h"
#include "offline/inspect/status.h"
#include "render/fields.h"
#include "render/human.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::SnapshotStatus;

std::vector<std::string> Row(const SnapshotStatus& status) {
  return {fmt::format("{:x}", status.hash), std::to_string(status.revision),
          std::to_string(status.total_keys),
          render::HumanBytes(static_cast<uint64_t>(status.total_size)), status.version};
}

std::string Render(const std::vector<SnapshotStatus>& all, cli::Format format, bool box) {
  std::string text;
  std::vector<std::vector<std::string>> rows;
  for (const SnapshotStatus& status : all) {
    switch (format) {
      case cli::Format::kJson:
        text += render::JsonWriter()
                    .BeginObject()
                    .Field("hash", status.hash)
                    .Field("revision", status.revision)
                    .Field("totalKey", status.total_keys)
                    .Field("totalSize", status.total_size)
                    .Field("version", status.version)
                    .EndObject()
                    .text() +
                "\n";
        break;
      case cli::Format::kFields:
        text += render::Fields()
                    .Add("Hash", status.hash)
                    .Add("Revision", status.revision)
                    .Add("Keys", status.total_keys)
                    .Add("Size", status.total_size)
                    .Add("Version", status.version)
                    .text();
        break;
      case cli::Format::kTable:
        rows.push_back(Row(status));
        break;
      default:
        for (const std::string& cell : Row(status)) text += Printable(cell) + ", ";
        text.replace(text.size() - 2, 2, "\n");
    }
  }
  if (format == cli::Format::kTable) {
    return render::Table({"hash", "revision", "total keys", "total size", "version"}, rows,
                         render::BordersFor(box));
  }
  return text;
}

cli::Outcome RunStatus(cli::Invocation& in) {
  std::vector<SnapshotStatus> all;
  for (const std::string& path : in.args()) {
    CAIRN_ASSIGN_OR_RETURN(SnapshotStatus status,
                           offline::ReadSnapshotStatus(OfflineContext(in), path));
    for (const std::string& warning : status.warnings) in.Note(warning);
    all.push_back(std::move(status));
  }
  return in.Print(Render(all, in.format(), in.box_drawing()));
}

}  // namespace

cli::Command& AddSnapshotStatus(cli::Command& group) {
  using cli::Format;
  return group.Add("status <filename>...", "Gets backend snapshot status of a given file")
      .Long(
          "Checks every page of the file, then prints its hash, revision, number of live keys,\n"
          "size and storage version: a row for each file. The file is only read.\n"
          "Whether a snapshot's own checksum still fits is what `{prog} verify` checks.")
      .Args(1, SIZE_MAX, "snapshot status requires exactly one argument", cli::ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kDbFile)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kTable})
      .Example("{prog} snapshot status backup.db -w table", "One snapshot as a table.")
      .Example("{prog} snapshot status /backup/*.db", "A line for each of several.")
      .Exit(cli::ExitCode::kError, "a file can't be read, or is damaged")
      .Exit(cli::ExitCode::kBadArgs, "no file was named")
      .Run(RunStatus);
}

}  // namespace cairn::utl
