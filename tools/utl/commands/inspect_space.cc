// tools/utl/commands/inspect_space.cc: `cairnutl inspect space`: where the bytes of a db file are,
// and what frees them.
#include <fmt/format.h>

#include <algorithm>

#include "gotext/quote.h"
#include "offline/inspect/space.h"
#include "render/human.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::SpaceOf;
using offline::SpaceReport;
using offline::SpaceRow;

constexpr uint64_t kDefaultLimit = 20;

// One part of the file; all parts are the file.
struct Part {
  const char* name;   // in text
  const char* field;  // in JSON
  uint64_t bytes;
  std::string note;
};

std::vector<Part> Parts(const SpaceReport& r) {
  return {
      {"live", "liveBytes", r.keys.live_bytes,
       fmt::format("the newest records of {} keys", r.keys.live_keys)},
      {"history", "historyBytes", r.keys.history_bytes,
       fmt::format("{} older records: compaction frees them", r.keys.history_records)},
      {"tombstones", "tombstoneBytes", r.keys.tombstone_bytes,
       fmt::format("{} deletions: compaction frees them", r.keys.tombstones)},
      {"other buckets", "otherBytes", r.other_bytes, "leases, users, members and the like"},
      {"overhead", "overheadBytes", r.overhead_bytes,
       "page headers, branch pages, metas, freelist"},
      {"slack", "slackBytes", r.slack_bytes,
       "unused ends of pages in use: defragmentation frees most"},
      {"free pages", "freeBytes", r.free_bytes, "defragmentation frees them"},
      {"tail", "tailBytes", r.tail_bytes, "never used: defragmentation frees it"},
      {"digest", "digestBytes", r.digest_bytes, "the SHA-256 after a snapshot"},
  };
}

// A name as it is, or in quotes where that would break the line or could not be seen.
std::string Shown(std::string_view name) {
  bool plain = !name.empty() && name.front() != '"' && name.front() != ' ' && name.back() != ' ';
  for (std::string_view rest = name; plain && !rest.empty();) {
    const Utf8Rune rune = DecodeUtf8(rest);
    plain = rune.valid && IsPrintable(rune.code);
    rest.remove_prefix(rune.length);
  }
  return plain ? std::string(name) : QuoteGo(name);
}

// One list of rows with what the columns of its names are called.
struct List {
  const char* title;           // "prefix"
  const char* field;           // "prefixes"
  bool names, name_spaces;     // which of the two texts its rows have
  std::vector<SpaceRow> rows;  // as many as are shown
  size_t hidden = 0;           // rows that are not
  uint64_t hidden_bytes = 0;
};

// What the user asked to see.
class SpaceView {
 public:
  SpaceView(SpaceReport report, const cli::Invocation& in)
      : report_(std::move(report)), exact_(in.Bool("bytes")), box_(in.box_drawing()) {
    const bool json = in.format() == cli::Format::kJson;
    const uint64_t limit = json && !in.Changed("limit") ? 0 : in.Uint64("limit");
    const bool split = in.Bool("namespaces");
    if (in.Int64("depth") > 0)
      AddList({"prefix", "prefixes", true, false, report_.prefixes}, limit);
    if (report_.resources.empty() && !json) return;
    AddList({"resource", "resources", true, split, report_.resources}, limit);
    if (report_.not_kubernetes.bytes() > 0 && !json) {
      lists_.back().rows.push_back({"(other keys)", {}, report_.not_kubernetes});
    }
    if (split) AddList({"namespace", "namespaces", false, true, report_.name_spaces}, limit);
  }

  std::string Simple() const {
    std::string text;
    for (const Part& part : Parts(report_)) {
      text += fmt::format("{:<14}{:>12} {:>5.1f} %  {}\n", part.name, Size(part.bytes),
                          Share(part.bytes), part.note);
    }
    text += fmt::format("{:<14}{:>12} {:>5.1f} %\n\n{}", "file", Size(report_.file_bytes), 100.0,
                        Advice());
    for (const List& list : lists_) {
      text += fmt::format("\n{:>12} {:>12} {:>9} {:>12} {:>12}  {}\n", "all", "live", "keys",
                          "history", "tombstones", list.title);
      for (const SpaceRow& row : list.rows) {
        text += fmt::format("{:>12} {:>12} {:>9} {:>12} {:>12}  {}\n", Size(row.space.bytes()),
                            Size(row.space.live_bytes), row.space.live_keys,
                            Size(row.space.history_bytes), Size(row.space.tombstone_bytes),
                            Name(list, row));
      }
      text += More(list);
    }
    return text;
  }

  std::string Tables() const {
    const auto borders = render::BordersFor(box_);
    std::vector<std::vector<std::string>> cells;
    for (const Part& part : Parts(report_)) {
      cells.push_back(
          {part.name, Size(part.bytes), fmt::format("{:.1f} %", Share(part.bytes)), part.note});
    }
    cells.push_back({"file", Size(report_.file_bytes), "100.0 %", ""});
    std::string text = render::Table({"part", "bytes", "share", "what"}, cells, borders);
    text += Advice();
    for (const List& list : lists_) {
      std::vector<std::string> header;
      if (list.names) header.push_back(list.title);
      if (list.name_spaces) header.push_back("namespace");
      for (const char* column :
           {"all", "live", "live keys", "history", "history records", "tombstones", "deletions"}) {
        header.emplace_back(column);
      }
      cells.clear();
      for (const SpaceRow& row : list.rows) {
        std::vector<std::string> line;
        if (list.names) line.push_back(Shown(row.name));
        if (list.name_spaces) line.push_back(row.name_space);
        const SpaceOf& space = row.space;
        for (std::string cell :
             {Size(space.bytes()), Size(space.live_bytes), std::to_string(space.live_keys),
              Size(space.history_bytes), std::to_string(space.history_records),
              Size(space.tombstone_bytes), std::to_string(space.tombstones)}) {
          line.push_back(std::move(cell));
        }
        cells.push_back(std::move(line));
      }
      text += render::Table(header, cells, borders) + More(list);
    }
    return text;
  }

  std::string Json(const std::string& path) const {
    render::JsonWriter json;
    json.BeginObject().Field("path", path).Field("fileBytes", report_.file_bytes);
    json.Field("pageSize", report_.page_size);
    for (const Part& part : Parts(report_)) json.Field(part.field, part.bytes);
    json.Field("liveKeys", report_.keys.live_keys);
    json.Field("historyRecords", report_.keys.history_records);
    json.Field("tombstones", report_.keys.tombstones);
    json.Field("compactionFrees", report_.compaction_frees());
    json.Field("defragmentationFrees", report_.defragmentation_frees());
    json.Field("defragmentationFreesAfterCompaction", report_.defragmentation_frees_then());
    for (const List& list : lists_) {
      json.Key(list.field).BeginArray();
      for (const SpaceRow& row : list.rows) {
        json.BeginObject();
        if (list.names) json.Field(list.title, row.name);
        if (list.name_spaces) json.Field("namespace", row.name_space);
        AppendSpace(row.space, json);
        json.EndObject();
      }
      json.EndArray();
    }
    json.Key("notKubernetes").BeginObject();
    AppendSpace(report_.not_kubernetes, json);
    return json.EndObject().EndObject().text() + "\n";
  }

 private:
  void AddList(List list, uint64_t limit) {
    if (limit > 0 && list.rows.size() > limit) {
      for (size_t i = limit; i < list.rows.size(); ++i) {
        list.hidden_bytes += list.rows[i].space.bytes();
      }
      list.hidden = list.rows.size() - limit;
      list.rows.resize(limit);
    }
    lists_.push_back(std::move(list));
  }

  static void AppendSpace(const SpaceOf& space, render::JsonWriter& json) {
    json.Field("liveKeys", space.live_keys).Field("liveBytes", space.live_bytes);
    json.Field("historyRecords", space.history_records);
    json.Field("historyBytes", space.history_bytes);
    json.Field("tombstones", space.tombstones).Field("tombstoneBytes", space.tombstone_bytes);
  }

  std::string Size(uint64_t bytes) const {
    return exact_ ? std::to_string(bytes) : render::HumanBytes(bytes);
  }
  std::string SignedSize(int64_t bytes) const {
    return bytes < 0 ? fmt::format("-{}", Size(-static_cast<uint64_t>(bytes)))
                     : Size(static_cast<uint64_t>(bytes));
  }
  double Share(uint64_t bytes) const {
    return 100.0 * static_cast<double>(bytes) / static_cast<double>(report_.file_bytes);
  }

  static std::string Name(const List& list, const SpaceRow& row) {
    const std::string name_space = row.name_space.empty() ? "-" : Shown(row.name_space);
    if (!list.names) return name_space;
    return list.name_spaces ? Shown(row.name) + "  " + name_space : Shown(row.name);
  }

  std::string Advice() const {
    return fmt::format(
        "compaction would free about {} for new keys; the file keeps its size\n"
        "defragmentation would free about {} now, {} after that compaction\n",
        Size(report_.compaction_frees()), SignedSize(report_.defragmentation_frees()),
        SignedSize(report_.defragmentation_frees_then()));
  }

  std::string More(const List& list) const {
    if (list.hidden == 0) return {};
    return fmt::format("and {} more with {} (--limit 0 shows all)\n", list.hidden,
                       Size(list.hidden_bytes));
  }

  const SpaceReport report_;
  const bool exact_, box_;
  std::vector<List> lists_;
};

cli::Outcome RunSpace(cli::Invocation& in) {
  if (in.Int64("depth") < 0) return cli::BadArgs("--depth must not be negative");
  const offline::Context context = OfflineContext(in);
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  offline::SpaceOptions options;
  options.depth = static_cast<size_t>(in.Int64("depth"));
  options.namespaces = in.Bool("namespaces");
  CAIRN_ASSIGN_OR_RETURN(SpaceReport report, ReadSpace(context, path, options));
  const SpaceView view(std::move(report), in);
  switch (in.format()) {
    case cli::Format::kJson:
      return in.Print(view.Json(path));
    case cli::Format::kTable:
      return in.Print(view.Tables());
    default:
      return in.Print(view.Simple());
  }
}

}  // namespace

cli::Command& AddInspectSpace(cli::Command& group) {
  using cli::Format;
  cli::Command& command = group.Add("space <path>", "Shows where the bytes of a db file are");
  command
      .Long(
          "Splits a snapshot, a db file or a data directory's db into what lives, what a\n"
          "compaction would free and what defragmentation would free: every byte of the file is\n"
          "in exactly one part. Of each key the newest record lives, unless it is a tombstone;\n"
          "tombstones and all older records are what a compaction at the current revision frees,\n"
          "for new keys to use; the file shrinks only by defragmentation. How much is shown for\n"
          "`{prog} defrag`, which fills its pages; a server's own leaves a tenth of each empty.\n"
          "Then the keys by prefix, and by Kubernetes resource where there are any, greatest\n"
          "first. JSON has exact numbers and all rows. The file is only read.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} inspect space backup.db", "Would compaction or defragmentation help?")
      .Example("{prog} inspect space /var/lib/etcd --namespaces --depth 0 -w table",
               "Which resources and namespaces fill a stopped member of Kubernetes.")
      .Example("{prog} inspect space backup.db -w json | jq .defragmentationFrees", "For scripts.")
      .Exit(cli::ExitCode::kError, "the file can't be read, or is damaged")
      .Exit(cli::ExitCode::kBadArgs, "a flag's value makes no sense");
  command.Bool("bytes", false, "exact numbers of bytes in place of kB and MB");
  command.Int64("depth", 2, "names that a prefix keeps, 0 for no rows by prefix");
  command.Uint64("limit", kDefaultLimit,
                 "rows of each list, 0 for all (JSON has all unless it is given)");
  command.Bool("namespaces", false, "split Kubernetes resources by namespace");
  command.Run(RunSpace);
  return command;
}

}  // namespace cairn::utl
