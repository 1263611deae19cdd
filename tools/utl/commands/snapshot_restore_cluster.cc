// tools/utl/commands/snapshot_restore_cluster.cc: `cairnutl snapshot restore --cluster`: the
// directories of all members of a new cluster.
#include <fmt/format.h>

#include "base/random.h"
#include "cluster/ids.h"
#include "gotext/quote.h"
#include "offline/restore/cluster.h"
#include "render/human.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::RestoreClusterResult;
using offline::RestoredMember;

std::string Urls(const cluster::Member& member) {
  std::string text;
  for (const std::string& url : member.peer_urls) text += (text.empty() ? "" : ",") + url;
  return text;
}

// NAME=URL,NAME=URL, in the file's order.
std::string InitialCluster(const RestoreClusterResult& result) {
  std::string text;
  for (const RestoredMember& one : result.members) {
    for (const std::string& url : one.member.peer_urls) {
      text += fmt::format("{}{}={}", text.empty() ? "" : ",", one.member.name, url);
    }
  }
  return text;
}

// The flags by which this member is started. Which addresses it listens on is the machine's affair.
std::string StartFlags(const RestoreClusterResult& result, const RestoredMember& one) {
  return fmt::format(
      "--name {} --data-dir {} --initial-advertise-peer-urls {} --initial-cluster {} "
      "--initial-cluster-token {}",
      QuoteShell(one.member.name), QuoteShell(one.data_dir), QuoteShell(Urls(one.member)),
      QuoteShell(InitialCluster(result)), QuoteShell(result.token));
}

std::string AsJson(const RestoreClusterResult& result, bool dry_run) {
  render::JsonWriter json;
  json.BeginObject().Field("dry_run", dry_run).Field("token", result.token);
  json.Field("cluster_id", cluster::IdString(result.cluster));
  json.Field("snapshot_revision", result.snapshot_revision).Field("revision", result.revision);
  json.Field("bytes_each", result.bytes_each).Key("members").BeginArray();
  for (const RestoredMember& one : result.members) {
    json.BeginObject().Field("id", cluster::IdString(one.member.id));
    json.Field("name", one.member.name).Key("peer_urls").BeginArray();
    for (const std::string& url : one.member.peer_urls) json.Value(url);
    json.EndArray().Field("data_dir", one.data_dir);
    json.Field("flags", StartFlags(result, one)).EndObject();
  }
  return json.EndArray().EndObject().text() + "\n";
}

std::string AsTable(const RestoreClusterResult& result, render::Borders borders) {
  std::vector<std::vector<std::string>> rows;
  for (const RestoredMember& one : result.members) {
    rows.push_back({cluster::IdString(one.member.id), one.member.name, Urls(one.member),
                    one.data_dir, render::HumanBytes(result.bytes_each)});
  }
  return render::Table(
             {"cluster", "token", "snapshot revision", "revision"},
             {{cluster::IdString(result.cluster), result.token,
               std::to_string(result.snapshot_revision), std::to_string(result.revision)}},
             borders) +
         render::Table({"id", "name", "peer urls", "directory", "size"}, rows, borders);
}

std::string AsText(const RestoreClusterResult& result) {
  std::string text = fmt::format("cluster {}, token {}, revision {}\n",
                                 cluster::IdString(result.cluster), result.token, result.revision);
  for (const RestoredMember& one : result.members) {
    text += fmt::format("{}, {}, {}, {}, {}\n", cluster::IdString(one.member.id),
                        Printable(one.member.name), Urls(one.member), Printable(one.data_dir),
                        render::HumanBytes(result.bytes_each));
  }
  return text;
}

// The token of the flag, or of the file, or a new one.
cli::Outcome ChooseToken(cli::Invocation& in, offline::ClusterFile& file) {
  if (in.Changed("initial-cluster-token")) {
    const std::string& flag = in.String("initial-cluster-token");
    if (!file.token.empty() && file.token != flag) {
      return cli::BadArgs(fmt::format("--initial-cluster-token {} and the token {} in {} differ",
                                      QuoteGo(flag), QuoteGo(file.token), in.String("cluster")));
    }
    file.token = flag;
    return absl::OkStatus();
  }
  if (!file.token.empty()) return absl::OkStatus();
  file.token = offline::MakeClusterToken(SystemClock(), SystemSeed());
  in.Note(fmt::format("no token was given: the new cluster's is {}{}", file.token,
                      in.Bool("dry-run") ? " (another one each time)" : ""));
  return absl::OkStatus();
}

}  // namespace

void NoteKubernetesBump(cli::Invocation& in, int64_t revision) {
  in.Note(fmt::format(
      "--kubernetes: the revision went up by {}, to {}, and all before that counts as compacted: "
      "API servers and controllers, whose watches and caches are at revisions of the old cluster, "
      "get \"compacted\" and list anew, instead of waiting in silence or taking new events for old "
      "ones",
      offline::kKubernetesBump, revision));
}

cli::Outcome RunRestoreCluster(cli::Invocation& in) {
  for (const char* flag :
       {"name", "data-dir", "wal-dir", "initial-cluster", "initial-advertise-peer-urls"}) {
    if (in.Changed(flag)) {
      return cli::BadArgs(
          fmt::format("--{} is for one member; with --cluster the file names the members", flag));
    }
  }
  if (in.String("output").empty()) {
    return cli::BadArgs("--cluster needs --output, the directory for the members' directories");
  }
  const std::string& path = in.String("cluster");
  CAIRN_ASSIGN_OR_RETURN(const std::string yaml,
                         ReadWholeFile(PosixFs(), path, offline::kMaxClusterFileBytes));
  offline::RestoreClusterOptions options;
  CAIRN_ASSIGN_OR_RETURN(options.cluster, offline::ParseClusterFile(yaml, path));
  if (cli::Outcome outcome = ChooseToken(in, options.cluster); !outcome.status.ok()) {
    return outcome;
  }
  options.snapshot_path = in.args()[0];
  options.output = in.String("output");
  options.dry_run = in.Bool("dry-run");
  options.bump_revision =
      in.Bool("kubernetes") ? offline::kKubernetesBump : in.Uint64("bump-revision");
  options.skip_hash_check = in.Bool("skip-hash-check");
  options.allow_same_cluster = in.Bool("allow-same-cluster");
  CAIRN_ASSIGN_OR_RETURN(const RestoreClusterResult result,
                         offline::RestoreCluster(OfflineContext(in), options));

  const auto borders = render::BordersFor(in.box_drawing());
  CAIRN_RETURN_IF_ERROR(in.Print(in.format() == cli::Format::kJson ? AsJson(result, options.dry_run)
                                 : in.format() == cli::Format::kTable ? AsTable(result, borders)
                                                                      : AsText(result)));
  for (const std::string& warning : result.warnings) in.Note(warning);
  if (in.Bool("kubernetes")) NoteKubernetesBump(in, result.revision);
  in.Note(fmt::format("{} {} as {} members of cluster {} in {}, revision {}{}",
                      options.dry_run ? "Would restore" : "Restored", options.snapshot_path,
                      result.members.size(), cluster::IdString(result.cluster), options.output,
                      result.revision,
                      options.dry_run ? ": nothing was written"
                                      : "; move each directory to its machine and start there:"));
  if (options.dry_run) return absl::OkStatus();
  for (const RestoredMember& one : result.members) {
    in.Note(fmt::format("  etcd {}", StartFlags(result, one)));
  }
  return absl::OkStatus();
}

}  // namespace cairn::utl
