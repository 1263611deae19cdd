// tools/utl/commands/verify.cc: `cairnutl verify`: a verdict a line on everything that can be
// checked.
#include <fmt/format.h>

#include <algorithm>

#include "gotext/quote.h"
#include "offline/verify/verify.h"
#include "render/json.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::Verdict;
using offline::VerifyFault;
using offline::VerifyReport;

constexpr size_t kShownFaults = 3;  // of one check

// Faults name their file first; a line above tells it already.
std::string WithoutFile(const VerifyFault& fault) {
  std::string_view what = fault.what;
  const std::string file = fault.file + ": ";
  while (what.starts_with(file)) what.remove_prefix(file.size());
  std::string text(what);
  if (fault.offset.has_value()) text = fmt::format("offset {}: {}", *fault.offset, what);
  return Printable(text);
}

bool IsMember(const VerifyReport& report) {
  return std::any_of(report.verdicts.begin(), report.verdicts.end(),
                     [](const Verdict& verdict) { return verdict.check == "wal"; });
}

// What to do, once: first what loses nothing.
std::string Advice(const VerifyReport& report, std::string_view program) {
  std::string text;
  std::vector<std::string_view> told;
  for (const Verdict& verdict : report.verdicts) {
    for (const VerifyFault& fault : verdict.faults) {
      if (std::find(told.begin(), told.end(), fault.meaning) != told.end()) continue;
      told.push_back(fault.meaning);
      text += fmt::format("{}: {}\n", verdict.check, Printable(fault.meaning));
    }
  }
  const std::string path = QuoteShell(report.path);
  if (IsMember(report)) {
    return text + fmt::format(
                      "While a majority of its cluster's members answers, this one is replaced and "
                      "nothing is lost:\n  {} recover plan {}\n",
                      program, path);
  }
  return text + fmt::format(
                    "Where there is no better file, what can still be read is taken out by:\n"
                    "  {} salvage {} --output FILE\n",
                    program, path);
}

std::string AsText(const VerifyReport& report, std::string_view program) {
  std::string text;
  std::string file;
  for (const Verdict& verdict : report.verdicts) {
    text += fmt::format("{:<6}{:<10} {}\n", verdict.ok ? "ok" : "FAULT", verdict.check,
                        Printable(verdict.summary));
    size_t shown = 0;
    for (const VerifyFault& fault : verdict.faults) {
      if (fault.file != file) text += fmt::format("      in {}\n", Printable(fault.file));
      file = fault.file;
      text += fmt::format("        {}\n", WithoutFile(fault));
      if (++shown == kShownFaults && verdict.faults.size() > shown + 1) {
        text += fmt::format("        … and {} more (-w json has them)\n",
                            verdict.faults.size() - shown);
        break;
      }
    }
  }
  return report.whole() ? text : text + Advice(report, program);
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
  CAIRN_RETURN_IF_ERROR(in.Print(in.format() == cli::Format::kJson
                                     ? AsJson(report)
                                     : AsText(report, in.program().shown_name())));
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
          "together. A fault names file and offset; what faults mean and what to do stands at the "
          "end,\n"
          "what loses nothing first. Nothing is changed.\n"
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
