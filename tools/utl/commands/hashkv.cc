// tools/utl/commands/hashkv.cc: `cairnutl hashkv`: the checksum of a file's key history.
#include <string>
#include <vector>

#include "offline/inspect/hash_kv.h"
#include "render/fields.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

cli::Outcome RunHashKv(cli::Invocation& in) {
  CAIRN_RETURN_IF_ERROR(CheckUnreadWalDir(in));
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const offline::HashKvResult result,
                         offline::HashKv(OfflineContext(in), path, in.Int64("rev")));
  const std::vector<std::string> row = {std::to_string(result.hash),
                                        std::to_string(result.hash_revision),
                                        std::to_string(result.compact_revision)};
  switch (in.format()) {
    case cli::Format::kJson:
      return in.Print(render::JsonWriter()
                          .BeginObject()
                          .Field("hash", result.hash)
                          .Field("hashRevision", result.hash_revision)
                          .Field("compactRevision", result.compact_revision)
                          .EndObject()
                          .text() +
                      "\n");
    case cli::Format::kFields:
      return in.Print(render::Fields()
                          .Add("Hash", result.hash)
                          .Add("Hash revision", result.hash_revision)
                          .Add("Compact revision", result.compact_revision)
                          .text());
    case cli::Format::kTable:
      return in.Print(render::Table({"hash", "hash revision", "compact revision"}, {row},
                                    render::BordersFor(in.box_drawing())));
    default:
      return in.Print(row[0] + ", " + row[1] + ", " + row[2] + "\n");
  }
}

}  // namespace

void AddHashKv(cli::Program& program) {
  using cli::Format;
  cli::Command& command =
      program.root().Add("hashkv <filename>", "Prints the KV history hash of a given file");
  command
      .Long(
          "Prints the hash over the key history that members of a cluster compare, the revision "
          "it\n"
          "was taken at and the revision of the last compaction. Two members whose hashes differ "
          "at\n"
          "the same two revisions do not hold the same data. The file is only read; a data "
          "directory\n"
          "stands for the db in it.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kDbFile)
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kTable})
      .Example("{prog} hashkv backup.db", "At the latest revision.")
      .Example("{prog} hashkv --rev 1200 /var/lib/etcd/member/snap/db -w json",
               "Of a stopped member, at revision 1200.")
      .Exit(cli::ExitCode::kError,
            "the file can't be read or is damaged, or the revision is compacted or in the future");
  command.Int64("rev", 0, "maximum revision to hash (default: latest revision)");
  AddUnreadWalDirFlag(command);
  command.Run(RunHashKv);
}

}  // namespace cairn::utl
