// tools/utl/commands/inspect_buckets.cc: `cairnutl inspect buckets`: the buckets of a db, the pairs
// of one, the value of one key.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "gotext/quote.h"
#include "mvcc/revision.h"
#include "offline/inspect/bucket_stats.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/format/record_text.h"
#include "tools/utl/format/text_output.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using cli::Format;
using offline::BucketReport;
using offline::BucketStats;
using offline::DamagedDb;
using offline::Pair;
using offline::Problems;

render::Borders BordersOf(const cli::Invocation& in) {
  return render::BordersFor(in.box_drawing());
}

uint64_t Percent(uint64_t part, uint64_t whole) { return whole == 0 ? 0 : part * 100 / whole; }

std::string StatsJson(const BucketReport& report) {
  render::JsonWriter json;
  json.BeginObject().Key("buckets").BeginArray();
  for (const BucketStats& b : report.buckets) {
    json.BeginObject().Field("name", b.name).Field("keys", b.keys).Field("depth", b.depth);
    json.Field("branchPages", b.branch_pages).Field("branchOverflow", b.branch_overflow);
    json.Field("leafPages", b.leaf_pages).Field("leafOverflow", b.leaf_overflow);
    json.Field("branchAlloc", b.branch_alloc).Field("branchInUse", b.branch_in_use);
    json.Field("leafAlloc", b.leaf_alloc).Field("leafInUse", b.leaf_in_use);
    json.Field("buckets", b.buckets).Field("inlineBuckets", b.inline_buckets);
    json.Field("inlineInUse", b.inline_in_use).EndObject();
  }
  json.EndArray();
  if (report.hash.has_value()) json.Field("hash", *report.hash);
  return json.EndObject().text() + "\n";
}

std::string StatsText(const BucketReport& report) {
  size_t width = 0;
  for (const BucketStats& b : report.buckets) width = std::max(width, b.name.size());
  std::string text;
  for (const BucketStats& b : report.buckets) {
    text += fmt::format("{:<{}}  {} keys, ", b.name, width, b.keys);
    if (b.inlined) {
      text += fmt::format("inline, {} bytes\n", b.inline_in_use);
      continue;
    }
    text += fmt::format("depth {}, {} branch + {} leaf pages, {} bytes, {} % filled\n", b.depth,
                        b.branch_pages + b.branch_overflow, b.leaf_pages + b.leaf_overflow,
                        b.alloc(), Percent(b.branch_in_use + b.leaf_in_use, b.alloc()));
  }
  if (report.hash.has_value()) text += fmt::format("hash {}\n", *report.hash);
  return text;
}

std::string StatsTable(const BucketReport& report, render::Borders borders) {
  std::vector<std::vector<std::string>> rows;
  for (const BucketStats& b : report.buckets) {
    rows.push_back({b.name, std::to_string(b.keys), std::to_string(b.depth),
                    std::to_string(b.branch_pages), std::to_string(b.leaf_pages),
                    std::to_string(b.branch_overflow + b.leaf_overflow), std::to_string(b.alloc()),
                    std::to_string(b.branch_in_use + b.leaf_in_use + b.inline_in_use),
                    b.inlined ? "yes" : "no"});
  }
  return render::Table({"bucket", "keys", "depth", "branch pages", "leaf pages", "overflow",
                        "bytes", "bytes in use", "inline"},
                       rows, borders);
}

cli::Outcome PrintStats(cli::Invocation& in, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const BucketReport report, offline::ReadBuckets(OfflineContext(in), path));
  switch (in.format()) {
    case Format::kJson:
      CAIRN_RETURN_IF_ERROR(in.Print(StatsJson(report)));
      break;
    case Format::kTable:
      CAIRN_RETURN_IF_ERROR(in.Print(StatsTable(report, BordersOf(in))));
      break;
    default:
      CAIRN_RETURN_IF_ERROR(in.Print(StatsText(report)));
  }
  return TellProblems(in, path, report.problems);
}

// One pair as the flags want it. A record that is none is shown as it is stored, and told.
class PairPrinter {
 public:
  PairPrinter(cli::Invocation& in, std::string bucket, Problems& problems)
      : out_(in),
        table_({"key", "value"}, BordersOf(in)),
        format_(in.format()),
        raw_(in.Bool("raw")),
        bucket_(std::move(bucket)),
        problems_(problems) {}

  Status Add(const Pair& pair) {
    if (format_ == Format::kJson) return out_.Append(Json(pair));
    const DecodedPair cells = Cells(pair);
    if (format_ != Format::kTable) return out_.Append(cells.key + ": " + cells.value + "\n");
    table_.Add({cells.key, cells.value});
    return absl::OkStatus();
  }
  // As above, but in the simple form without its key.
  Status AddValue(const Pair& pair) {
    if (format_ != Format::kSimple) return Add(pair);
    return out_.Append(raw_ ? std::string(pair.value) : Cells(pair).value + "\n");
  }
  Status Finish() {
    if (format_ == Format::kTable) CAIRN_RETURN_IF_ERROR(out_.Append(table_));
    return out_.Finish();
  }

 private:
  std::string Json(const Pair& pair) {
    if (!raw_ && !pair.is_bucket) {
      render::JsonWriter json;
      json.BeginObject();
      const Status status = WriteDecodedPair(bucket_, pair.key, pair.value, json);
      if (status.ok()) return json.EndObject().text() + "\n";
      Tell(pair, status);
    }
    render::JsonWriter json;
    json.BeginObject().Key("key").Base64(pair.key).Key("value").Base64(pair.value);
    if (pair.is_bucket) json.Field("bucket", true);
    return json.EndObject().text() + "\n";
  }
  DecodedPair Cells(const Pair& pair) {
    if (pair.is_bucket) return {QuoteGo(pair.key), "(a bucket)"};
    if (!raw_) {
      auto decoded = DecodePair(bucket_, pair.key, pair.value);
      if (decoded.ok()) return *std::move(decoded);
      Tell(pair, decoded.status());
    }
    return {QuoteGo(pair.key), QuoteGo(pair.value)};
  }
  void Tell(const Pair& pair, const Status& why) {
    problems_.Add(fmt::format("bucket {}, key {}: {}", bucket_, QuoteGo(pair.key), Message(why)));
  }

  TextOutput out_;
  render::TableBuilder table_;
  const Format format_;
  const bool raw_;
  const std::string bucket_;
  Problems& problems_;
};

Status NoBucket(const std::string& path, std::string_view bucket) {
  return absl::NotFoundError(fmt::format("{} has no bucket {} (`inspect buckets {}` lists them)",
                                         path, QuoteGo(bucket), path));
}

cli::Outcome PrintPairs(cli::Invocation& in, const std::string& path) {
  const std::string& bucket = in.args()[1];
  CAIRN_ASSIGN_OR_RETURN(const DamagedDb db, DamagedDb::Open(OfflineContext(in), path));
  CAIRN_RETURN_IF_ERROR(db.NeedMeta());
  Problems problems;
  db.AddLayoutProblems(problems);
  in.progress().Stage("reading", db.layout().meta->high_water * db.layout().page_size);
  PairPrinter printer(in, bucket, problems);
  const uint64_t limit = in.Uint64("limit");
  uint64_t shown = 0;
  CAIRN_ASSIGN_OR_RETURN(const bool found,
                         offline::ForEachPair(db, {bucket}, in.Bool("reverse"), in.progress(),
                                              problems, [&](const Pair& pair) -> StatusOr<bool> {
                                                CAIRN_RETURN_IF_ERROR(printer.Add(pair));
                                                return ++shown != limit;
                                              }));
  if (found) CAIRN_RETURN_IF_ERROR(printer.Finish());
  if (!found && problems.none()) return NoBucket(path, bucket);
  return TellProblems(in, path, problems);
}

// The key that the argument means: "revision" is MAIN.SUB, with "t" after it for a tombstone.
StatusOr<std::string> ParseKey(const std::string& text, const std::string& form) {
  const auto bad = [&](std::string_view why) {
    return absl::InvalidArgumentError(fmt::format("the key {}: {}", QuoteGo(text), why));
  };
  if (form == "text") return text;
  if (form == "hex") {
    std::string key;
    for (size_t i = 0; i < text.size(); i += 2) {
      const auto digit = [&](size_t at) -> int {
        if (at >= text.size()) return -1;
        const char c = text[at];
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      };
      if (digit(i) < 0 || digit(i + 1) < 0) return bad("is not in hexadecimal digits, two a byte");
      key += static_cast<char>(digit(i) * 16 + digit(i + 1));
    }
    return key;
  }
  mvcc::RevisionKey key;
  const char* at = text.data();
  const char* const end = at + text.size();
  auto parsed = std::from_chars(at, end, key.revision.main);
  if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '.') {
    parsed = std::from_chars(parsed.ptr + 1, end, key.revision.sub);
    key.tombstone = parsed.ptr != end && *parsed.ptr == 't';
    if (key.tombstone) ++parsed.ptr;
    if (parsed.ec == std::errc() && parsed.ptr == end && key.revision.main >= 0 &&
        key.revision.sub >= 0) {
      return std::string(mvcc::RevisionKeyBytes(key).view());
    }
  }
  return bad("is not a revision such as 41.0, or 42.0t for a tombstone");
}

cli::Outcome PrintValue(cli::Invocation& in, const std::string& path) {
  const std::string& bucket = in.args()[1];
  const auto key = ParseKey(in.args()[2], in.String("key-format"));
  if (!key.ok()) return cli::BadArgs(Message(key.status()));
  CAIRN_ASSIGN_OR_RETURN(const DamagedDb db, DamagedDb::Open(OfflineContext(in), path));
  CAIRN_RETURN_IF_ERROR(db.NeedMeta());
  // Only the pages on the way to the key are read; others may be broken.
  bolt::Meta meta = *db.layout().meta;
  meta.high_water = std::min(meta.high_water, db.layout().pages_in_file());
  bolt::ReadTx tx(db.file(), meta, size_t{1} << 20);
  CAIRN_ASSIGN_OR_RETURN(std::optional<bolt::BucketRef> ref, tx.FindBucket(bucket));
  if (!ref.has_value()) return NoBucket(path, bucket);
  bolt::Cursor cursor(tx.source(), *std::move(ref));
  CAIRN_ASSIGN_OR_RETURN(const std::optional<bolt::Item> item, cursor.Find(*key));
  if (!item.has_value()) {
    return absl::NotFoundError(
        fmt::format("{}: bucket {} has no key {}", path, bucket, QuoteGo(*key)));
  }
  Problems problems;
  const Pair pair{item->key, item->value, item->is_bucket};
  PairPrinter printer(in, bucket, problems);
  CAIRN_RETURN_IF_ERROR(printer.AddValue(pair));
  CAIRN_RETURN_IF_ERROR(printer.Finish());
  return TellProblems(in, path, problems);
}

cli::Outcome RunBuckets(cli::Invocation& in) {
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  switch (in.args().size()) {
    case 1:
      return PrintStats(in, path);
    case 2:
      return PrintPairs(in, path);
    default:
      return PrintValue(in, path);
  }
}

}  // namespace

cli::Command& AddInspectBuckets(cli::Command& group) {
  cli::Command& command = group.Add("buckets <path> [bucket [key]]",
                                    "Shows the buckets of a db, the pairs of one, or one value");
  command
      .Long(
          "Without a bucket: each bucket with its keys, the pages that it takes and how they are\n"
          "filled, and the hash that etcd-dump-db prints. With a bucket: its pairs in the order "
          "of\n"
          "their keys, decoded as what etcd keeps there; passwords' hashes are only shown by "
          "--raw.\n"
          "With a key: its value; --raw gives the stored bytes as they are.\n"
          "The path is a snapshot, a db file or a data directory. Pages that can't be read are "
          "named\n"
          "on stderr, and the rest is shown. JSON has one line a pair. The file is only read.")
      .Args(1, 3)
      .ArgKinds({{cli::ValueKind::kFile}})
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} inspect buckets backup.db -w table", "How large each bucket is.")
      .Example("{prog} inspect buckets backup.db key --reverse --limit 10", "The last ten changes.")
      .Example("{prog} inspect buckets backup.db key 41.0 --key-format revision",
               "What revision 41 wrote.")
      .Example("{prog} inspect buckets /var/lib/etcd meta consistent_index", "Of a stopped member.")
      .Exit(cli::ExitCode::kError,
            "the file can't be read or is damaged, or has no such bucket or key")
      .Exit(cli::ExitCode::kBadArgs, "a key that its format can't mean");
  command.Uint64("limit", 0, "pairs to show, 0 for all");
  command.Bool("reverse", false, "from the last key to the first");
  command.Bool("raw", false, "keys and values as they are stored, not decoded");
  command.String("key-format", "text", "how the key is written: text, hex or revision")
      .Choices({"text", "hex", "revision"}, true);
  command.Run(RunBuckets);
  return command;
}

}  // namespace cairn::utl
