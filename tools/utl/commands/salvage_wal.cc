// tools/utl/commands/salvage_wal.cc: `cairnutl salvage wal`: what is whole of a damaged log, as a
// new log.
#include <fmt/format.h>

#include "offline/place.h"
#include "offline/salvage/wal.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::LogExtent;
using offline::SalvageWalReport;
using offline::SalvageWalRest;

std::string Entries(uint64_t entries, uint64_t first, uint64_t last) {
  if (entries == 0) return "no entries";
  return fmt::format("{} entries, {} to {}", entries, first, last);
}

std::string RestText(const SalvageWalRest& rest) {
  return fmt::format("readable again: {}: offset {}: {} records, {}\n", rest.path, rest.offset,
                     rest.records, Entries(rest.entries, rest.first_index, rest.last_index));
}

// Where a start and the damage are, a line each.
std::string Facts(const SalvageWalReport& report) {
  std::string text;
  if (const auto start = report.written.Start(); start.has_value()) {
    text += fmt::format("a member starts from snapshot {}, term {}\n", start->index.value,
                        start->term.value);
  }
  if (!report.input.damage.empty()) text += fmt::format("damage: {}\n", report.input.damage);
  if (!report.input.torn.empty()) text += fmt::format("torn tail: {}\n", report.input.torn);
  for (const std::string& name : report.left_out) text += fmt::format("left out: {}\n", name);
  return text;
}

std::string Behind(const SalvageWalReport& report) {
  std::string text;
  if (report.whole_from.has_value()) {
    text += fmt::format("whole from here to the end, with snapshot {}: {}\n", report.rest_start,
                        *report.whole_from);
  }
  if (report.consistent_index.has_value()) {
    text += fmt::format("the db holds entries up to {}\n", *report.consistent_index);
  }
  return text;
}

std::string AsText(const SalvageWalReport& report, const std::string& output) {
  const LogExtent& log = report.written;
  std::string text =
      fmt::format("{}: {} segments, {} records, {}; term {}, commit {}\n", output, report.segments,
                  log.records, Entries(log.entries, log.first_index, log.last_index),
                  log.hard_state.term.value, log.hard_state.commit.value);
  text += Facts(report);
  for (const SalvageWalRest& rest : report.rest) text += RestText(rest);
  return text + Behind(report);
}

// A row for the output, and one for each part after the damage.
std::string AsTable(const SalvageWalReport& report, const std::string& output, bool box) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&rows](const std::string& part, const std::string& path,
                           const std::string& offset, uint64_t records, uint64_t entries,
                           uint64_t first, uint64_t last) {
    const std::string none;
    rows.push_back({part, path, offset, std::to_string(records), std::to_string(entries),
                    entries > 0 ? std::to_string(first) : none,
                    entries > 0 ? std::to_string(last) : none});
  };
  const LogExtent& log = report.written;
  add("written", output, "", log.records, log.entries, log.first_index, log.last_index);
  for (const SalvageWalRest& rest : report.rest) {
    add("readable again", rest.path, std::to_string(rest.offset), rest.records, rest.entries,
        rest.first_index, rest.last_index);
  }
  return render::Table({"part", "path", "offset", "records", "entries", "first", "last"}, rows,
                       render::BordersFor(box)) +
         Facts(report) + Behind(report);
}

std::string AsJson(const SalvageWalReport& report, const std::string& output) {
  const LogExtent& log = report.written;
  render::JsonWriter json;
  json.BeginObject().Field("output", output).Field("segments", report.segments);
  json.Field("records", log.records).Field("entries", log.entries);
  json.Field("first_index", log.first_index).Field("last_index", log.last_index);
  json.Field("term", log.hard_state.term.value).Field("commit", log.hard_state.commit.value);
  if (const auto start = log.Start(); start.has_value()) {
    json.Key("start").BeginObject().Field("index", start->index.value);
    json.Field("term", start->term.value).EndObject();
  }
  json.Field("whole", report.input.whole());
  if (report.damage_path.has_value()) {
    json.Key("damage").BeginObject().Field("path", *report.damage_path);
    json.Field("offset", report.input.damage_at.offset);
    json.Field("what", report.input.damage).EndObject();
  }
  if (!report.input.torn.empty()) json.Field("torn", report.input.torn);
  json.Key("left_out").BeginArray();
  for (const std::string& name : report.left_out) json.Value(name);
  json.EndArray().Key("rest").BeginArray();
  for (const SalvageWalRest& rest : report.rest) {
    json.BeginObject().Field("path", rest.path).Field("offset", rest.offset);
    json.Field("records", rest.records).Field("entries", rest.entries);
    json.Field("first_index", rest.first_index).Field("last_index", rest.last_index).EndObject();
  }
  json.EndArray();
  if (report.whole_from.has_value()) {
    json.Key("whole_from").BeginObject().Field("path", *report.whole_from);
    json.Field("snapshot", report.rest_start).EndObject();
  }
  if (report.consistent_index.has_value()) {
    json.Field("consistent_index", *report.consistent_index);
    json.Field("db_is_ahead", report.db_is_ahead());
  }
  if (!report.db_problem.empty()) json.Field("db_problem", report.db_problem);
  return json.EndObject().text() + "\n";
}

// What an operator has to know before a member is started with it.
void Advise(cli::Invocation& in, const SalvageWalReport& report,
            const std::optional<std::string>& db, bool behind) {
  const std::string& program = in.program().shown_name();
  const auto start = report.written.Start();
  if (!start.has_value()) {
    in.Note(
        "warning: no snapshot that was committed is recorded in it: no member can start from "
        "it");
  }
  if (!report.db_problem.empty()) {
    in.Note(
        fmt::format("warning: up to which entry the db goes is not known: {}", report.db_problem));
  }
  if (report.db_is_ahead()) {
    in.Note(fmt::format(
        "warning: the db holds entries up to {}, this log ends at {}: a member must not start from "
        "the two. The db has it all: `{} snapshot restore {} --skip-hash-check` makes a new "
        "cluster of it",
        *report.consistent_index, report.LastIndex(), program, *db));
  } else if (behind && start.has_value() && report.consistent_index.has_value() &&
             *report.consistent_index < start->index.value) {
    in.Note(fmt::format(
        "warning: the db holds entries up to {}, this log begins after snapshot {}: a member "
        "can't start from the two",
        *report.consistent_index, start->index.value));
  }
  if (!report.input.damage.empty() && !behind) {
    in.Note(
        "entries after the damage are missing, and this member has acknowledged them: where other "
        "members live, remove this one and add it anew rather than start it with this log");
    if (report.whole_from.has_value()) {
      in.Note(
          fmt::format("after the damage the log is whole from {} on and needs nothing older: "
                      "--behind-damage writes that instead",
                      *report.whole_from));
    }
  }
}

cli::Outcome RunSalvageWal(cli::Invocation& in) {
  const offline::Context context = OfflineContext(in);
  CAIRN_ASSIGN_OR_RETURN(const offline::Place place, offline::FindPlace(context.fs, in.args()[0]));
  offline::SalvageWalOptions options;
  CAIRN_ASSIGN_OR_RETURN(options.wal_dir,
                         offline::NeedLog(context.fs, place, in.String("wal-dir")));
  options.output = in.String("output");
  if (options.output.empty()) return cli::BadArgs("--output names no directory");
  options.db = place.db;
  options.behind_damage = in.Bool("behind-damage");
  CAIRN_ASSIGN_OR_RETURN(const SalvageWalReport report, offline::SalvageWal(context, options));
  std::string text;
  switch (in.format()) {
    case cli::Format::kJson:
      text = AsJson(report, options.output);
      break;
    case cli::Format::kTable:
      text = AsTable(report, options.output, in.box_drawing());
      break;
    default:
      text = AsText(report, options.output);
  }
  CAIRN_RETURN_IF_ERROR(in.Print(text));
  Advise(in, report, options.db, options.behind_damage);
  if (report.input.damage.empty() || options.behind_damage) return absl::OkStatus();
  return {kIncomplete,
          fmt::format("{} was written, but the log was damaged: entries after that are "
                      "not in it",
                      options.output)};
}

}  // namespace

cli::Command& AddSalvageWal(cli::Command& group) {
  using cli::Format;
  cli::Command& command =
      group.Add("wal <path>", "Writes what is whole of a damaged log as a new log");
  command
      .Long(
          "Writes the log of a data directory, or of a directory of the log, up to the damage as a "
          "new\n"
          "log that etcd opens: whole segments, the last one cut after its last whole record. "
          "What\n"
          "can be read again after the damage is reported and not taken: no server may replay a\n"
          "log with a gap. The input is only read; the output appears whole or not at all, to be\n"
          "put in the place of member/wal.\n"
          "A log that ends before the entries that the db holds is of no use to the member: then\n"
          "restore from the db. With --behind-damage the segments after the damage are written\n"
          "instead, if they are whole and hold the newest snapshot: then nothing that a start "
          "needs\n"
          "is missing.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kDirectory)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} salvage wal /var/lib/etcd --output /tmp/wal",
               "What is whole, and what follows the damage.")
      .Example("{prog} salvage wal /var/lib/etcd --output /tmp/wal --behind-damage",
               "When only old segments are damaged.")
      .Exit(cli::ExitCode::kError, "nothing was written")
      .Exit(kIncomplete, "the output was written, without the entries after the damage");
  command.String("output", "", "the directory to write, which must not exist")
      .Required()
      .Directory();
  AddWalDirFlag(command);
  command.Bool("behind-damage", false, "write what follows the damage, not what precedes it");
  return command.Run(RunSalvageWal);
}

}  // namespace cairn::utl
