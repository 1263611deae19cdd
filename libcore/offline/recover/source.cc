// offline/recover/source.cc: see source.h.
#include "offline/recover/source.h"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/consistent_index.h"
#include "cluster/membership_records.h"
#include "mvcc/schema.h"
#include "offline/key_bucket.h"
#include "offline/member_log.h"
#include "offline/place.h"
#include "offline/verify/verify.h"
#include "snap/db_stream.h"
#include "wal/segment_name.h"
#include "wal/segment_reader.h"

namespace cairn::offline {

namespace {

void AddFault(RecoverySource& source, std::string what) {
  if (source.faults.size() < kShownFaults) source.faults.push_back(std::move(what));
}

// Calls `take` with each pair of a bucket, as far as it can be read.
template <typename Take>
void ForEachPair(bolt::ReadTx& tx, std::string_view name, Take take) {
  auto bucket = tx.FindBucket(name);
  if (!bucket.ok() || !bucket->has_value()) return;
  bolt::Cursor cursor(tx.source(), std::move(**bucket));
  for (auto item = cursor.First(); item.ok() && item->has_value(); item = cursor.Next()) {
    take((*item)->key, (*item)->value);
  }
}

std::optional<std::string> GetMeta(bolt::ReadTx& tx, std::string_view key) {
  auto value = tx.Get(mvcc::kMetaBucket, key);
  return value.ok() ? *std::move(value) : std::nullopt;
}

// What the db says, piece by piece: what is damaged is left out. Whether the store's state can be
// read.
bool ReadDbFacts(const DbFile& db, RecoverySource& source) {
  bolt::ReadTx tx = db.Read();
  source.db_bytes = tx.SizeBytes();
  const auto index = GetMeta(tx, mvcc::kConsistentIndexKey);
  const auto term = GetMeta(tx, mvcc::kTermKey);
  if (const auto applied = cluster::DecodeConsistentIndex(index, term); applied.ok()) {
    source.consistent_index = applied->index.value;
    source.term = applied->term.value;
  }
  ForEachPair(tx, mvcc::kMembersBucket, [&](std::string_view key, std::string_view value) {
    if (auto member = cluster::DecodeMemberRecord(key, value); member.ok()) {
      source.members.push_back(*std::move(member));
    }
  });
  ForEachPair(tx, mvcc::kMembersRemovedBucket, [&](std::string_view key, std::string_view) {
    if (const auto id = cluster::DecodeMemberKey(key); id.ok()) source.removed.push_back(*id);
  });
  if (auto version = tx.Get(mvcc::kClusterBucket, cluster::kClusterVersionKey);
      version.ok() && version->has_value()) {
    source.cluster_version = **version;
  }
  const auto boot = ReadBootState(tx);
  if (!boot.ok()) return false;
  source.revision = boot->current;
  source.compact_revision = boot->compact_revision();
  return true;
}

// Whose log it is, as the head of one of its segments says, also where the rest is damaged.
void ReadIdentity(Fs& fs, const std::string& wal_dir, RecoverySource& source) {
  const auto segments = wal::ListSegments(fs, wal_dir);
  if (!segments.ok()) return;
  for (const wal::SegmentName& segment : *segments) {
    const auto file = fs.Open(JoinPath(wal_dir, wal::FormatSegmentName(segment)), {});
    if (!file.ok()) continue;
    wal::SegmentReader reader(**file, 0, wal::SegmentPlace::kLast);
    for (auto record = reader.Next(); record.ok() && record->has_value(); record = reader.Next()) {
      if ((*record)->type == wal::RecordType::kCrc) continue;
      if ((*record)->type != wal::RecordType::kMetadata) break;
      const auto metadata = proto::DecodeMemberMetadata((*record)->data);
      if (!metadata.ok()) break;
      source.cluster = metadata->cluster_id.value;
      source.member = metadata->node_id.value;
      return;
    }
  }
}

// What the log says. Whether it could be read.
bool ReadLogFacts(const Context& context, const std::string& data_dir, const std::string& wal_dir,
                  RecoverySource& source) {
  ReadIdentity(context.fs, wal_dir, source);
  const auto log = ReadMemberLog(context.fs, wal_dir, SnapDir(data_dir));
  if (!log.ok()) return false;
  const auto metadata = proto::DecodeMemberMetadata(log->summary.metadata);
  if (!metadata.ok()) return false;
  source.cluster = metadata->cluster_id.value;
  source.member = metadata->node_id.value;
  source.last_index = log->summary.last_index.value;
  source.commit = log->summary.hard_state.commit.value;
  source.term = std::max(source.term, log->summary.hard_state.term.value);
  if (auto state = log->MembersAt(source.commit); state.has_value() && !state->voters.empty()) {
    source.log_voters = std::move(state->voters);
  }
  return true;
}

// Everything that `verify` checks.
struct Checked {
  bool db = false;   // whole
  bool log = false;  // whole, and it fits the db
};
StatusOr<Checked> CheckAll(const Context& context, const std::optional<std::string>& data_dir,
                           const std::string& log_dir, RecoverySource& source) {
  // Somebody may have locked the file since: that is waited for no longer than a moment.
  const Context brief{context.fs, context.clock, context.progress, 1};
  VerifyReport report;
  Checked checked;
  std::optional<DbFacts> facts;
  auto db = VerifyDb(brief, source.db_path, report);
  if (db.ok()) {
    facts = *std::move(db);
    checked.db = facts.has_value() && report.whole();
  } else if (absl::IsCancelled(db.status())) {
    return db.status();
  } else if (absl::IsUnavailable(db.status())) {
    source.in_use = true;
  } else if (absl::IsPermissionDenied(db.status())) {
    return db.status();
  } else {
    AddFault(source, std::string(Message(db.status())));
  }
  const size_t of_db = report.verdicts.size();
  if (data_dir.has_value() && !log_dir.empty()) {
    if (Status s = VerifyMember(brief, *data_dir, log_dir, facts, report); !s.ok()) {
      if (absl::IsCancelled(s) || absl::IsPermissionDenied(s)) return s;
      AddFault(source, std::string(Message(s)));
    }
    // A `.snap` file that is damaged keeps no release from starting.
    bool log_told = false;
    checked.log = true;
    for (size_t i = of_db; i < report.verdicts.size(); ++i) {
      const Verdict& verdict = report.verdicts[i];
      if (verdict.check == "wal") log_told = true;
      if (verdict.check != "snap" && !verdict.ok) checked.log = false;
    }
    checked.log = checked.log && log_told;
  }
  for (const Verdict& verdict : report.verdicts) {
    for (const VerifyFault& fault : verdict.faults) {
      AddFault(source, fault.what.find(fault.file) != std::string::npos
                           ? fault.what
                           : fmt::format("{}: {}", fault.file, fault.what));
    }
  }
  return checked;
}

// Whether there is a page of records at all: then `salvage` may get something out of the file.
StatusOr<bool> HasLeaf(const File& file, uint64_t bytes, Progress& progress) {
  constexpr uint64_t kPage = 4096;
  constexpr uint64_t kChunk = uint64_t{1} << 20;
  progress.Stage("looking for records", bytes);
  std::string chunk;
  for (uint64_t at = 0; at + kPage <= bytes; at += chunk.size()) {
    chunk.resize(std::min(kChunk, (bytes - at) / kPage * kPage));
    if (!ReadExactly(file, at, chunk).ok()) return false;
    for (uint64_t i = 0; i < chunk.size(); i += kPage) {
      const bolt::PageHeader header = bolt::DecodePageHeader(chunk.data() + i);
      if (header.id == (at + i) / kPage && header.flags == bolt::kLeafPage && header.count > 0) {
        return true;
      }
    }
    CAIRN_RETURN_IF_ERROR(progress.Update(at));
  }
  return false;
}

RecoverySource Unusable(RecoverySource source, std::string_view why) {
  source.health = SourceHealth::kUnusable;
  source.use = SourceUse::kNone;
  AddFault(source, std::string(why));
  return source;
}

}  // namespace

StatusOr<RecoverySource> ReadRecoverySource(const Context& context, const std::string& path,
                                            const std::string& wal_dir) {
  Fs& fs = context.fs;
  RecoverySource source;
  source.path = path;
  while (source.path.size() > 1 && source.path.back() == '/') source.path.pop_back();
  CAIRN_ASSIGN_OR_RETURN(const FileStat st, fs.Stat(source.path));
  std::optional<std::string> data_dir;
  std::string log_dir;
  source.db_path = source.path;
  if (st.type == FileType::kDirectory) {
    CAIRN_ASSIGN_OR_RETURN(data_dir, FindDataDir(fs, source.path));
    source.kind = SourceKind::kDataDir;
    source.path = *data_dir;
    source.db_path = DbPath(*data_dir);
    source.wal_dir = wal_dir;
    const auto log = FindLog(fs, *data_dir, wal_dir);
    if (log.ok()) {
      log_dir = *log;
    } else if (absl::IsNotFound(log.status()) && wal_dir.empty()) {
      source.no_log = true;
      AddFault(source, std::string(Message(log.status())));
    } else {
      return log.status();
    }
  } else if (st.type == FileType::kRegular) {
    source.kind = SourceKind::kDbFile;
  } else {
    return Unusable(source, fmt::format("{} is neither a file nor a directory", path));
  }

  bool log_read = !log_dir.empty() && ReadLogFacts(context, *data_dir, log_dir, source);
  bool db_read = false;
  bool has_records = false;
  const auto file = fs.Open(source.db_path, {});
  if (absl::IsPermissionDenied(file.status())) return file.status();
  if (file.ok()) {
    const auto locked = (*file)->TryLock(LockKind::kFlockShared);
    source.in_use = locked.ok() && !*locked;
    const uint64_t bytes = (*file)->Size().value_or(0);
    if (!data_dir.has_value() && snap::HasDigest(bytes)) source.kind = SourceKind::kSnapshot;
    if (const auto db = DbFile::Adopt(**file); db.ok()) {
      db_read = ReadDbFacts(*db, source);
      has_records = true;
    } else {
      CAIRN_ASSIGN_OR_RETURN(has_records, HasLeaf(**file, bytes, context.progress));
    }
  }
  Checked checked{.db = db_read, .log = log_read};
  if (!source.in_use) {
    CAIRN_ASSIGN_OR_RETURN(checked, CheckAll(context, data_dir, log_dir, source));
    if (source.in_use) checked = {.db = db_read, .log = log_read};
  }
  for (const cluster::Member& member : source.members) {
    if (member.id.value == source.member) source.name = member.name;
  }

  const bool whole_db = checked.db && db_read;
  if (whole_db && checked.log && log_read) {
    source.use = SourceUse::kStart;
  } else if (whole_db) {
    source.use = SourceUse::kRestore;
  } else if (has_records) {
    source.use = SourceUse::kSalvage;
  }
  if (source.use == SourceUse::kNone) {
    source.health = SourceHealth::kUnusable;
  } else if (!source.faults.empty() || source.use == SourceUse::kSalvage ||
             (data_dir.has_value() && source.use != SourceUse::kStart)) {
    source.health = SourceHealth::kDamaged;
  }
  return source;
}

}  // namespace cairn::offline
