// tools/utl/commands/salvage.cc: `cairnutl salvage`: what is still readable in a damaged db, as a
// new one.
#include <fmt/format.h>

#include <algorithm>

#include "gotext/quote.h"
#include "offline/salvage/db.h"
#include "render/human.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/format/text_output.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::SalvageBucket;
using offline::SalvageLoss;
using offline::SalvageReport;

constexpr size_t kShortLines = 3;  // losses that the short report names
constexpr size_t kLineBytes = 79;  // of a line of it, so that a terminal doesn't fold it

uint64_t Doubtful(const SalvageReport& report) {
  uint64_t doubtful = 0;
  for (const SalvageBucket& bucket : report.buckets) doubtful += bucket.doubtful;
  return doubtful;
}

std::string Verdict(const SalvageReport& report) {
  if (report.complete) return "complete: no record of the newest state is missing";
  std::string text = "incomplete:";
  if (!report.losses.empty()) {
    text += fmt::format(" {} range{} of records lost", report.losses.size(),
                        report.losses.size() == 1 ? "" : "s");
  }
  if (const uint64_t doubtful = Doubtful(report); doubtful > 0) {
    text += fmt::format("{} {} doubtful record{} left out", report.losses.empty() ? "" : ",",
                        doubtful, doubtful == 1 ? "" : "s");
  }
  return text;
}

std::string LostKeys(const SalvageLoss& loss) {
  if (loss.first_revision.has_value()) {
    if (!loss.last_revision.has_value()) {
      return fmt::format("revisions from {} on", *loss.first_revision);
    }
    if (*loss.first_revision == *loss.last_revision) {
      return fmt::format("revision {}", *loss.first_revision);
    }
    return fmt::format("revisions {} to {}", *loss.first_revision, *loss.last_revision);
  }
  if (loss.first.empty() && loss.last.empty()) return "all keys";
  std::string text = fmt::format("keys from {}", QuoteGo(loss.first));
  if (!loss.last.empty()) text += fmt::format(" to before {}", QuoteGo(loss.last));
  return text;
}

std::string Compacted(const SalvageReport& report) {
  if (report.compact_revision >= 0) return fmt::format("compacted at {}", report.compact_revision);
  const bool lost = std::any_of(report.losses.begin(), report.losses.end(),
                                [](const SalvageLoss& loss) { return loss.bucket == "meta"; });
  return lost ? "not known whether compacted" : "compacted never";
}

std::string Facts(const SalvageReport& report) {
  std::string text = fmt::format("base: {}\n", report.base);
  text += fmt::format("state: revision {}, {}, {} live keys\n", report.revision, Compacted(report),
                      report.live_keys);
  for (const std::string& problem : report.problems) {
    text += fmt::format("problem: {}\n", problem);
  }
  return text;
}

// The first bytes of a line, on whole characters.
std::string Clipped(std::string line) {
  if (line.size() <= kLineBytes) return line;
  size_t kept = 0;
  for (size_t next = 0; next <= kLineBytes - 3;) {
    kept = next;
    next += DecodeUtf8(std::string_view(line).substr(next)).length;
  }
  return line.substr(0, kept) + "...";
}

std::string LossLine(const SalvageLoss& loss) {
  return fmt::format("lost: bucket {}: {} (page {}: {})", loss.bucket, LostKeys(loss), loss.page,
                     loss.why);
}

// At most ten lines: what an operator has to know before the file is used.
std::string AsShortText(const SalvageReport& report, const std::string& output,
                        const std::string& report_path) {
  std::string text = Clipped(Verdict(report)) + "\n";
  text += fmt::format("output: {}, {}\n", output, render::HumanBytes(report.output_bytes));
  text += Clipped(fmt::format("state: revision {}, {}, {} live keys", report.revision,
                              Compacted(report), report.live_keys)) +
          "\n";
  SalvageBucket all;
  for (const SalvageBucket& bucket : report.buckets) {
    all.from_newest += bucket.from_newest;
    all.from_older += bucket.from_older;
    all.from_orphans += bucket.from_orphans;
  }
  text += Clipped(fmt::format("records: {}; {} of older trees, {} of pages that nothing refers to",
                              all.from_newest + all.from_older + all.from_orphans, all.from_older,
                              all.from_orphans)) +
          "\n";
  for (size_t i = 0; i < std::min(report.losses.size(), kShortLines); ++i) {
    std::string line = LossLine(report.losses[i]);
    if (i + 1 == kShortLines && report.losses.size() > kShortLines) {
      line = fmt::format("lost: and {} more", report.losses.size() - i);
    }
    text += Clipped(std::move(line)) + "\n";
  }
  if (!report.problems.empty()) {
    const size_t others = report.problems.size() - 1;
    const std::string which =
        others > 0 ? fmt::format("{} problems, the first", others + 1) : "problem";
    text += Clipped(fmt::format("{}: {}", which, report.problems.front())) + "\n";
  }
  if (const uint64_t doubtful = Doubtful(report); doubtful > 0 && !report.complete) {
    text += Clipped(fmt::format("doubtful: {} left out; --doubtful takes them, deleted ones too",
                                doubtful)) +
            "\n";
  }
  const bool shortened =
      report.losses.size() > kShortLines || report.problems.size() > 1 || !report.complete;
  if (!report_path.empty()) {
    text += fmt::format("all of it: {}\n", report_path);
  } else if (shortened) {
    text += "--report FILE writes all of this, bucket by bucket (or -w json)\n";
  }
  return text;
}

std::string AsText(const SalvageReport& report, const std::string& output) {
  std::string text = Verdict(report) + "\n" + Facts(report);
  for (const SalvageBucket& bucket : report.buckets) {
    text += fmt::format("bucket {}: {} records", bucket.name,
                        bucket.from_newest + bucket.from_older + bucket.from_orphans);
    if (bucket.from_older > 0) text += fmt::format(", {} from older trees", bucket.from_older);
    if (bucket.from_orphans > 0) {
      text += fmt::format(", {} from pages that nothing refers to", bucket.from_orphans);
    }
    if (bucket.doubtful > 0) text += fmt::format("; {} doubtful, left out", bucket.doubtful);
    text += "\n";
  }
  for (const SalvageLoss& loss : report.losses) {
    text += LossLine(loss) + "\n";
  }
  return text + fmt::format("output: {}, {}\n", output, render::HumanBytes(report.output_bytes));
}

std::string AsTable(const SalvageReport& report, const std::string& output, bool box) {
  const render::Borders borders = render::BordersFor(box);
  std::vector<std::vector<std::string>> buckets;
  for (const SalvageBucket& bucket : report.buckets) {
    buckets.push_back({bucket.name, std::to_string(bucket.from_newest),
                       std::to_string(bucket.from_older), std::to_string(bucket.from_orphans),
                       std::to_string(bucket.doubtful)});
  }
  std::string text = Verdict(report) + "\n" + Facts(report);
  text += render::Table({"bucket", "newest tree", "older trees", "orphan pages", "doubtful"},
                        buckets, borders);
  if (!report.losses.empty()) {
    std::vector<std::vector<std::string>> losses;
    for (const SalvageLoss& loss : report.losses) {
      losses.push_back({loss.bucket, LostKeys(loss), std::to_string(loss.page), loss.why});
    }
    text += render::Table({"bucket", "lost", "page", "why"}, losses, borders);
  }
  return text + fmt::format("output: {}, {}\n", output, render::HumanBytes(report.output_bytes));
}

std::string AsJson(const SalvageReport& report, const std::string& output) {
  render::JsonWriter json;
  json.BeginObject().Field("input", report.input).Field("output", output);
  json.Field("complete", report.complete).Field("base", report.base);
  json.Field("revision", report.revision).Field("compactRevision", report.compact_revision);
  json.Field("liveKeys", report.live_keys).Field("outputBytes", report.output_bytes);
  json.Key("problems").BeginArray();
  for (const std::string& problem : report.problems) json.Value(problem);
  json.EndArray().Key("buckets").BeginArray();
  for (const SalvageBucket& bucket : report.buckets) {
    json.BeginObject().Field("name", bucket.name).Field("fromNewest", bucket.from_newest);
    json.Field("fromOlder", bucket.from_older).Field("fromOrphans", bucket.from_orphans);
    json.Field("doubtful", bucket.doubtful).EndObject();
  }
  json.EndArray().Key("losses").BeginArray();
  for (const SalvageLoss& loss : report.losses) {
    json.BeginObject().Field("bucket", loss.bucket);
    json.Key("first").Base64(loss.first).Key("last").Base64(loss.last);
    if (loss.first_revision.has_value()) json.Field("firstRevision", *loss.first_revision);
    if (loss.last_revision.has_value()) json.Field("lastRevision", *loss.last_revision);
    json.Field("page", loss.page).Field("why", loss.why).EndObject();
  }
  return json.EndArray().EndObject().text() + "\n";
}

cli::Outcome RunSalvage(cli::Invocation& in) {
  offline::SalvageOptions options;
  options.input = in.args()[0];
  options.output = in.String("output");
  options.doubtful = in.Bool("doubtful");
  if (options.output.empty()) return cli::BadArgs("--output needs the name of a new file");
  CAIRN_RETURN_IF_ERROR(CheckUnreadWalDir(in));
  const std::string& report_path = in.String("report");
  // Begun before the work, so that a name that is taken is told at once.
  CAIRN_ASSIGN_OR_RETURN(const std::unique_ptr<TextOutput> file,
                         TextOutput::Create(in, report_path));
  CAIRN_ASSIGN_OR_RETURN(const SalvageReport report,
                         offline::SalvageDb(OfflineContext(in), options));
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
  if (!report_path.empty()) {
    CAIRN_RETURN_IF_ERROR(file->Append(text));
    CAIRN_RETURN_IF_ERROR(file->Finish());
  }
  const bool in_short = in.format() == cli::Format::kSimple;
  CAIRN_RETURN_IF_ERROR(
      in.Print(in_short ? AsShortText(report, options.output, report_path) : text));
  if (report.complete) return absl::OkStatus();
  return {kIncomplete,
          fmt::format("{} was written, but it is not all that was in the file", options.output)};
}

}  // namespace

void AddSalvage(cli::Program& program) {
  using cli::Format;
  cli::Command& command = program.root().Add("salvage <path> --output {new file}",
                                             "Saves what is still readable in a damaged db file");
  command
      .Long(
          "Reads a damaged snapshot, db file or stopped member's data directory page by page and\n"
          "writes everything that can still be trusted to a new, valid snapshot, which\n"
          "`{prog} snapshot restore` takes. The input is never changed; the output must not exist "
          "and\n"
          "appears whole or not at all.\n"
          "\n"
          "What the newest tree has lost is filled from the older meta's tree, from roots of "
          "older\n"
          "transactions and from pages that nothing refers to. The report begins with `complete` "
          "or\n"
          "`incomplete` and has ten lines at most; --report FILE (or -w json) has all of it: for "
          "each\n"
          "bucket where its records come from, and which keys and revisions are missing. A key\n"
          "whose newest revision is missing stands in the output with the one before, or stands\n"
          "there though it was deleted: the lost revisions say where that may be.\n"
          "\n"
          "Records that a compaction may have removed, and values that hold a whole page of "
          "zeros,\n"
          "are doubtful: unless --doubtful is given they are left out, the former counted, the\n"
          "latter reported as lost. Bits that are flipped inside a value can't be detected in a\n"
          "db file; of a snapshot the report says whether its SHA-256 still matches.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} salvage backup.db --output saved.db", "From a damaged snapshot.")
      .Example("{prog} salvage /var/lib/etcd --output saved.db --report saved.txt",
               "From a member's data directory, with the whole report in a file.")
      .Example("{prog} snapshot restore saved.db --data-dir /var/lib/etcd.new",
               "A new member from what was saved.")
      .Example("{prog} salvage backup.db --output saved.db -w json", "The report for scripts.")
      .Exit(cli::ExitCode::kError, "nothing was written: the reason is on stderr")
      .Exit(kIncomplete,
            "the output was written, but records were lost or doubtful ones left out: read the "
            "report");
  command.String("output", "", "Required. The new file; it must not exist.").Required().File();
  command.String("report", "", "a new file that gets the whole report, in the form that -w names")
      .File();
  command.Bool("doubtful", false,
               "also take records that a compaction may have removed, and values with pages of "
               "zeros");
  AddUnreadWalDirFlag(command);
  command.Run(RunSalvage);
  AddSalvageWal(command);
}

}  // namespace cairn::utl
