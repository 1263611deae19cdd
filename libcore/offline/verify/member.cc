// offline/verify/member.cc: the checks of a member's log and `.snap` files, and of their agreement
// with its db.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cluster/ids.h"
#include "mvcc/schema.h"
#include "offline/log_walk.h"
#include "offline/member_log.h"
#include "offline/verify/verify.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"
#include "wal/log_reader.h"

namespace cairn::offline {

namespace {

constexpr const char* kLogMeaning =
    "the member can't start on this log: rebuild it from the other members, or restore a backup";

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

Status VerifyMember(const Context& context, const std::string& data_dir, const std::string& wal_dir,
                    const std::optional<DbFacts>& db, VerifyReport& report) {
  Fs& fs = context.fs;
  const std::string snap_dir = SnapDir(data_dir);

  Verdict log_verdict{.check = "wal"};
  const auto fail_log = [&](const Status& s) {
    // What may not be read, or a disk doesn't give, says nothing about the log.
    if (!absl::IsDataLoss(s) && !absl::IsInvalidArgument(s) && !absl::IsNotFound(s) &&
        !absl::IsFailedPrecondition(s)) {
      return s;
    }
    log_verdict.summary = "the log is damaged";
    AddFault(log_verdict, {wal_dir, std::nullopt, std::string(Message(s)), kLogMeaning});
    report.verdicts.push_back(std::move(log_verdict));
    return Status();
  };
  const auto member_log = ReadMemberLog(fs, wal_dir, snap_dir);
  if (!member_log.ok()) return fail_log(member_log.status());
  const wal::LogSummary& log = member_log->summary;
  const wal::SnapshotPoint& start = member_log->start;
  const auto metadata = proto::DecodeMemberMetadata(log.metadata);
  if (!metadata.ok()) return fail_log(metadata.status());
  log_verdict.summary = fmt::format(
      "{} segments, checksums chain; {} entries after snapshot {}; last index {}, commit {}, term "
      "{}{}",
      log.segments.size(), member_log->entries, start.index.value, log.last_index.value,
      log.hard_state.commit.value, log.hard_state.term.value,
      log.end == wal::SegmentEnd::kTornTail
          ? "; the last write was torn, which the next start repairs"
          : "");
  if (log.hard_state.commit.value > log.last_index.value) {
    AddFault(log_verdict, {wal_dir, std::nullopt,
                           fmt::format("commit index {} lies beyond the last entry {}",
                                       log.hard_state.commit.value, log.last_index.value),
                           kLogMeaning});
  }
  // A server reads from its newest snapshot on. What is damaged before that is found here: a
  // record's checksum does not cover its type, and an entry whose type has changed is one missing.
  wal::NoVisitor ignore;
  CAIRN_ASSIGN_OR_RETURN(const LogExtent whole, WalkLog(context, wal_dir, ignore));
  if (!whole.damage.empty()) {
    AddFault(log_verdict,
             {wal_dir, std::nullopt, whole.damage,
              fmt::format("etcd starts after snapshot {} and does not read this; but the file was "
                          "damaged: rebuild the member from the others soon",
                          start.index.value)});
  }
  report.verdicts.push_back(std::move(log_verdict));

  Verdict snap_verdict{.check = "snap"};
  CAIRN_ASSIGN_OR_RETURN(const std::vector<snap::SnapName> names,
                         snap::ListSnapFiles(fs, snap_dir));
  for (const snap::SnapName& name : names) {
    const std::string path = JoinPath(snap_dir, snap::FormatSnapName(name));
    const auto file = snap::ReadSnapFile(fs, path);
    if (absl::IsPermissionDenied(file.status())) return file.status();
    if (!file.ok()) {
      AddFault(snap_verdict,
               {path, std::nullopt, std::string(Message(file.status())),
                "etcd up to 3.6 sets it aside and takes an older one; 3.7 needs none"});
      continue;
    }
    if (const auto store = snap::ParseV2Store(file->data); !store.ok()) {
      AddFault(snap_verdict, {path, std::nullopt, std::string(Message(store.status())),
                              "etcd up to 3.6 can't start from it; 3.7 doesn't read it"});
    }
  }
  snap_verdict.summary = fmt::format("{} files", names.size());
  report.verdicts.push_back(std::move(snap_verdict));
  if (!db.has_value()) return absl::OkStatus();

  Verdict agree{.check = "agreement"};
  const std::string db_path = DbPath(data_dir);
  const std::string log_end = JoinPath(wal_dir, wal::FormatSegmentName(log.segments.back()));
  const std::string received =
      JoinPath(snap_dir, fmt::format("{:016x}.snap.db", start.index.value));
  if (db->consistent_index < start.index.value && !Exists(fs, received)) {
    AddFault(agree,
             {db_path, std::nullopt,
              fmt::format("the db holds entries up to {}, the log begins after snapshot {}",
                          db->consistent_index, start.index.value),
              "the db is older than the log (a copy from another time?): etcd will not start; "
              "put the matching db back or restore"});
  }
  // The bound is the last entry, not the commit index: a server writes the commit index without a
  // sync, and may be killed before it is in the file.
  if (db->consistent_index > log.last_index.value) {
    AddFault(agree, {log_end, log.tail_bytes,
                     fmt::format("the db holds entries up to {}, the log ends at {}",
                                 db->consistent_index, log.last_index.value),
                     "the log is older than the db (lost writes, or a copy from another time): "
                     "this member must not vote; rebuild it from the others"});
  }
  if (db->term > log.hard_state.term.value) {
    AddFault(agree, {log_end, log.tail_bytes,
                     fmt::format("the db's term {} is beyond the log's {}", db->term,
                                 log.hard_state.term.value),
                     "the log is older than the db: rebuild the member from the others"});
  }
  const std::set<uint64_t> found(db->members.begin(), db->members.end());
  const auto members = member_log->MembersAt(db->consistent_index);
  std::set<uint64_t> expected;
  if (members.has_value()) {
    expected.insert(members->voters.begin(), members->voters.end());
    expected.insert(members->learners.begin(), members->learners.end());
  }
  if (db->has_members && members.has_value() && found != expected) {
    AddFault(agree,
             {db_path, std::nullopt,
              fmt::format("members in the db: {}; by the log: {}", Ids(found), Ids(expected)),
              "db and log belong to different memberships: don't start this member"});
  }
  agree.summary = fmt::format(
      "member {} of cluster {}; the db holds entries up to {}, the log to {}; members {}",
      cluster::IdString(metadata->node_id), cluster::IdString(metadata->cluster_id),
      db->consistent_index, log.last_index.value, Ids(found));
  report.verdicts.push_back(std::move(agree));
  return absl::OkStatus();
}

}  // namespace cairn::offline
