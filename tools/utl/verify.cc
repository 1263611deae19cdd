// tools/utl/verify.cc: `cairnutl verify`: a verdict a line on everything that can be checked.
#include <fmt/format.h>

#include "offline/verify.h"
#include "render/json.h"
#include "tools/utl/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::Verdict;
using offline::VerifyFault;
using offline::VerifyReport;

std::string Place(const VerifyFault& fault) {
  return fault.offset.has_value() ? fmt::format("{}: offset {}", fault.file, *fault.offset)
                                  : fault.file;
}

std::string AsText(const VerifyReport& report) {
  std::string text;
  for (const Verdict& verdict : report.verdicts) {
    text += fmt::format("{:<6}{:<10} {}\n", verdict.ok ? "ok" : "FAULT", verdict.check,
                        verdict.summary);
    for (const VerifyFault& fault : verdict.faults) {
      text += fmt::format("      {}: {}\n        {}\n", Place(fault), fault.what, fault.meaning);
    }
  }
  return text;
}

std::string AsJson(const VerifyReport& report) {
  render::JsonWriter json;
  json.BeginObject().Field("path", report.path).Field("whole", report.whole());
  json.Key("verdicts").BeginArray();
  for (const Verdict& verdict : report.verdicts) {
    json.BeginObject().Field("check", verdict.check).Field("ok", verdict.ok);
    json.Field("summary", verdict.summary).Key("faults").BeginArray();
    for (const VerifyFault& fault : verdict.faults) {
      json.BeginObject().Field("file", fault.file);
      if (fault.offset.has_value()) json.Field("offset", *fault.offset);
      json.Field("what", fault.what).Field("meaning", fault.meaning).EndObject();
    }
    json.EndArray().EndObject();
  }
  return json.EndArray().EndObject().text() + "\n";
}

cli::Outcome RunVerify(cli::Invocation& in) {
  const std::string& path = in.args()[0];
  CAIRN_ASSIGN_OR_RETURN(const VerifyReport report,
                         offline::Verify(OfflineContext(in), path, in.String("wal-dir")));
  CAIRN_RETURN_IF_ERROR(
      in.Print(in.format() == cli::Format::kJson ? AsJson(report) : AsText(report)));
  if (report.whole()) return absl::OkStatus();
  size_t faults = 0;
  for (const Verdict& verdict : report.verdicts) faults += verdict.faults.size();
  return {cli::ExitCode::kError, fmt::format("{} is not whole: {} faults", path, faults)};
}

}  // namespace

void AddVerify(cli::Program& program) {
  using cli::Format;
  cli::Command& command = program.root().Add(
      "verify <path>", "Checks a snapshot, a db file or a data directory, all of it");
  command
      .Long(
          "Checks everything that can be checked, and prints a verdict a line: the snapshot's\n"
          "SHA-256, both meta pages, that every page is in use or free exactly once, the order of\n"
          "keys and revisions, the records of leases, users, roles and members; of a data "
          "directory\n"
          "also the checksums of the log, the .snap files, and whether db, log and membership fit\n"
          "together. A fault tells file, offset and what it means. Nothing is changed.\n"
          "A directory that a killed server left is whole: a torn last write is repaired at the\n"
          "next start.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kJson})
      .Example("{prog} verify backup.db && echo good", "In a backup job.")
      .Example("{prog} verify /var/lib/etcd -w json", "Of a stopped member, for scripts.")
      .Example("{prog} verify /var/lib/etcd --wal-dir /wal/etcd",
               "With the log on a disk of its own.")
      .Exit(cli::ExitCode::kError, "something is not whole, or can't be read")
      .Run(RunVerify);
  AddWalDirFlag(command);
}

}  // namespace cairn::utl
