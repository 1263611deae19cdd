// offline/verify_member.cc: the checks of a member's log and `.snap` files, and of their agreement
// with its db.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cluster/ids.h"
#include "mvcc/schema.h"
#include "offline/verify.h"
#include "proto/wal_view.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"
#include "wal/log_reader.h"

namespace cairn::offline {

namespace {

constexpr const char* kLogMeaning =
    "the member can't start on this log: rebuild it from the other members, or restore a backup";

// What the log holds behind the snapshot that the member would start from.
class Collect : public wal::LogVisitor {
 public:
  Status OnEntry(const proto::EntryView& entry, const wal::RecordPlace& place) override {
    if (entry.index.value <= last_index_)
      changes_.erase(changes_.lower_bound(entry.index.value), changes_.end());
    last_index_ = entry.index.value;
    ++entries_;
    if (entry.type == proto::EntryType::kConfChange) {
      const auto change = proto::DecodeConfChange(entry.data);
      if (!change.ok()) {
        return absl::DataLossError(fmt::format("{}: offset {}: entry {}: {}", place.path,
                                               place.offset_bytes, entry.index.value,
                                               Message(change.status())));
      }
      changes_[entry.index.value] = {change->type, change->node_id.value};
    }
    return absl::OkStatus();
  }

  struct Change {
    proto::ConfChangeType type;
    uint64_t node;
  };
  uint64_t entries_ = 0;
  uint64_t last_index_ = 0;
  std::map<uint64_t, Change> changes_;
};

void AddFault(Verdict& verdict, VerifyFault fault) {
  verdict.ok = false;
  verdict.faults.push_back(std::move(fault));
}

std::string Ids(const std::set<uint64_t>& ids) {
  std::string text;
  for (const uint64_t id : ids) text += (text.empty() ? "" : ", ") + cluster::IdString(id);
  return text.empty() ? "none" : text;
}

}  // namespace

Status VerifyMember(const Context& context, const std::string& data_dir,
                    const std::optional<DbFacts>& db, VerifyReport& report) {
  Fs& fs = context.fs;
  const std::string wal_dir = WalDir(data_dir);
  const std::string snap_dir = SnapDir(data_dir);

  Verdict log_verdict{.check = "wal"};
  const auto fail_log = [&](const Status& s) {
    log_verdict.summary = "the log is damaged";
    AddFault(log_verdict, {wal_dir, std::nullopt, std::string(Message(s)), kLogMeaning});
    report.verdicts.push_back(std::move(log_verdict));
    return absl::IsCancelled(s) ? s : absl::OkStatus();
  };
  const auto snapshots = wal::ValidSnapshotEntries(fs, wal_dir);
  if (!snapshots.ok()) return fail_log(snapshots.status());
  wal::SnapshotPoint start{};
  proto::ConfState conf_state;
  if (!snapshots->empty()) {
    start = {snapshots->back().index, snapshots->back().term};
    if (snapshots->back().conf_state.has_value()) conf_state = *snapshots->back().conf_state;
  }
  Collect collect;
  const auto log = wal::ReadLog(fs, wal_dir, start, collect);
  if (!log.ok()) return fail_log(log.status());
  const auto metadata = proto::DecodeMemberMetadata(log->metadata);
  if (!metadata.ok()) return fail_log(metadata.status());
  log_verdict.summary = fmt::format(
      "{} segments, checksums chain; {} entries behind snapshot {}; last index {}, commit {}, term "
      "{}{}",
      log->segments.size(), collect.entries_, start.index.value, log->last_index.value,
      log->hard_state.commit.value, log->hard_state.term.value,
      log->end == wal::SegmentEnd::kTornTail
          ? "; the last write was torn, which the next start repairs"
          : "");
  if (log->hard_state.commit.value > log->last_index.value) {
    AddFault(log_verdict, {wal_dir, std::nullopt,
                           fmt::format("commit index {} lies beyond the last entry {}",
                                       log->hard_state.commit.value, log->last_index.value),
                           kLogMeaning});
  }
  report.verdicts.push_back(std::move(log_verdict));

  Verdict snap_verdict{.check = "snap"};
  CAIRN_ASSIGN_OR_RETURN(const std::vector<snap::SnapName> names,
                         snap::ListSnapFiles(fs, snap_dir));
  for (const snap::SnapName& name : names) {
    const std::string path = JoinPath(snap_dir, snap::FormatSnapName(name));
    const auto file = snap::ReadSnapFile(fs, path);
    if (!file.ok()) {
      AddFault(snap_verdict,
               {path, std::nullopt, std::string(Message(file.status())),
                "etcd up to 3.6 sets it aside and takes an older one; 3.7 needs none"});
      continue;
    }
    if (const auto store = snap::ParseV2Store(file->data); !store.ok()) {
      AddFault(snap_verdict, {path, std::nullopt, std::string(Message(store.status())),
                              "etcd up to 3.6 can't start from it; 3.7 doesn't read it"});
    } else if (file->index.value == start.index.value && conf_state.voters.empty()) {
      conf_state = file->conf_state;  // 3.4's log records have none
    }
  }
  snap_verdict.summary = fmt::format("{} files", names.size());
  report.verdicts.push_back(std::move(snap_verdict));
  if (!db.has_value()) return absl::OkStatus();

  Verdict agree{.check = "agreement"};
  const std::string db_path = DbPath(data_dir);
  const std::string received =
      JoinPath(snap_dir, fmt::format("{:016x}.snap.db", start.index.value));
  if (db->consistent_index < start.index.value && !Exists(fs, received)) {
    AddFault(agree,
             {db_path, std::nullopt,
              fmt::format("the db holds entries up to {}, the log begins behind snapshot {}",
                          db->consistent_index, start.index.value),
              "the db is older than the log (a copy from another time?): etcd will not start; "
              "put the matching db back or restore"});
  }
  // The bound is the last entry, not the commit index: a server writes the commit index without a
  // sync, and may be killed before it is in the file.
  if (db->consistent_index > log->last_index.value) {
    AddFault(agree, {db_path, std::nullopt,
                     fmt::format("the db holds entries up to {}, the log ends at {}",
                                 db->consistent_index, log->last_index.value),
                     "the log is older than the db (lost writes, or a copy from another time): "
                     "this member must not vote; rebuild it from the others"});
  }
  if (db->term > log->hard_state.term.value) {
    AddFault(agree, {db_path, std::nullopt,
                     fmt::format("the db's term {} is beyond the log's {}", db->term,
                                 log->hard_state.term.value),
                     "the log is older than the db: rebuild the member from the others"});
  }
  std::set<uint64_t> expected(conf_state.voters.begin(), conf_state.voters.end());
  expected.insert(conf_state.learners.begin(), conf_state.learners.end());
  for (const auto& [index, change] : collect.changes_) {
    if (index > db->consistent_index) break;
    if (change.type == proto::ConfChangeType::kRemoveNode) {
      expected.erase(change.node);
    } else if (change.type != proto::ConfChangeType::kUpdateNode) {
      expected.insert(change.node);
    }
  }
  const std::set<uint64_t> found(db->members.begin(), db->members.end());
  if (db->has_members && db->consistent_index >= start.index.value && found != expected) {
    AddFault(agree,
             {db_path, std::nullopt,
              fmt::format("members in the db: {}; by the log: {}", Ids(found), Ids(expected)),
              "db and log belong to different memberships: don't start this member"});
  }
  agree.summary = fmt::format(
      "member {} of cluster {}; the db holds entries up to {}, the log to {}; members {}",
      cluster::IdString(metadata->node_id), cluster::IdString(metadata->cluster_id),
      db->consistent_index, log->last_index.value, Ids(found));
  report.verdicts.push_back(std::move(agree));
  return absl::OkStatus();
}

}  // namespace cairn::offline
