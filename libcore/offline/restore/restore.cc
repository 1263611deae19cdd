// offline/restore/restore.cc: see restore.h.
#include "offline/restore/restore.h"

#include <fmt/format.h>

#include "cluster/bootstrap_config.h"
#include "cluster/ids.h"
#include "offline/etcd_db.h"
#include "offline/restore/steps.h"
#include "os/resolver.h"
#include "wal/record.h"

namespace cairn::offline {

namespace {

StatusOr<std::string> ResolveHost(const cluster::HostPort& host_port) {
  return ResolveTcpAddress(std::string(host_port.host), std::string(host_port.port));
}

}  // namespace

StatusOr<RestoreResult> Restore(const Context& context, const RestoreOptions& options) {
  cluster::BootstrapConfig config;
  config.name = options.name;
  CAIRN_ASSIGN_OR_RETURN(config.advertise_peer_urls,
                         cluster::ParseUrls(options.advertise_peer_urls));
  CAIRN_ASSIGN_OR_RETURN(config.initial_cluster, cluster::ParseUrlsMap(options.initial_cluster));
  CAIRN_RETURN_IF_ERROR(cluster::CheckBootstrap(config, ResolveHost));

  RestoreResult result;
  CAIRN_ASSIGN_OR_RETURN(result.members, cluster::MembersFromUrls(config.initial_cluster,
                                                                  options.initial_cluster_token));
  std::vector<MemberId> ids;
  for (const cluster::Member& member : result.members) {
    ids.push_back(member.id);
    if (member.name == options.name) result.member = member.id;
  }
  result.cluster = cluster::ComputeClusterId(ids);

  CAIRN_ASSIGN_OR_RETURN(const DbFile snapshot,
                         OpenSnapshot(context, options.snapshot_path, options.skip_hash_check));
  CAIRN_ASSIGN_OR_RETURN(
      MemberStage stage,
      MemberStage::Make(context.fs,
                        options.data_dir.empty() ? options.name + ".etcd" : options.data_dir,
                        options.wal_dir, {}));
  result.data_dir = stage.data_dir();
  result.warnings = StartWarnings(snapshot, true);
  if (options.on_begin) options.on_begin();
  CAIRN_RETURN_IF_ERROR(stage.CheckRoom(snapshot.logical_size(), wal::kSegmentBytes));
  CAIRN_RETURN_IF_ERROR(CopyAndProve(context, snapshot, stage.db_path(), options.skip_hash_check));
  CAIRN_ASSIGN_OR_RETURN(result.revision,
                         EditDb(context, stage.db_path(), result.members, options.bump_revision,
                                options.snapshot_path));
  CAIRN_RETURN_IF_ERROR(
      WriteLogAndSnap(context, stage, result.members, result.member, result.cluster));
  // The last chance for Ctrl-C: from here on it is only names.
  CAIRN_RETURN_IF_ERROR(context.progress.Update(snapshot.logical_size()));
  CAIRN_RETURN_IF_ERROR(stage.Place());
  stage.Keep();
  return result;
}

}  // namespace cairn::offline
