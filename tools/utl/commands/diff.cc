// tools/utl/commands/diff.cc: `cairnutl diff`: what changed between two snapshots.
#include "offline/inspect/diff.h"

#include <fmt/format.h>

#include <cmath>

#include "gotext/quote.h"
#include "gotext/units.h"
#include "render/human.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/text_output.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::ChangeKind;
using offline::DiffReport;
using offline::DiffRow;
using offline::KeyChange;

// As it is when that is one plain word, else quoted.
std::string Shown(std::string_view key) {
  bool plain = !key.empty() && key[0] != '"';
  for (size_t at = 0; plain && at < key.size();) {
    const Utf8Rune rune = DecodeUtf8(key.substr(at));
    plain = rune.valid && rune.code != ' ' && IsPrintable(rune.code);
    at += rune.length;
  }
  return plain ? std::string(key) : QuoteGo(key);
}

std::string SignedBytes(int64_t bytes) {
  const auto size = static_cast<uint64_t>(bytes < 0 ? -bytes : bytes);
  return fmt::format("{}{}", bytes < 0 ? '-' : '+', render::HumanBytes(size));
}

double PerSecond(int64_t amount, int64_t elapsed_nanos) {
  return static_cast<double>(amount) * 1e9 / static_cast<double>(elapsed_nanos);
}

// ", 1.2/s" where the time is known.
std::string Rate(int64_t amount, const DiffReport& report) {
  if (!report.elapsed_nanos.has_value()) return "";
  return fmt::format(", {:.3g}/s", PerSecond(amount, *report.elapsed_nanos));
}

std::string ByteRate(int64_t bytes, const DiffReport& report) {
  if (!report.elapsed_nanos.has_value()) return "";
  const double rate = PerSecond(bytes, *report.elapsed_nanos);
  return fmt::format(", {}/s", SignedBytes(static_cast<int64_t>(std::llround(rate))));
}

std::string Elapsed(const DiffReport& report) {
  if (!report.elapsed_nanos.has_value()) return "";
  // Whole seconds: nobody needs more of a file's time.
  const int64_t seconds = *report.elapsed_nanos / 1'000'000'000;
  return fmt::format(" in {}",
                     FormatDuration(seconds > 0 ? seconds * 1'000'000'000 : *report.elapsed_nanos));
}

std::string Summary(const DiffReport& report) {
  const DiffRow& total = report.total;
  const int64_t revisions = report.after_revision - report.before_revision;
  std::string text =
      fmt::format("revision {} -> {}: {:+}{}{}\n", report.before_revision, report.after_revision,
                  revisions, Elapsed(report), report.same_cluster ? Rate(revisions, report) : "");
  text += fmt::format("keys: {} added, {} removed, {} modified", total.added, total.removed,
                      total.modified);
  if (total.passing > 0) text += fmt::format(", {} came and went", total.passing);
  text += '\n';
  if (report.same_cluster) {
    text += fmt::format("writes: {}{}\n", total.writes, Rate(total.writes, report));
  }
  text += fmt::format("bytes of keys and values: {}{}\n", SignedBytes(total.bytes),
                      ByteRate(total.bytes, report));
  return text;
}

std::string PrefixName(const DiffRow& row) {
  return row.prefix.empty() ? "(no slash)" : Shown(row.prefix);
}

std::string SimpleRows(const std::vector<DiffRow>& rows) {
  std::string text;
  for (const DiffRow& row : rows) {
    text += fmt::format("{}: {} added, {} removed, {} modified, {} came and went, {} writes, {}\n",
                        PrefixName(row), row.added, row.removed, row.modified, row.passing,
                        row.writes, SignedBytes(row.bytes));
  }
  return text;
}

std::string TableOf(const DiffReport& report, const std::vector<DiffRow>& rows, bool box) {
  std::vector<std::vector<std::string>> cells;
  const auto add = [&](std::string name, const DiffRow& row) {
    std::vector<std::string> line = {std::move(name), std::to_string(row.added),
                                     std::to_string(row.removed), std::to_string(row.modified),
                                     std::to_string(row.passing)};
    line.push_back(report.same_cluster ? std::to_string(row.writes) : "");
    line.push_back(report.same_cluster && report.elapsed_nanos.has_value()
                       ? fmt::format("{:.3g}", PerSecond(row.writes, *report.elapsed_nanos))
                       : "");
    line.push_back(SignedBytes(row.bytes));
    cells.push_back(std::move(line));
  };
  for (const DiffRow& row : rows) add(PrefixName(row), row);
  add("all", report.total);
  return render::Table(
      {"prefix", "added", "removed", "modified", "came and went", "writes", "writes/s", "bytes"},
      cells, render::BordersFor(box));
}

void AddRow(render::JsonWriter& json, const DiffRow& row, bool same_cluster) {
  json.Field("added", row.added).Field("removed", row.removed).Field("modified", row.modified);
  json.Field("cameAndWent", row.passing);
  if (same_cluster) json.Field("writes", row.writes);
  json.Field("bytes", row.bytes);
}

std::string Number(double value) { return fmt::format("{:.6g}", value); }

std::string Json(const cli::Invocation& in, const DiffReport& report,
                 const std::vector<DiffRow>& rows) {
  render::JsonWriter json;
  json.BeginObject();
  json.Key("before").BeginObject().Field("path", in.args()[0]);
  json.Field("revision", report.before_revision).EndObject();
  json.Key("after").BeginObject().Field("path", in.args()[1]);
  json.Field("revision", report.after_revision).EndObject();
  json.Field("sameCluster", report.same_cluster);
  if (!report.same_cluster) json.Field("disagreement", report.disagreement);
  if (report.elapsed_nanos.has_value()) {
    const int64_t nanos = *report.elapsed_nanos;
    json.Key("elapsedSeconds").Raw(Number(static_cast<double>(nanos) / 1e9));
    json.Key("perSecond").BeginObject();
    if (report.same_cluster) {
      json.Key("revisions")
          .Raw(Number(PerSecond(report.after_revision - report.before_revision, nanos)));
      json.Key("writes").Raw(Number(PerSecond(report.total.writes, nanos)));
    }
    json.Key("bytes").Raw(Number(PerSecond(report.total.bytes, nanos))).EndObject();
  }
  json.Key("total").BeginObject();
  AddRow(json, report.total, report.same_cluster);
  json.EndObject().Key("prefixes").BeginArray();
  for (const DiffRow& row : rows) {
    json.BeginObject().Field("prefix", row.prefix);
    AddRow(json, row, report.same_cluster);
    json.EndObject();
  }
  return json.EndArray().EndObject().text() + "\n";
}

const char* KindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded:
      return "added";
    case ChangeKind::kRemoved:
      return "removed";
    case ChangeKind::kModified:
      break;
  }
  return "modified";
}

std::string KeyLine(const KeyChange& change) {
  std::string text;
  switch (change.kind) {
    case ChangeKind::kAdded:
      text = fmt::format("+ {} revision {}, {} bytes", Shown(change.key), change.after_revision,
                         change.after_bytes);
      break;
    case ChangeKind::kRemoved:
      text = fmt::format("- {} revision {}, {} bytes", Shown(change.key), change.before_revision,
                         change.before_bytes);
      break;
    case ChangeKind::kModified:
      text = fmt::format("~ {} revision {} -> {}, {} -> {} bytes", Shown(change.key),
                         change.before_revision, change.after_revision, change.before_bytes,
                         change.after_bytes);
      break;
  }
  if (change.writes > 0) {
    text += fmt::format(", {} write{}", change.writes, change.writes == 1 ? "" : "s");
  }
  if (change.same_value) text += ", same value";
  return text + "\n";
}

std::string KeyJson(const KeyChange& change, bool before, bool after) {
  render::JsonWriter json;
  json.BeginObject().Field("change", KindName(change.kind)).Key("key").Base64(change.key);
  if (before) {
    json.Field("beforeRevision", change.before_revision).Field("beforeBytes", change.before_bytes);
  }
  if (after) {
    json.Field("afterRevision", change.after_revision).Field("afterBytes", change.after_bytes);
  }
  if (change.writes > 0) json.Field("writes", change.writes);
  if (change.same_value) json.Field("sameValue", true);
  return json.EndObject().text() + "\n";
}

cli::Outcome RunDiff(cli::Invocation& in) {
  offline::DiffOptions options;
  options.prefixes = in.Strings("prefix");
  const int64_t depth = in.Int64("depth");
  if (depth < 0 || depth > 100) return cli::BadArgs("--depth is a number from 0 to 100");
  options.depth = static_cast<size_t>(depth);
  const cli::Format format = in.format();
  // For scripts, all rows unless they ask for some.
  const bool all = format == cli::Format::kJson && !in.Changed("limit");
  const uint64_t limit = all ? 0 : in.Uint64("limit");
  if (in.Changed("elapsed")) {
    options.elapsed_nanos = in.DurationNanos("elapsed");
    if (*options.elapsed_nanos <= 0) return cli::BadArgs("--elapsed must be above 0");
  }
  const bool keys = in.Bool("keys");
  if (keys && format == cli::Format::kTable) {
    return cli::BadArgs("--keys prints lines, or with -w json JSON lines, and no table");
  }
  CAIRN_ASSIGN_OR_RETURN(const std::string before, DbOf(in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const std::string after, DbOf(in.args()[1]));

  TextOutput out(in);
  offline::ChangeVisitor visit;
  if (keys) {
    visit = [&](const KeyChange& change) -> Status {
      return out.Append(format == cli::Format::kJson
                            ? KeyJson(change, change.kind != ChangeKind::kAdded,
                                      change.kind != ChangeKind::kRemoved)
                            : KeyLine(change));
    };
  }
  CAIRN_ASSIGN_OR_RETURN(const DiffReport report,
                         offline::Diff(OfflineContext(in), before, after, options, visit));
  if (!report.same_cluster) {
    in.Note(
        fmt::format("note: the files are not of one cluster, or of one that was restored in "
                    "between ({}): keys are compared by their values, writes are not counted",
                    report.disagreement));
  } else if (report.after_revision < report.before_revision) {
    in.Note(fmt::format("note: {} is the older one of the two", in.args()[1]));
  }
  std::vector<DiffRow> rows = report.prefixes;
  if (limit > 0 && rows.size() > limit) {
    in.Note(fmt::format("note: {} more prefixes are left out (--limit 0 shows all)",
                        rows.size() - limit));
    rows.resize(limit);
  }
  const DiffRow& total = report.total;
  const bool differ = total.added + total.removed + total.modified > 0;
  std::string overview;
  if (format == cli::Format::kTable) {
    overview = TableOf(report, rows, in.box_drawing());
  } else if (format != cli::Format::kJson) {
    if (keys && differ) CAIRN_RETURN_IF_ERROR(out.Append("\n"));
    overview = Summary(report) + SimpleRows(rows);
  } else if (!keys) {
    overview = Json(in, report, rows);
  }
  CAIRN_RETURN_IF_ERROR(out.Append(overview));
  CAIRN_RETURN_IF_ERROR(out.Finish());
  return in.Bool("exit-code") && differ ? cli::Silent(cli::ExitCode::kError)
                                        : cli::Outcome(absl::OkStatus());
}

}  // namespace

void AddDiff(cli::Program& program) {
  using cli::Format;
  cli::Command& command = program.root().Add(
      "diff <path A> <path B>", "Shows what changed between two snapshots, by prefix and by key");
  command
      .Long(
          "Compares the keys of two snapshots, db files or data directories at their newest\n"
          "revisions: which were added, removed and modified, how many writes there were in\n"
          "between, and how many bytes more are kept now; in all and by prefix, the most written\n"
          "first. \"Came and went\" are keys that were written and deleted in between. Writes are\n"
          "exact for keys that were not deleted, and at least so many for others where a "
          "compaction\n"
          "has taken their records. Rates need a time: that of the files' last write, which a "
          "copy\n"
          "may have lost, or --elapsed.\n"
          "Files of two clusters can be compared too, by values alone. Nothing is changed.")
      .Args(2, 2)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} diff monday.db tuesday.db -w table", "Which prefixes are written most.")
      .Example("{prog} diff monday.db tuesday.db --prefix /registry/pods/ --keys",
               "Each pod that changed.")
      .Example("{prog} diff old.db new.db --elapsed 1h --depth 3 --limit 0",
               "Rates for an hour, all prefixes with one level more.")
      .Example("{prog} diff before.db after.db --prefix /app/ --exit-code && echo same",
               "In a script: have any of these keys changed?")
      .Exit(cli::ExitCode::kError,
            "a file can't be read or is damaged; with --exit-code also: keys differ")
      .Exit(cli::ExitCode::kBadArgs, "flags that make no sense");
  command.Int64("depth", 2,
                "slashes after the first that a row's prefix keeps; 0: no rows by prefix");
  command.Duration("elapsed", "0s", "time between the two files, for rates (default: the files')");
  command.Bool("exit-code", false, "exit with 1 if keys were added, removed or modified");
  command.Bool("keys", false, "print each changed key too; with -w json, one JSON line a key");
  command.Uint64("limit", 20, "rows by prefix to print, 0: all; with -w json all if not given");
  command.String("prefix", "", "only keys that begin so; may be repeated").List();
  command.Run(RunDiff);
}

}  // namespace cairn::utl
