// tools/utl/commands/inspect_wal.cc: `cairnutl inspect wal`: every entry of a member's log,
// decoded.
#include <fmt/format.h>

#include "cluster/ids.h"
#include "gotext/quote.h"
#include "offline/inspect/entry_text.h"
#include "offline/inspect/log_dump.h"
#include "offline/place.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/log_summary.h"
#include "tools/utl/format/message_json.h"
#include "tools/utl/format/text_output.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::DecodedEntry;
using offline::LogDumpOptions;
using offline::LogDumpSummary;

constexpr size_t kCellBytes = 100;

std::string_view Mark(const DecodedEntry& entry) {
  return entry.overwritten ? " (replaced by a later entry)" : "";
}

std::string AsLine(const DecodedEntry& entry) {
  return fmt::format("{:>8} {:>4} {:<14} {}{}\n", entry.index, entry.term, entry.kind,
                     offline::EntryText(entry), Mark(entry));
}

std::vector<std::string> AsRow(const DecodedEntry& entry) {
  std::string text = offline::EntryText(entry);
  if (text.size() > kCellBytes) {
    size_t kept = 0;
    while (kept < kCellBytes) kept += DecodeUtf8(std::string_view(text).substr(kept)).length;
    text = text.substr(0, kept) + "...";
  }
  text += Mark(entry);
  return {std::to_string(entry.index), std::to_string(entry.term), std::string(entry.kind),
          std::to_string(entry.data_bytes), text};
}

std::string AsJson(const DecodedEntry& entry) {
  render::JsonWriter json;
  json.BeginObject().Field("index", entry.index).Field("term", entry.term);
  json.Field("type", entry.kind).Field("size", entry.data_bytes);
  json.Field("segment", BaseName(entry.path)).Field("offset", entry.offset);
  if (entry.overwritten) json.Field("overwritten", true);
  if (entry.request_id != 0) json.Field("request_id", entry.request_id);
  if (!entry.user.empty()) json.Field("user", entry.user);
  if (entry.request != nullptr) WriteMessage(*entry.request, json.Key("request"));
  if (!entry.unparsed.empty()) json.Key("data").Base64(entry.unparsed);
  return json.EndObject().text() + "\n";
}

// Prints entries as they come; a table at the end.
class Printer {
 public:
  explicit Printer(cli::Invocation& in)
      : format_(in.format()),
        out_(in),
        table_({"index", "term", "type", "size", "content"}, render::BordersFor(in.box_drawing())) {
  }

  Status Add(const DecodedEntry& entry) {
    switch (format_) {
      case cli::Format::kTable:
        table_.Add(AsRow(entry));
        return absl::OkStatus();
      case cli::Format::kJson:
        return out_.Append(AsJson(entry));
      default:
        return out_.Append(AsLine(entry));
    }
  }

  Status Finish() {
    if (format_ == cli::Format::kTable) CAIRN_RETURN_IF_ERROR(out_.Append(table_));
    return out_.Finish();
  }

 private:
  const cli::Format format_;
  TextOutput out_;
  render::TableBuilder table_;
};

std::string AllKinds() {
  std::string text = "Normal";
  for (const std::string& kind : offline::EntryKinds()) text += ", " + kind;
  return text;
}

// Empty, or what is wrong with --type.
std::string ReadKinds(std::string_view words, std::set<std::string, std::less<>>& kinds) {
  while (!words.empty()) {
    const size_t comma = words.find(',');
    const std::string_view word = words.substr(0, comma);
    std::vector<std::string> named;
    if (!offline::AddEntryKinds(word, named)) {
      return fmt::format("--type: {} is not a type of entry; there are {}", QuoteGo(word),
                         AllKinds());
    }
    kinds.insert(named.begin(), named.end());
    words = comma == std::string_view::npos ? std::string_view() : words.substr(comma + 1);
  }
  return "";
}

std::string ReadOptions(const cli::Invocation& in, LogDumpOptions& options) {
  const auto value = [&](const char* flag) {
    return in.Changed(flag) ? std::optional(in.Uint64(flag)) : std::nullopt;
  };
  options.first_index = value("from-index");
  options.last_index = value("to-index");
  options.first_term = value("from-term");
  options.last_term = value("to-term");
  if (const auto term = value("term"); term.has_value()) {
    if (options.first_term.has_value() || options.last_term.has_value()) {
      return "--term is one term: --from-term and --to-term can't stand beside it";
    }
    options.first_term = options.last_term = term;
  }
  if (options.first_index.value_or(0) > options.last_index.value_or(UINT64_MAX)) {
    return fmt::format("--from-index {} is after --to-index {}", *options.first_index,
                       *options.last_index);
  }
  if (options.first_term.value_or(0) > options.last_term.value_or(UINT64_MAX)) {
    return fmt::format("--from-term {} is after --to-term {}", *options.first_term,
                       *options.last_term);
  }
  options.limit = in.Uint64("limit");
  options.overwritten = in.Bool("overwritten");
  return ReadKinds(in.String("type"), options.kinds);
}

cli::Outcome RunInspectWal(cli::Invocation& in) {
  LogDumpOptions options;
  if (const std::string fault = ReadOptions(in, options); !fault.empty()) {
    return cli::BadArgs(fault);
  }
  const offline::Context context = OfflineContext(in);
  CAIRN_ASSIGN_OR_RETURN(const offline::Place place, offline::FindPlace(context.fs, in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const std::string wal_dir,
                         offline::NeedLog(context.fs, place, in.String("wal-dir")));
  const bool only_summary = in.Bool("summary");
  Printer printer(in);
  CAIRN_ASSIGN_OR_RETURN(
      const LogDumpSummary summary,
      offline::DumpLog(context, wal_dir, options, [&](const DecodedEntry& entry) {
        return only_summary ? absl::OkStatus() : printer.Add(entry);
      }));
  if (only_summary) {
    CAIRN_RETURN_IF_ERROR(in.Print(LogSummaryText(summary, in.format(), in.box_drawing())));
  } else {
    CAIRN_RETURN_IF_ERROR(printer.Finish());
    in.Note(LogSummaryLine(summary));
  }
  if (!summary.log.torn.empty()) {
    in.Note(fmt::format("torn tail, which the next start cuts away: {}", summary.log.torn));
  }
  if (summary.log.damage.empty()) return absl::OkStatus();
  return {cli::ExitCode::kError,
          fmt::format("{}; what follows is not shown: `{} salvage wal` looks for it",
                      summary.log.damage, in.program().shown_name())};
}

}  // namespace

cli::Command& AddInspectWal(cli::Command& group) {
  using cli::Format;
  cli::Command& command = group.Add("wal <path>", "Prints the entries of a log, decoded");
  command
      .Long(
          "Prints a line for each entry of the log of a member: index, term, type, and what it "
          "asks\n"
          "for. The path is a data directory or a directory of the log; the member may be "
          "running.\n"
          "-w json prints the whole request, one JSON object a line: names as in etcd's .proto "
          "files,\n"
          "keys and values in base64. Passwords and tokens are not shown.\n"
          "All entries that the log holds are printed, from the oldest segment on; one that a new\n"
          "leader replaced, so that it was never committed, only with --overwritten. At damage it\n"
          "ends with an error, having shown all entries before it.\n"
          "Types are those of etcd-dump-logs and the other requests by the same rule: \"Normal\"\n"
          "stands for all but changes of the membership, \"InternalRaftRequest\" for all requests "
          "of\n"
          "the v3 API, \"Request\" is the v2 API's, \"Empty\" is what a new leader begins with.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kDirectory)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} inspect wal /var/lib/etcd --from-index 1200000 --limit 50",
               "Fifty entries from an index on.")
      .Example("{prog} inspect wal /var/lib/etcd --type IRRDeleteRange,IRRTxn -w json | jq .",
               "What was deleted, for scripts.")
      .Example("{prog} inspect wal /var/lib/etcd --summary",
               "Whose log it is, its snapshots, and how much of it each type takes.")
      .Exit(cli::ExitCode::kError, "the log can't be read, or is damaged")
      .Exit(cli::ExitCode::kBadArgs, "the filters make no sense");
  std::vector<std::string> names = offline::EntryKinds();
  names.insert(names.begin(), "Normal");
  command.String("type", "", "only entries of these types, comma-separated")
      .Repeats()
      .Choices(names, false);
  command.Uint64("from-index", 0, "only entries from this index on");
  command.Uint64("to-index", 0, "only entries up to this index");
  command.Uint64("term", 0, "only entries of this term");
  command.Uint64("from-term", 0, "only entries from this term on");
  command.Uint64("to-term", 0, "only entries up to this term");
  command.Uint64("limit", 0, "at most so many entries; 0 for all");
  command.Bool("overwritten", false, "also entries that a new leader replaced");
  AddWalDirFlag(command);
  command.Bool("summary", false, "instead of the entries, what they add up to");
  return command.Run(RunInspectWal);
}

}  // namespace cairn::utl
