// offline/recover/plan.cc: see plan.h.
#include "offline/recover/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "cluster/ids.h"
#include "offline/inspect/hash_kv.h"
#include "offline/place.h"
#include "offline/recover/steps.h"

namespace cairn::offline {

namespace {

// The sources of one cluster: those that share its id, or the id of a member.
std::vector<std::vector<size_t>> Group(const std::vector<RecoverySource>& sources) {
  std::vector<size_t> group(sources.size());
  std::iota(group.begin(), group.end(), 0);
  std::map<std::pair<char, uint64_t>, size_t> seen;  // a cluster's or member's id -> group
  for (size_t i = 0; i < sources.size(); ++i) {
    std::vector<std::pair<char, uint64_t>> ids;
    if (sources[i].cluster.has_value()) ids.emplace_back('c', *sources[i].cluster);
    if (sources[i].member.has_value()) ids.emplace_back('m', *sources[i].member);
    for (const cluster::Member& member : sources[i].members) ids.emplace_back('m', member.id.value);
    for (const MemberId id : sources[i].removed) ids.emplace_back('m', id.value);
    for (const auto& id : ids) {
      const auto [at, is_new] = seen.emplace(id, group[i]);
      if (is_new || group[at->second] == group[i]) continue;
      const size_t from = group[i];
      const size_t to = group[at->second];
      for (size_t& one : group) {
        if (one == from) one = to;
      }
    }
  }
  std::map<size_t, std::vector<size_t>> members;
  for (size_t i = 0; i < sources.size(); ++i) members[group[i]].push_back(i);
  std::vector<std::vector<size_t>> groups;
  for (auto& [first, list] : members) groups.push_back(std::move(list));
  return groups;
}

// The cluster that the plan is for: that with most directories to start, most usable sources, the
// highest revision.
size_t ChooseGroup(const std::vector<RecoverySource>& sources,
                   const std::vector<std::vector<size_t>>& groups) {
  const auto weight = [&](const std::vector<size_t>& group) {
    std::tuple<size_t, size_t, int64_t> sum{};
    for (const size_t i : group) {
      std::get<0>(sum) += sources[i].use == SourceUse::kStart ? 1 : 0;
      std::get<1>(sum) += sources[i].use != SourceUse::kNone ? 1 : 0;
      std::get<2>(sum) = std::max(std::get<2>(sum), sources[i].revision);
    }
    return sum;
  };
  const auto best =
      std::max_element(groups.begin(), groups.end(),
                       [&](const auto& a, const auto& b) { return weight(a) < weight(b); });
  return static_cast<size_t>(best - groups.begin());
}

// HashKV of each source at the lowest revision of all, as if all were compacted where the last one
// was. A source that is older than another's compaction can't be compared and is left out.
Status HashAll(const Context& context, std::vector<RecoverySource*> sources) {
  int64_t revision = 0;
  int64_t compacted = 0;
  for (;;) {
    if (sources.size() < 2) return absl::OkStatus();
    const auto oldest = std::min_element(
        sources.begin(), sources.end(), [](auto* a, auto* b) { return a->revision < b->revision; });
    revision = (*oldest)->revision;
    compacted = -1;
    for (const RecoverySource* source : sources) {
      compacted = std::max(compacted, source->compact_revision);
    }
    if (compacted <= revision) break;
    sources.erase(oldest);
  }
  for (RecoverySource* source : sources) {
    const Context brief{context.fs, context.clock, context.progress, 1};
    const auto db = DbFile::Open(brief, source->db_path);
    if (!db.ok()) continue;
    bolt::ReadTx tx = db->Read();
    const auto hash = HashKvCompactedAt(tx, compacted, revision, context.progress);
    if (absl::IsCancelled(hash.status())) return hash.status();
    if (!hash.ok()) continue;
    source->hash = *hash;
    source->hash_revision = revision;
  }
  return absl::OkStatus();
}

// Marks those whose hash the majority does not have.
void CompareHashes(const std::vector<RecoverySource*>& sources, RecoveryPlan& plan) {
  std::map<uint32_t, std::vector<RecoverySource*>> classes;
  size_t hashed = 0;
  for (RecoverySource* source : sources) {
    if (!source->hash.has_value()) continue;
    classes[*source->hash].push_back(source);
    ++hashed;
  }
  if (classes.size() < 2) return;
  const auto most = std::max_element(
      classes.begin(), classes.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  if (most->second.size() * 2 <= hashed) {
    for (RecoverySource* source : sources) source->disputed = source->hash.has_value();
    plan.notes.push_back(fmt::format(
        "the sources hold different keys (their HashKV at revision {} differ), and none has the "
        "majority: the files do not show which of them is right; compare them with `diff`",
        sources.front()->hash_revision));
    return;
  }
  for (const auto& [hash, list] : classes) {
    if (hash == most->first) continue;
    for (RecoverySource* source : list) {
      source->diverged = true;
      source->health = SourceHealth::kDamaged;
      source->faults.insert(
          source->faults.begin(),
          fmt::format("its HashKV at revision {} is {:08x}, that of {} others "
                      "{:08x}: its keys are not the cluster's",
                      source->hash_revision, hash, most->second.size(), most->first));
      plan.notes.push_back(fmt::format(
          "{} holds other keys than the majority: it must not be started with the others",
          source->path));
    }
  }
}

bool Before(const RecoverySource& a, const RecoverySource& b) {
  const auto tier = [](const RecoverySource& source) {
    return source.use == SourceUse::kStart ? static_cast<int>(SourceUse::kRestore)
                                           : static_cast<int>(source.use);
  };
  if (tier(a) != tier(b)) return tier(a) < tier(b);
  if (a.diverged != b.diverged) return b.diverged;
  if (a.kept_index() != b.kept_index()) return a.kept_index() > b.kept_index();
  if (a.use == SourceUse::kStart && b.use == SourceUse::kStart) {
    if (a.term != b.term) return a.term > b.term;
    if (a.last_index != b.last_index) return a.last_index > b.last_index;
  }
  if (a.revision != b.revision) return a.revision > b.revision;
  if (a.use != b.use) return a.use < b.use;
  return a.kind < b.kind;
}

// "applied to 30, log to 31, revision 28".
std::string Reach(const RecoverySource& source) {
  std::string text = fmt::format("applied to {}", source.consistent_index);
  if (source.last_index > 0) text += fmt::format(", log to {}", source.last_index);
  return text + fmt::format(", revision {}", source.revision);
}

std::string Whose(const RecoverySource& source) {
  return fmt::format("{} ({}{})", source.path,
                     source.cluster.has_value()
                         ? fmt::format("cluster {}, ", cluster::IdString(*source.cluster))
                         : "",
                     Reach(source));
}

// Gives each data directory among `paths` its directory of the log; empty: its own.
StatusOr<std::map<std::string, std::string>> PairLogs(Fs& fs, const std::vector<std::string>& paths,
                                                      const std::vector<std::string>& wal_dirs) {
  std::map<std::string, std::string> pairs;
  if (wal_dirs.empty()) return pairs;
  std::vector<std::string> all;
  std::vector<std::string> lacking;
  for (const std::string& path : paths) {
    const auto data_dir = FindDataDir(fs, path);
    if (!data_dir.ok()) continue;
    all.push_back(path);
    if (absl::IsNotFound(FindLog(fs, *data_dir, "").status())) lacking.push_back(path);
  }
  const std::vector<std::string>& takers = all.size() == wal_dirs.size() ? all : lacking;
  if (takers.size() != wal_dirs.size()) {
    return absl::InvalidArgumentError(fmt::format(
        "{} directories with logs were named (--wal-dir), but {} of {} data directories have none "
        "of their own: name as many, in the same order",
        wal_dirs.size(), lacking.size(), all.size()));
  }
  for (size_t i = 0; i < takers.size(); ++i) pairs[takers[i]] = wal_dirs[i];
  return pairs;
}

// All paths are looked at before the first one is read through, and all that is wrong with them is
// told at once: one that is mistyped is not a member that is lost.
Status SortPaths(Fs& fs, const std::vector<std::string>& given, std::vector<std::string>& paths,
                 std::vector<std::string>& wal_dirs) {
  Status first;
  std::string texts;
  for (const std::string& path : given) {
    auto stat = fs.Stat(path);
    Status bad = stat.status();
    if (bad.ok() && stat->type == FileType::kDirectory) {
      bad = FindDataDir(fs, path).status();
      if (absl::IsNotFound(bad) && FindLog(fs, "", path).ok()) {
        wal_dirs.push_back(path);
        continue;
      }
    }
    if (bad.ok()) {
      paths.push_back(path);
      continue;
    }
    if (first.ok()) first = bad;
    texts += fmt::format("{}{}", texts.empty() ? "" : "\n", Message(bad));
  }
  if (!first.ok()) return {first.code(), texts};
  if (paths.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{} holds a log only: name its data directory too", wal_dirs.front()));
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<RecoveryPlan> PlanRecovery(const Context& context, const std::vector<std::string>& given,
                                    const RecoveryOptions& options, std::string_view program_name) {
  RecoveryPlan plan;
  std::vector<std::string> paths;
  std::vector<std::string> wal_dirs = options.wal_dirs;
  CAIRN_RETURN_IF_ERROR(SortPaths(context.fs, given, paths, wal_dirs));
  CAIRN_ASSIGN_OR_RETURN(auto logs, PairLogs(context.fs, paths, wal_dirs));
  std::vector<RecoverySource> sources;
  std::set<std::string> seen;
  for (const std::string& path : paths) {
    CAIRN_ASSIGN_OR_RETURN(RecoverySource source, ReadRecoverySource(context, path, logs[path]));
    if (!seen.insert(source.path).second) continue;
    sources.push_back(std::move(source));
  }
  for (const RecoverySource& source : sources) {
    if (source.in_use) {
      plan.notes.push_back(fmt::format(
          "{} is in use by a server: it was read without a lock and not checked, and its numbers "
          "may be of different moments; stop the server, or take a snapshot, before you copy it",
          source.path));
    }
  }
  const auto groups = Group(sources);
  const std::vector<size_t>& chosen = groups[ChooseGroup(sources, groups)];
  for (const std::vector<size_t>& group : groups) {
    std::vector<RecoverySource*> whole;
    for (const size_t i : group) {
      const bool db_whole =
          sources[i].use == SourceUse::kStart || sources[i].use == SourceUse::kRestore;
      if (db_whole && !sources[i].in_use) whole.push_back(&sources[i]);
    }
    CAIRN_RETURN_IF_ERROR(HashAll(context, whole));
    CompareHashes(whole, plan);
  }

  std::vector<RecoverySource> ours;
  std::vector<RecoverySource> others;
  for (size_t i = 0; i < sources.size(); ++i) {
    const bool in_group = std::find(chosen.begin(), chosen.end(), i) != chosen.end();
    (in_group ? ours : others).push_back(std::move(sources[i]));
  }
  std::stable_sort(ours.begin(), ours.end(), Before);
  std::stable_sort(others.begin(), others.end(), Before);
  std::string foreign;
  for (const RecoverySource& source : others) {
    if (source.use != SourceUse::kNone) foreign += (foreign.empty() ? "" : ", ") + Whose(source);
  }
  if (!foreign.empty()) {
    plan.notes.push_back(fmt::format(
        "the paths are of more than one cluster: the plan is for that of {}; not for {}",
        Whose(ours.front()), foreign));
  }
  CAIRN_RETURN_IF_ERROR(MakeSteps(ours, options.lost, program_name, plan));
  for (const RecoverySource& source : ours) {
    if (!source.no_log || plan.way == RecoveryWay::kStartAll) continue;
    return absl::NotFoundError(
        Exists(context.fs, source.db_path)
            ? fmt::format("{} If it is lost, name the db alone: {}", source.faults.front(),
                          source.db_path)
            : fmt::format("{}: neither a db nor a log is in it: leave it out", source.path));
  }
  plan.sources = std::move(ours);
  std::move(others.begin(), others.end(), std::back_inserter(plan.sources));
  return plan;
}

}  // namespace cairn::offline
