// offline/verify/db.cc: the checks of one db file.
#include <fmt/format.h>

#include <algorithm>

#include "alarm/alarm_record.h"
#include "auth/auth_records.h"
#include "cluster/conf_state.h"
#include "cluster/consistent_index.h"
#include "cluster/membership_records.h"
#include "cluster/storage_version.h"
#include "gotext/quote.h"
#include "lease/lease_record.h"
#include "mvcc/schema.h"
#include "offline/etcd_db.h"
#include "offline/key_bucket.h"
#include "offline/verify/verify.h"
#include "snap/db_stream.h"

namespace cairn::offline {

namespace {

constexpr size_t kMaxFaults = 20;
constexpr const char* kTakeAnother =
    "keys may be missing or wrong: use another member's data or another backup";

void AddFault(Verdict& verdict, VerifyFault fault) {
  verdict.ok = false;
  if (verdict.faults.size() < kMaxFaults) verdict.faults.push_back(std::move(fault));
}

// Damage is a fault of `verdict`; other errors go up.
Status Absorb(Status status, const std::string& file, const char* meaning, Verdict& verdict) {
  if (status.ok()) return status;
  if (!absl::IsDataLoss(status) && !absl::IsInvalidArgument(status)) return status;
  AddFault(verdict, {file, std::nullopt, std::string(Message(status)), meaning});
  return absl::OkStatus();
}

Status CheckDigest(const Context& context, const DbFile& db, VerifyReport& report) {
  Verdict verdict{.check = "digest"};
  if (const uint64_t stray = db.logical_size() % db.meta().page_size; stray != 0) {
    verdict.summary = "the file does not end with a page";
    AddFault(verdict,
             {db.path(), db.logical_size() - stray,
              fmt::format("{} bytes of a page{}", stray, db.has_digest() ? "" : " or of a SHA-256"),
              "the file was cut short or something was appended: copy it again, whole"});
    if (!db.has_digest()) {
      report.verdicts.push_back(std::move(verdict));
      return absl::OkStatus();
    }
  }
  if (!db.has_digest()) {
    verdict.summary = "no SHA-256 after the pages (a db file has none, a saved snapshot has one)";
    report.verdicts.push_back(std::move(verdict));
    return absl::OkStatus();
  }
  context.progress.Stage("hashing", db.logical_size());
  CAIRN_ASSIGN_OR_RETURN(const Sha256Digest digest,
                         snap::HashBytes(db.file(), db.logical_size(), context.progress));
  CAIRN_ASSIGN_OR_RETURN(const Sha256Digest expected, snap::ReadDigest(db.file(), db.file_size()));
  if (verdict.ok) verdict.summary = "SHA-256 fits";
  if (digest != expected) {
    verdict.summary = "SHA-256 does not fit";
    AddFault(verdict, {db.path(), db.logical_size(), "the SHA-256 after the pages is not theirs",
                       "the snapshot was damaged after it was saved: restore from another one"});
  }
  report.verdicts.push_back(std::move(verdict));
  return absl::OkStatus();
}

Status CheckMetas(const DbFile& db, VerifyReport& report) {
  Verdict verdict{.check = "meta"};
  verdict.summary =
      fmt::format("meta page {} counts: transaction {}, {} pages of {} bytes", db.metas().current,
                  db.meta().txid, db.meta().high_water, db.meta().page_size);
  for (int i = 0; i < 2; ++i) {
    if (const auto& meta = db.metas().metas[i]; !meta.ok()) {
      AddFault(verdict, {db.path(), uint64_t{db.metas().page_size} * unsigned(i),
                         fmt::format("meta page {}: {}", i, Message(meta.status())),
                         "the other meta page serves, but the file was torn or damaged: the last "
                         "transaction may be missing"});
    }
    // What is read at an opening is after this header, so nobody else looks at it.
    const uint64_t offset = uint64_t{db.metas().page_size} * unsigned(i);
    char bytes[bolt::kPageHeaderSize];
    CAIRN_RETURN_IF_ERROR(ReadExactly(db.file(), offset, bytes));
    const bolt::PageHeader header = bolt::DecodePageHeader(bytes);
    if (header.id != unsigned(i) || header.flags != bolt::kMetaPage || header.count != 0 ||
        header.overflow != 0) {
      AddFault(verdict, {db.path(), offset, fmt::format("meta page {}: its header is wrong", i),
                         "something wrote over the begin of the page: take another file"});
    }
  }
  report.verdicts.push_back(std::move(verdict));
  return absl::OkStatus();
}

// What a leaf of etcd's never has, and readers pass over.
class CheckLeaves : public bolt::LeafVisitor {
 public:
  CheckLeaves(const std::string& path, std::string_view bucket, Verdict& verdict)
      : path_(path), bucket_(bucket), verdict_(verdict) {}

  void Begin(size_t) override {}
  Status Leaf(size_t, const bolt::PageView& page, int) override {
    for (size_t i = 0; i < page.count(); ++i) {
      if (page.is_bucket(i)) Add("an element is marked as a bucket");
    }
    if (page.Slack().find_first_not_of('\0') != std::string_view::npos) {
      Add(fmt::format("bytes after the {} elements of a page", page.count()));
    }
    return absl::OkStatus();
  }

 private:
  void Add(const std::string& what) {
    AddFault(verdict_,
             {path_, std::nullopt, fmt::format("bucket {}: {}", bucket_, what), kTakeAnother});
  }

  const std::string& path_;
  const std::string_view bucket_;
  Verdict& verdict_;
};

Status CheckPages(const Context& context, const DbFile& db, VerifyReport& report) {
  Verdict verdict{.check = "pages"};
  context.progress.Stage("checking pages", db.meta().high_water * db.meta().page_size);
  bolt::Scanner scanner(db.file(), db.meta(), context.progress);
  const auto buckets = ScanBuckets(scanner, db);
  if (!buckets.ok()) {
    CAIRN_RETURN_IF_ERROR(Absorb(buckets.status(), db.path(), kTakeAnother, verdict));
  } else {
    for (const bolt::NamedBucket& bucket : *buckets) {
      CheckLeaves check(db.path(), bucket.name, verdict);
      CAIRN_RETURN_IF_ERROR(
          Absorb(scanner.ScanBucket(bucket.bucket, check), db.path(), kTakeAnother, verdict));
    }
  }
  CAIRN_RETURN_IF_ERROR(scanner.CheckFree());
  for (const bolt::Fault& fault : scanner.faults()) {
    AddFault(verdict, {db.path(), fault.offset, fmt::format("page {}: {}", fault.page, fault.what),
                       kTakeAnother});
  }
  const uint64_t free = db.meta().high_water - 2 - scanner.pages_reached();
  verdict.summary = verdict.ok
                        ? fmt::format("{} pages in use, {} free", scanner.pages_reached(), free)
                        : fmt::format("{} faults", std::max<size_t>(scanner.fault_count(), 1));
  report.verdicts.push_back(std::move(verdict));
  return absl::OkStatus();
}

// A record against itself and against what its key was before.
std::string RecordFault(const mvcc::RevisionKey& record, const proto::KeyValueView& kv,
                        bool marks_bump) {
  if (kv.key.empty()) return marks_bump ? "" : "a record without a key";
  if (record.tombstone) return "";
  if (kv.mod_revision != record.revision.main) {
    return fmt::format("the value says revision {}", kv.mod_revision);
  }
  if (kv.create_revision < 1 || kv.create_revision > kv.mod_revision) {
    return fmt::format("created at revision {}", kv.create_revision);
  }
  if (kv.version < 1 || (kv.version == 1) != (kv.create_revision == kv.mod_revision)) {
    return fmt::format("version {} of a key created at {}", kv.version, kv.create_revision);
  }
  return "";
}

Status CheckKeys(const Context& context, const DbFile& db, bolt::ReadTx& tx, VerifyReport& report) {
  Verdict verdict{.check = "keys"};
  const auto boot = ReadBootState(tx);
  if (!boot.ok()) {
    CAIRN_RETURN_IF_ERROR(Absorb(boot.status(), db.path(), kTakeAnother, verdict));
    verdict.summary = "the revisions of the store can't be read";
    report.verdicts.push_back(std::move(verdict));
    return absl::OkStatus();
  }
  if (boot->finished_compact > boot->scheduled_compact) {
    AddFault(verdict, {db.path(), std::nullopt,
                       fmt::format("a compaction at {} was finished, but {} was asked for",
                                   boot->finished_compact, boot->scheduled_compact),
                       kTakeAnother});
  }
  context.progress.Stage("checking keys", tx.SizeBytes());
  KeyIndex index;
  uint64_t records = 0;
  // Above the compacted revision nothing is ever removed: each record follows the one before it.
  const int64_t compacted = boot->compact_revision();
  mvcc::Revision last{std::max<int64_t>(compacted, 1), 0};
  const Status walked = ForEachRecord(
      tx, context.progress,
      [&](std::string_view, std::string_view value, const mvcc::RevisionKey& record) -> Status {
        ++records;
        const mvcc::Revision& at = record.revision;
        if (at.main > compacted) {
          if (!mvcc::Follows(last, at)) {
            AddFault(verdict, {db.path(), std::nullopt,
                               fmt::format("revision {}.{} does not follow {}.{}", at.main, at.sub,
                                           last.main, last.sub),
                               kTakeAnother});
          }
          last = at;
        }
        proto::KeyValueView kv;
        CAIRN_RETURN_IF_ERROR(DecodeRecord(db.path(), record.revision, value, kv));
        // What --bump-revision writes: an empty record at a compacted revision.
        const bool marks_bump = value.empty();
        if (std::string what = RecordFault(record, kv, marks_bump); !what.empty()) {
          AddFault(verdict, {db.path(), std::nullopt,
                             fmt::format("revision {}.{}: {}", record.revision.main,
                                         record.revision.sub, what),
                             kTakeAnother});
          return absl::OkStatus();
        }
        return Annotate(index.Add(record, kv), db.path());
      });
  CAIRN_RETURN_IF_ERROR(Absorb(walked, db.path(), kTakeAnother, verdict));
  verdict.summary = fmt::format(
      "{} records, {} live keys, revision {}, compacted {}", records, index.live_keys(),
      boot->current,
      boot->compact_revision() < 0 ? "never" : fmt::format("at {}", boot->compact_revision()));
  report.verdicts.push_back(std::move(verdict));
  return absl::OkStatus();
}

// Calls `check` with each pair of a bucket; its error is a fault.
template <typename Check>
Status CheckBucket(const DbFile& db, bolt::ReadTx& tx, std::string_view name, Verdict& verdict,
                   Check check) {
  auto bucket = tx.FindBucket(name);
  if (!bucket.ok()) return Absorb(bucket.status(), db.path(), kTakeAnother, verdict);
  if (!bucket->has_value()) return absl::OkStatus();
  bolt::Cursor cursor(tx.source(), std::move(**bucket));
  for (auto item = cursor.First();; item = cursor.Next()) {
    if (!item.ok()) return Absorb(item.status(), db.path(), kTakeAnother, verdict);
    if (!item->has_value()) return absl::OkStatus();
    if (const Status s = check((*item)->key, (*item)->value); !s.ok()) {
      AddFault(verdict, {db.path(), std::nullopt, fmt::format("bucket {}: {}", name, Message(s)),
                         kTakeAnother});
    }
  }
}

Status CheckRecords(const DbFile& db, bolt::ReadTx& tx, DbFacts& facts, VerifyReport& report) {
  Verdict leases{.check = "leases"};
  size_t count = 0;
  CAIRN_RETURN_IF_ERROR(CheckBucket(db, tx, mvcc::kLeaseBucket, leases,
                                    [&](std::string_view key, std::string_view value) {
                                      ++count;
                                      return lease::DecodeLease(key, value).status();
                                    }));
  leases.summary = fmt::format("{} leases", count);
  report.verdicts.push_back(std::move(leases));

  Verdict auth{.check = "auth"};
  size_t users = 0;
  size_t roles = 0;
  bool enabled = false;
  CAIRN_RETURN_IF_ERROR(CheckBucket(
      db, tx, mvcc::kAuthBucket, auth, [&](std::string_view key, std::string_view value) -> Status {
        if (key == auth::kAuthEnabledKey) {
          CAIRN_ASSIGN_OR_RETURN(enabled, auth::DecodeAuthEnabled(value));
        }
        if (key == auth::kAuthRevisionKey) return auth::DecodeAuthRevision(value).status();
        return absl::OkStatus();
      }));
  CAIRN_RETURN_IF_ERROR(CheckBucket(db, tx, mvcc::kAuthUsersBucket, auth,
                                    [&](std::string_view key, std::string_view value) {
                                      ++users;
                                      return auth::DecodeUser(key, value).status();
                                    }));
  CAIRN_RETURN_IF_ERROR(CheckBucket(db, tx, mvcc::kAuthRolesBucket, auth,
                                    [&](std::string_view key, std::string_view value) {
                                      ++roles;
                                      return auth::DecodeRole(key, value).status();
                                    }));
  auth.summary =
      fmt::format("{} users, {} roles, authentication {}", users, roles, enabled ? "on" : "off");
  report.verdicts.push_back(std::move(auth));

  Verdict members{.check = "members"};
  size_t alarms = 0;
  CAIRN_RETURN_IF_ERROR(CheckBucket(db, tx, mvcc::kAlarmBucket, members,
                                    [&](std::string_view key, std::string_view value) {
                                      ++alarms;
                                      return alarm::DecodeAlarm(key, value).status();
                                    }));
  CAIRN_RETURN_IF_ERROR(CheckBucket(db, tx, mvcc::kMembersBucket, members,
                                    [&](std::string_view key, std::string_view value) -> Status {
                                      facts.has_members = true;
                                      CAIRN_ASSIGN_OR_RETURN(
                                          const cluster::Member member,
                                          cluster::DecodeMemberRecord(key, value));
                                      facts.members.push_back(member.id.value);
                                      return absl::OkStatus();
                                    }));
  std::sort(facts.members.begin(), facts.members.end());
  CAIRN_RETURN_IF_ERROR(CheckBucket(db, tx, mvcc::kMembersRemovedBucket, members,
                                    [&](std::string_view key, std::string_view value) {
                                      return cluster::DecodeRemovedRecord(key, value).status();
                                    }));
  const auto problems = FindStartProblems(tx);
  if (!problems.ok()) {
    CAIRN_RETURN_IF_ERROR(Absorb(problems.status(), db.path(), kTakeAnother, members));
  } else {
    for (const StartProblem& problem : *problems) {
      AddFault(members, {db.path(), std::nullopt, problem.what, problem.meaning});
    }
  }
  members.summary = fmt::format("{} members, {} alarms on", facts.members.size(), alarms);
  const auto record = tx.Get(mvcc::kClusterBucket, cluster::kDowngradeKey);
  if (record.ok() && record->has_value()) {
    if (const auto downgrade = cluster::DecodeDowngrade(**record);
        downgrade.ok() && downgrade->enabled) {
      members.summary += fmt::format(", a downgrade to {} is on",
                                     Printable(downgrade->target_version.substr(0, 64)));
    }
  }
  report.verdicts.push_back(std::move(members));

  Verdict meta{.check = "index"};
  std::optional<std::string> index;
  std::optional<std::string> term;
  std::string version = "before 3.6";
  CAIRN_RETURN_IF_ERROR(CheckBucket(db, tx, mvcc::kMetaBucket, meta,
                                    [&](std::string_view key, std::string_view value) -> Status {
                                      if (key == mvcc::kConsistentIndexKey) index = value;
                                      if (key == mvcc::kTermKey) term = value;
                                      if (key == mvcc::kConfStateKey)
                                        return cluster::DecodeConfState(value).status();
                                      if (key == mvcc::kStorageVersionKey) {
                                        version = value;
                                      }
                                      return absl::OkStatus();
                                    }));
  if (const auto consistent = cluster::DecodeConsistentIndex(index, term); consistent.ok()) {
    facts.consistent_index = consistent->index.value;
    facts.term = consistent->term.value;
  } else {
    CAIRN_RETURN_IF_ERROR(Absorb(consistent.status(), db.path(), kTakeAnother, meta));
  }
  meta.summary = fmt::format("consistent index {}, term {}, storage version {}",
                             facts.consistent_index, facts.term, version);
  report.verdicts.push_back(std::move(meta));
  return absl::OkStatus();
}

}  // namespace

StatusOr<std::optional<DbFacts>> VerifyDb(const Context& context, const std::string& path,
                                          VerifyReport& report) {
  const auto db = DbFile::Open(context, path);
  if (!db.ok()) {
    Verdict verdict{.check = "meta", .summary = "the file can't be opened as a database"};
    CAIRN_RETURN_IF_ERROR(
        Absorb(db.status(), path, "nothing of it can be used: take another file", verdict));
    report.verdicts.push_back(std::move(verdict));
    return std::optional<DbFacts>();
  }
  CAIRN_RETURN_IF_ERROR(NeedEtcdDb(*db));
  CAIRN_RETURN_IF_ERROR(CheckDigest(context, *db, report));
  CAIRN_RETURN_IF_ERROR(CheckMetas(*db, report));
  CAIRN_RETURN_IF_ERROR(CheckPages(context, *db, report));
  bolt::ReadTx tx = db->Read();
  CAIRN_RETURN_IF_ERROR(CheckKeys(context, *db, tx, report));
  DbFacts facts;
  CAIRN_RETURN_IF_ERROR(CheckRecords(*db, tx, facts, report));
  return std::optional<DbFacts>(std::move(facts));
}

}  // namespace cairn::offline
