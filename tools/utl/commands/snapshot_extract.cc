// tools/utl/commands/snapshot_extract.cc: `cairnutl snapshot extract`: some keys of a snapshot, in
// a form that puts them back.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "gotext/quote.h"
#include "offline/etcd_db.h"
#include "offline/inspect/keys_at.h"
#include "offline/inspect/kubernetes.h"
#include "snap/db_stream.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/key_text.h"
#include "tools/utl/format/put_script.h"
#include "tools/utl/format/text_output.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::DbFile;
using offline::KeyList;
using offline::KeyReader;

// What the operator asked for.
struct Choice {
  std::vector<std::string> prefixes;
  std::string name_space;
  bool by_name_space = false;

  // For the script's comment and for errors; on one line whatever the texts hold.
  std::string Text() const {
    std::string text;
    if (by_name_space) text = fmt::format("namespace {}", QuoteGo(name_space));
    for (const std::string& prefix : prefixes) {
      if (prefix.empty() && prefixes.size() == 1 && !by_name_space) return "all keys";
      text += fmt::format("{}prefix {}", text.empty() ? "" : ", ", QuoteGo(prefix));
    }
    return text;
  }
};

bool IsNamespaceObject(std::string_view key, std::string_view name) {
  const auto place = offline::ParseKubernetesKey(key);
  return place.has_value() && place->group.empty() && place->resource == "namespaces" &&
         place->name == name;
}

bool InNamespace(std::string_view key, std::string_view name) {
  const auto place = offline::ParseKubernetesKey(key);
  return (place.has_value() && place->name_space == name) || IsNamespaceObject(key, name);
}

// A namespace has to be there before what stands in it.
std::vector<uint32_t> PutOrder(const KeyList& list, const Choice& choice) {
  std::vector<uint32_t> order(list.size());
  std::iota(order.begin(), order.end(), 0u);
  if (choice.by_name_space) {
    std::stable_partition(order.begin(), order.end(), [&](uint32_t i) {
      return IsNamespaceObject(list.key(i), choice.name_space);
    });
  }
  return order;
}

class Extract {
 public:
  Extract(cli::Invocation& in, const DbFile& db, Choice choice)
      : in_(in), db_(db), choice_(std::move(choice)), json_(in.format() == cli::Format::kJson) {}

  Status Run(const KeyList& list) {
    if (!json_) {
      for (size_t i = 0; i < list.size(); ++i) {
        CAIRN_RETURN_IF_ERROR(PutScript::CheckKey(list.key(i)));
      }
    }
    if (list.size() == 0) return Nothing(list);
    CAIRN_ASSIGN_OR_RETURN(out_, TextOutput::Create(in_, in_.String("output")));
    KeyReader reader(db_, list, PutOrder(list, choice_));
    CAIRN_RETURN_IF_ERROR(offline::ForEachKey(
        reader, in_.progress(),
        [&](const KeyReader::Record& record) { return Add(record.kv, list.revision()); }));
    if (keys_ == 0) return Nothing(list);
    if (!json_) CAIRN_RETURN_IF_ERROR(out_->Append(script_.End()));
    CAIRN_RETURN_IF_ERROR(out_->Finish());
    if (leased_ > 0) {
      in_.Note(
          in_.Bool("exclude-leases")
              ? fmt::format("{} keys were left out because they are attached to leases", leased_)
              : fmt::format("{} of the {} keys were attached to leases: they come back "
                            "without (--exclude-leases leaves them out)",
                            leased_, keys_));
    }
    return absl::OkStatus();
  }

 private:
  Status Nothing(const KeyList& list) const {
    return absl::NotFoundError(fmt::format("{} has no such keys at revision {}: {}{}", db_.path(),
                                           list.revision(), choice_.Text(),
                                           leased_ > 0 ? ", none of them without a lease" : ""));
  }

  Status Add(const proto::KeyValueView& kv, int64_t revision) {
    if (kv.lease != 0) {
      ++leased_;
      if (in_.Bool("exclude-leases")) return absl::OkStatus();
    }
    ++keys_;
    if (json_) {
      render::JsonWriter json;
      json.BeginObject();
      AddKeyFields(kv, true, &json);
      return out_->Append(std::move(json.EndObject()).text() + "\n");
    }
    if (keys_ == 1) {
      const std::string source = fmt::format("{} at revision {}", QuoteGo(db_.path()), revision);
      CAIRN_RETURN_IF_ERROR(out_->Append(PutScript::Begin(source, choice_.Text())));
    }
    return out_->Append(script_.Put(kv.key, kv.value));
  }

  cli::Invocation& in_;
  const DbFile& db_;
  const Choice choice_;
  const bool json_;
  std::unique_ptr<TextOutput> out_;
  PutScript script_;
  uint64_t keys_ = 0, leased_ = 0;
};

// What a page can't tell: a changed byte in a value, which would go back to the cluster as it is.
Status CheckDigest(const DbFile& db, Progress& progress) {
  if (!db.has_digest()) return absl::OkStatus();
  progress.Stage("checking", db.logical_size());
  CAIRN_ASSIGN_OR_RETURN(const Sha256Digest digest,
                         snap::HashBytes(db.file(), db.logical_size(), progress));
  CAIRN_ASSIGN_OR_RETURN(const Sha256Digest expected, snap::ReadDigest(db.file(), db.file_size()));
  if (digest == expected) return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("{}: the SHA-256 at its end does not fit: the snapshot was changed or damaged "
                  "after it was taken (take another, or see what `verify` says and go on with "
                  "--skip-hash-check)",
                  db.path()));
}

cli::Outcome RunExtract(cli::Invocation& in) {
  Choice choice{in.Strings("prefix"), in.String("namespace"), in.Changed("namespace")};
  if (choice.prefixes.empty() && !choice.by_name_space) {
    return cli::BadArgs("name what to extract by --prefix or --namespace (--prefix '' is all)");
  }
  if (choice.by_name_space && choice.name_space.empty()) {
    return cli::BadArgs("--namespace needs a name");
  }
  if (in.Int64("rev") < 0) return cli::BadArgs("a revision is not negative");
  const offline::Context context = OfflineContext(in);
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const DbFile db, offline::OpenEtcdDb(context, path));
  if (!in.Bool("skip-hash-check")) CAIRN_RETURN_IF_ERROR(CheckDigest(db, in.progress()));
  offline::KeysAtOptions options{choice.prefixes, {}, in.Int64("rev")};
  if (choice.by_name_space) {
    options.wanted = [&](std::string_view key) { return InNamespace(key, choice.name_space); };
  }
  CAIRN_ASSIGN_OR_RETURN(const KeyList list, KeyList::Find(db, options, in.progress()));
  return Extract(in, db, choice).Run(list);
}

}  // namespace

cli::Command& AddSnapshotExtract(cli::Command& group) {
  using cli::Format;
  cli::Command& command =
      group.Add("extract <filename>", "Takes some keys out of a snapshot, to put them back");
  command
      .Long(
          "Prints the keys that begin with a prefix, or that belong to a Kubernetes namespace, as\n"
          "they were at a revision: as a shell script that puts them by cairnctl or etcdctl (or\n"
          "what the variable ETCDCTL names), or with -w json as a JSON object a line with "
          "etcdctl's "
          "fields.\n"
          "The script keeps every byte of key and value. It overwrites what is there, attaches no\n"
          "leases, and does nothing at all when it was cut short. Of a namespace the object "
          "itself\n"
          "comes first. The snapshot's SHA-256 is checked before. A db file or a data directory "
          "is\n"
          "taken too; the file is only read.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kDbFile)
      .Formats({Format::kSimple, Format::kJson})
      .Example("{prog} snapshot extract backup.db --namespace shop --output back.sh && sh back.sh",
               "A namespace that was deleted by mistake.")
      .Example("{prog} snapshot extract backup.db --prefix /config/ --rev 1200 | sh",
               "Some keys, as they were at revision 1200.")
      .Example("{prog} snapshot extract backup.db --prefix '' -w json",
               "All keys, for another program.")
      .Exit(cli::ExitCode::kError,
            "there are no such keys, the file can't be read or is damaged, or the revision is "
            "compacted or in the future")
      .Exit(cli::ExitCode::kBadArgs, "nothing was named to extract")
      .Run(RunExtract);
  command.String("prefix", "", "keys that begin so (may be given several times)")
      .List()
      .Kind(cli::ValueKind::kKey);
  command.String("namespace", "",
                 "keys of a Kubernetes namespace, the namespace itself among them; with --prefix: "
                 "those that fit both");
  command.Int64("rev", 0, "the revision to look at (default: latest revision)");
  command.Bool("exclude-leases", false, "leave out keys that are attached to a lease");
  command.Bool("skip-hash-check", false, "take keys from a snapshot whose SHA-256 does not fit");
  command.String("output", "", "a file to write instead of stdout; it must not exist").File();
  return command;
}

}  // namespace cairn::utl
