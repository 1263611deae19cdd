// tools/utl/commands/snapshot_restore.cc: `cairnutl snapshot restore`: a member's directory from a
// snapshot.
#include <fmt/format.h>

#include "cluster/ids.h"
#include "gotext/quote.h"
#include "offline/restore/cluster.h"
#include "offline/restore/restore.h"
#include "tools/common/compat_log.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

// What etcdutl logs of a restore that has succeeded, up to its last line.
void LogRestored(const tools::CompatLog& log, const offline::RestoreOptions& options,
                 const offline::RestoreResult& result) {
  log.Info("schema/membership.go:125", "Trimming membership information from the backend...");
  if (options.mark_compacted) {
    const auto bump = static_cast<int64_t>(options.bump_revision);
    log.Info("snapshot/v3_snapshot.go:397", "bumping latest revision",
             {{"latest-revision", result.revision - bump},
              {"bump-amount", bump},
              {"new-latest-revision", result.revision}});
    log.Info("snapshot/v3_snapshot.go:414", "marking revision compacted",
             {{"revision", result.revision}});
  }
  for (const cluster::Member& member : result.members) {
    log.Info("membership/cluster.go:408", "added member",
             {{"cluster-id", cluster::IdString(result.cluster)},
              {"local-member-id", "0"},
              {"added-peer-id", cluster::IdString(member.id)},
              {"added-peer-peer-urls", member.peer_urls},
              {"added-peer-is-learner", member.is_learner}});
  }
}

cli::Outcome RunRestore(cli::Invocation& in) {
  const bool kubernetes = in.Bool("kubernetes");
  if (kubernetes && (in.Changed("bump-revision") || in.Changed("mark-compacted"))) {
    return cli::BadArgs("--kubernetes is --bump-revision and --mark-compacted: give it alone");
  }
  if ((in.Uint64("bump-revision") > 0) != in.Bool("mark-compacted")) {
    return cli::BadArgs("--mark-compacted required if --revision-bump > 0");
  }
  if (in.Changed("cluster")) return RunRestoreCluster(in);
  for (const char* flag : {"output", "dry-run", "allow-same-cluster"}) {
    if (in.Changed(flag)) return cli::BadArgs(fmt::format("--{} goes with --cluster only", flag));
  }
  offline::RestoreOptions options;
  options.snapshot_path = in.args()[0];
  options.name = in.String("name");
  // etcdutl takes any name; here none leads out of the folder or does anything to a terminal.
  if (!in.program().compat()) {
    if (Printable(options.name) != options.name) {
      return cli::BadArgs(fmt::format("--name {}: a member's name can't hold control characters",
                                      QuoteGo(options.name)));
    }
    if (!in.Changed("data-dir") && options.name.find('/') != std::string::npos) {
      return cli::BadArgs(
          fmt::format("--name {}: no directory can be named after it: give "
                      "--data-dir",
                      QuoteGo(options.name)));
    }
  }
  options.data_dir = in.String("data-dir");
  options.wal_dir = in.String("wal-dir");
  options.initial_cluster = in.String("initial-cluster");
  options.initial_cluster_token = in.String("initial-cluster-token");
  options.advertise_peer_urls = in.String("initial-advertise-peer-urls");
  options.skip_hash_check = in.Bool("skip-hash-check");
  options.bump_revision = kubernetes ? offline::kKubernetesBump : in.Uint64("bump-revision");
  options.mark_compacted = options.bump_revision > 0;
  const tools::CompatLog log(in, LogFormat::kConsole);
  const std::string data_dir = options.data_dir.empty() ? options.name + ".etcd" : options.data_dir;
  const std::vector<LogField> places = {
      {"path", options.snapshot_path},
      {"wal-dir", options.wal_dir.empty() ? log.Path(offline::WalDir(data_dir)) : options.wal_dir},
      {"data-dir", data_dir},
      {"snap-dir", log.Path(offline::SnapDir(data_dir))},
      {"initial-memory-map-size", in.Uint64("initial-memory-map-size")}};
  options.on_begin = [&] { log.Info("snapshot/v3_snapshot.go:306", "restoring snapshot", places); };
  CAIRN_ASSIGN_OR_RETURN(const offline::RestoreResult result,
                         offline::Restore(OfflineContext(in), options));
  LogRestored(log, options, result);
  log.Info("snapshot/v3_snapshot.go:334", "restored snapshot", places);
  for (const std::string& warning : result.warnings) in.Note(warning);
  if (kubernetes) NoteKubernetesBump(in, result.revision);
  in.Note(fmt::format("Restored {} to {}: member {} ({}) of {} in cluster {}, revision {}",
                      options.snapshot_path, result.data_dir, cluster::IdString(result.member),
                      options.name, result.members.size(), cluster::IdString(result.cluster),
                      result.revision));
  return absl::OkStatus();
}

}  // namespace

cli::Command& AddSnapshotRestore(cli::Command& group) {
  cli::Command& command = group.Add("restore <filename> --data-dir {output dir} [options]",
                                    "Restores an etcd member snapshot to an etcd directory");
  command
      .Long(
          "Makes the data directory of one member of a new cluster from a snapshot. Run it for "
          "each\n"
          "member, with the same snapshot, cluster and token. The directory appears whole or not "
          "at\n"
          "all; the snapshot is only read. Its checksum is verified; a db file copied from a data\n"
          "directory has none and needs --skip-hash-check, which checks every page instead.\n"
          "\n"
          "With --cluster it makes the directories of all members at once, from one read of the\n"
          "snapshot. The file is YAML:\n"
          "\n"
          "  token: etcd-2026-11              # optional: a new one is made\n"
          "  members:\n"
          "    - name: m1\n"
          "      peer-urls: [https://10.0.0.1:2380]\n"
          "      data-dir: m1                 # optional: NAME, a directory in --output\n"
          "    - name: m2\n"
          "      peer-urls: [https://10.0.0.2:2380]\n"
          "\n"
          "or has `initial-cluster: m1=URL,m2=URL`, as etcd's own file. A token that\n"
          "would make the old cluster's members once more is refused: those that still run would\n"
          "talk to the new ones.\n"
          "\n"
          "--kubernetes is for clusters that API servers use. It raises the revision beyond any "
          "that\n"
          "the old cluster can have reached, and marks what is before as compacted, so that they\n"
          "and all controllers list anew instead of going on from what the restore took back.")
      .Args(1, 1, "snapshot restore requires exactly one argument", cli::ExitCode::kBadArgs)
      .ArgKind(cli::ValueKind::kDbFile)
      .Example("{prog} snapshot restore backup.db --data-dir /var/lib/etcd",
               "A cluster of one member.")
      .Example(
          "{prog} snapshot restore backup.db --name m1 --data-dir /var/lib/etcd "
          "--initial-cluster m1=https://10.0.0.1:2380,m2=https://10.0.0.2:2380 "
          "--initial-advertise-peer-urls https://10.0.0.1:2380",
          "The first of two members.")
      .Example(
          "{prog} snapshot restore backup.db --data-dir /var/lib/etcd --bump-revision 1000000000 "
          "--mark-compacted",
          "So that clients of the old cluster can't take the restored one for it.")
      .Example("{prog} snapshot restore backup.db --cluster members.yaml --output new --dry-run",
               "What all members of a new cluster would get; the snapshot is checked.")
      .Example("{prog} snapshot restore backup.db --cluster members.yaml --output new --kubernetes",
               "All of them, for a Kubernetes control plane.")
      .Formats({cli::Format::kSimple, cli::Format::kTable, cli::Format::kJson})
      .Exit(cli::ExitCode::kError, "nothing was written: the reason is on stderr")
      .Exit(cli::ExitCode::kBadArgs, "flags or arguments that make no sense together");
  command.String("data-dir", "", "path to the output data directory (default: NAME.etcd)")
      .Directory();
  command.String("wal-dir", "", "path to the WAL directory (use --data-dir if none given)")
      .Directory();
  command.String("initial-cluster", "default=http://localhost:2380",
                 "initial cluster configuration for restore bootstrap");
  command.String("initial-cluster-token", "etcd-cluster",
                 "initial cluster token for the etcd cluster during restore bootstrap");
  command.String("initial-advertise-peer-urls", "http://localhost:2380",
                 "list of this member's peer URLs to advertise to the rest of the cluster");
  command.String("name", "default", "human-readable name for this member");
  command.Bool("skip-hash-check", false,
               "ignore snapshot integrity hash value (required if copied from data directory)");
  command.Uint64("initial-memory-map-size", 10737418240,
                 "accepted and not needed: nothing is mapped");
  command.Uint64("bump-revision", 0, "how much to increase the latest revision after restore");
  command.Bool("mark-compacted", false,
               "mark the latest revision after restore as the point of scheduled compaction "
               "(required if --bump-revision > 0, disallowed otherwise)");
  command
      .String("cluster", "",
              "YAML file that names the members of the new cluster: all their directories are made")
      .File();
  command.String("output", "", "with --cluster: directory that gets the members' directories")
      .Directory();
  command.Bool("dry-run", false,
               "with --cluster: check everything, say what would be written, write nothing");
  command.Bool("allow-same-cluster", false,
               "with --cluster: take a token that makes the snapshot's cluster once more, when all "
               "its members are stopped for good");
  command.Bool("kubernetes", false,
               "raise the revision by 1000000000 and mark what is before as compacted, so that API "
               "servers and controllers list anew");
  return command.Run(RunRestore);
}

}  // namespace cairn::utl
