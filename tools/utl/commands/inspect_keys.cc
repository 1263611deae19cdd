// tools/utl/commands/inspect_keys.cc: `cairnutl inspect keys`: keys and values at a revision, or
// every change of them that the file still has.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "offline/etcd_db.h"
#include "offline/inspect/key_history.h"
#include "offline/inspect/keys_at.h"
#include "render/human.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/key_text.h"
#include "tools/utl/format/text_output.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using cli::Format;
using offline::DbFile;
using offline::KeyList;
using offline::KeyReader;

// What all rows share.
struct Style {
  Format format;
  bool values, raw, box;
};

std::string Shown(std::string_view key) {
  std::string text;
  AppendKeyText(key, &text);
  return text;
}

// The cells from "version" on.
void AddCells(const proto::KeyValueView& kv, std::vector<std::string>* row) {
  const auto object = offline::ParseKubernetesValue(kv.value);
  row->push_back(std::to_string(kv.version));
  row->push_back(kv.lease == 0 ? "" : fmt::format("{:016x}", static_cast<uint64_t>(kv.lease)));
  row->push_back(render::HumanBytes(kv.value.size()));
  row->push_back(object.has_value() ? ObjectText(*object, kv.value.size()) : "");
}

void AppendLine(std::string_view bytes, bool raw, void (*shown)(std::string_view, std::string*),
                std::string* out) {
  if (raw) {
    *out += bytes;
  } else {
    shown(bytes, out);
  }
  *out += '\n';
}

// The keys' names alone, which the list has in memory.
Status PrintNames(cli::Invocation& in, const KeyList& list, size_t count, const Style& style) {
  TextOutput out(in);
  std::string line;
  for (size_t i = 0; i < count; ++i) {
    list.Prefetch(i + 8);
    line.clear();
    AppendLine(list.key(i), style.raw, AppendKeyText, &line);
    CAIRN_RETURN_IF_ERROR(out.Append(line));
    if (i % 4096 == 0) CAIRN_RETURN_IF_ERROR(in.progress().Update(i));
  }
  return out.Finish();
}

Status PrintKeys(cli::Invocation& in, const DbFile& db, const KeyList& list, size_t count,
                 const Style& style) {
  TextOutput out(in);
  render::TableBuilder table(
      {"key", "create revision", "mod revision", "version", "lease", "size", "object"},
      render::BordersFor(style.box));
  std::string line;
  const auto print = [&](const KeyReader::Record& record) -> Status {
    const proto::KeyValueView& kv = record.kv;
    switch (style.format) {
      case Format::kJson: {
        render::JsonWriter json;
        json.BeginObject();
        AddKeyFields(kv, style.values, &json);
        json.EndObject();
        CAIRN_RETURN_IF_ERROR(out.Append(json.text()));
        return out.Append("\n");
      }
      case Format::kTable: {
        std::vector<std::string> row = {Shown(kv.key), std::to_string(kv.create_revision),
                                        std::to_string(kv.mod_revision)};
        AddCells(kv, &row);
        table.Add(row);
        return absl::OkStatus();
      }
      default:
        line.clear();
        AppendLine(kv.key, style.raw, AppendKeyText, &line);
        AppendLine(kv.value, style.raw, AppendValueText, &line);
        return out.Append(line);
    }
  };
  KeyReader reader(db, list, count);
  CAIRN_RETURN_IF_ERROR(offline::ForEachKey(reader, in.progress(), print));
  if (style.format == Format::kTable) CAIRN_RETURN_IF_ERROR(out.Append(table));
  return out.Finish();
}

Status PrintHistory(cli::Invocation& in, const DbFile& db, const offline::HistoryOptions& options,
                    const Style& style) {
  TextOutput out(in);
  render::TableBuilder table(
      {"revision", "change", "key", "create revision", "version", "lease", "size", "object"},
      render::BordersFor(style.box));
  std::string line;
  const auto print = [&](const mvcc::RevisionKey& record, const proto::KeyValueView& kv) -> Status {
    const auto& [main, sub] = record.revision;
    switch (style.format) {
      case Format::kJson: {
        render::JsonWriter json;
        json.BeginObject().Field("revision", main).Field("sub", sub);
        json.Field("type", record.tombstone ? "DELETE" : "PUT");
        AddKeyFields(kv, style.values, &json);
        json.EndObject();
        CAIRN_RETURN_IF_ERROR(out.Append(json.text()));
        return out.Append("\n");
      }
      case Format::kTable: {
        std::vector<std::string> row = {fmt::format("{}.{}", main, sub),
                                        record.tombstone ? "delete" : "put", Shown(kv.key)};
        if (!record.tombstone) {
          row.push_back(std::to_string(kv.create_revision));
          AddCells(kv, &row);
        }
        table.Add(row);
        return absl::OkStatus();
      }
      default:
        line = fmt::format("{}.{} {} ", main, sub, record.tombstone ? "DELETE" : "PUT");
        AppendLine(kv.key, style.raw, AppendKeyText, &line);
        if (style.values && !record.tombstone) {
          AppendLine(kv.value, style.raw, AppendValueText, &line);
        }
        return out.Append(line);
    }
  };
  CAIRN_ASSIGN_OR_RETURN(const offline::HistorySummary summary,
                         offline::ForEachRecordBetween(db, options, in.progress(), print));
  if (style.format == Format::kTable) CAIRN_RETURN_IF_ERROR(out.Append(table));
  CAIRN_RETURN_IF_ERROR(out.Finish());
  if (summary.compact_revision > options.first_revision) {
    in.Note(fmt::format(
        "{} was compacted at revision {}: up to there only the newest put of each key is left",
        db.path(), summary.compact_revision));
  }
  return absl::OkStatus();
}

cli::Outcome RunInspectKeys(cli::Invocation& in) {
  const bool history = in.Bool("history");
  if (in.Changed("from-rev") && !history) return cli::BadArgs("--from-rev is for --history");
  if (in.Int64("rev") < 0 || in.Int64("from-rev") < 0) {
    return cli::BadArgs("a revision is not negative");
  }
  const offline::Context context = OfflineContext(in);
  std::vector<std::string> prefixes = in.Strings("prefix");
  prefixes.insert(prefixes.end(), in.args().begin() + 1, in.args().end());
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, offline::OpenEtcdDb(context, path));
  const Style style{in.format(), !in.Bool("keys-only"), in.Bool("raw"), in.box_drawing()};
  const uint64_t limit = in.Uint64("limit");
  if (history) {
    return PrintHistory(in, db, {std::move(prefixes), in.Int64("from-rev"), in.Int64("rev"), limit},
                        style);
  }
  CAIRN_ASSIGN_OR_RETURN(
      const KeyList list,
      KeyList::Find(db, {std::move(prefixes), {}, in.Int64("rev")}, in.progress()));
  const size_t count = limit == 0 ? list.size() : std::min<uint64_t>(limit, list.size());
  CAIRN_RETURN_IF_ERROR(style.format == Format::kSimple && !style.values
                            ? PrintNames(in, list, count, style)
                            : PrintKeys(in, db, list, count, style));
  if (count < list.size()) {
    in.Note(fmt::format("{} of {} keys at revision {}: --limit left the others out", count,
                        list.size(), list.revision()));
  }
  return absl::OkStatus();
}

}  // namespace

cli::Command& AddInspectKeys(cli::Command& group) {
  cli::Command& command = group.Add("keys <path> [prefix...]",
                                    "Prints keys and values of a snapshot, db or data directory");
  command
      .Long(
          "Prints the keys that lived at a revision, in key order, each followed by its value, as\n"
          "`etcdctl get` does; only those with one of the prefixes if any is named. A Kubernetes\n"
          "object in binary form is shown as its kind, namespace and name, an encrypted one as\n"
          "such, other bytes that are not text in quotes with escapes; --raw prints them as they\n"
          "are. With --history it prints every put and deletion that the file still has, in the\n"
          "order of revisions, each after its revision.\n"
          "-w json is a JSON object a line, with etcdctl's fields (key and value in base64) and\n"
          "what a Kubernetes object is. A table holds all its rows in memory; the other forms\n"
          "need about 100 bytes a key and no value. The file is only read.")
      .Args(1, SIZE_MAX)
      .ArgKinds({{cli::ValueKind::kFile}})
      .Formats({Format::kSimple, Format::kJson, Format::kTable})
      .Example("{prog} inspect keys backup.db /registry/pods/shop/ -w table",
               "The pods of a namespace in a snapshot.")
      .Example("{prog} inspect keys /var/lib/etcd --keys-only | wc -l",
               "How many keys a stopped member holds.")
      .Example("{prog} inspect keys backup.db /config/size --history",
               "What happened to a key since the last compaction.")
      .Example("{prog} inspect keys backup.db --rev 1200 -w json | jq -r '.key | @base64d'",
               "Keys at an older revision, for scripts.")
      .Exit(cli::ExitCode::kError,
            "the file can't be read or is damaged, or the revision is compacted or in the future")
      .Exit(cli::ExitCode::kBadArgs, "the flags make no sense together")
      .Run(RunInspectKeys);
  command.String("prefix", "", "only keys that begin so (may be given several times)")
      .List()
      .Kind(cli::ValueKind::kKey);
  command.Int64("rev", 0,
                "the revision to look at, with --history the last one (default: latest revision)");
  command.Bool("history", false, "every put and deletion, in the order of revisions");
  command.Int64("from-rev", 0, "with --history: the first revision");
  command.Uint64("limit", 0, "maximum number of results");
  command.Bool("keys-only", false, "no values; a line a key in the simple form");
  command.Bool("raw", false, "keys and values as they are, whatever bytes they hold");
  return command;
}

}  // namespace cairn::utl
