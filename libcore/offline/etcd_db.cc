// offline/etcd_db.cc: see etcd_db.h.
#include "offline/etcd_db.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cluster/membership_records.h"
#include "cluster/storage_version.h"
#include "gotext/quote.h"
#include "mvcc/schema.h"

namespace cairn::offline {

namespace {

constexpr size_t kMaxNames = 8;
constexpr size_t kShownBytes = 64;

// Something from the file, quoted, and not all of it when it is long.
std::string Shown(std::string_view text) { return QuoteGo(text.substr(0, kShownBytes)); }

// The newest release whose files are known here.
const cluster::SemVer& Newest() { return cluster::kVersion37; }

StatusOr<std::vector<std::string>> BucketNames(const DbFile& db) {
  bolt::ReadTx tx = db.Read();
  bolt::Cursor root = tx.Root();
  std::vector<std::string> names;
  for (auto item = root.First();; item = root.Next()) {
    CAIRN_RETURN_IF_ERROR(item.status());
    if (!item->has_value()) return names;
    if ((*item)->is_bucket) names.emplace_back((*item)->key);
  }
}

bool Holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string Listed(const std::vector<std::string>& names) {
  if (names.empty()) return "there is none at all";
  std::string text = "there are: ";
  for (size_t i = 0; i < std::min(names.size(), kMaxNames); ++i) {
    if (i > 0) text += ", ";
    const bool plain = Printable(names[i]) == names[i] && names[i].size() <= kShownBytes;
    text += plain ? names[i] : Shown(names[i]);
  }
  if (names.size() > kMaxNames) text += fmt::format(" and {} more", names.size() - kMaxNames);
  return text;
}

std::string TooNew(std::string_view what) {
  return fmt::format(
      "{} of a release newer than {}, the newest known here: etcd 3.6 and 3.7 refuse to start on "
      "it",
      what, Newest().MinorString());
}

constexpr const char* kRefusedAsNew =
    "use a release of etcd that wrote this, and its tools; `migrate` brings a storage version down";

void CheckStorageVersion(const std::optional<std::string>& stored,
                         std::vector<StartProblem>& problems) {
  if (!stored.has_value() || stored->empty()) return;
  const std::string shown = Shown(*stored);
  const auto version = cluster::ParseSemVer(*stored);
  if (!version.ok()) {
    problems.push_back({fmt::format("bucket meta: storageVersion {} is not a version", shown),
                        "etcd takes it for one of 3.5 and starts; the record was damaged: use "
                        "another member's data or another backup"});
    return;
  }
  if (cluster::PlanMigration(*version, cluster::kVersion36, std::nullopt).ok()) return;
  if (*version > Newest()) {
    problems.push_back(
        {TooNew(fmt::format("bucket meta: storageVersion {} is", shown)), kRefusedAsNew});
  } else {
    problems.push_back({fmt::format("bucket meta: storageVersion {} is none that etcd has", shown),
                        "etcd 3.6 and 3.7 refuse to start on it"});
  }
}

void CheckClusterVersion(const std::optional<std::string>& stored,
                         std::vector<StartProblem>& problems) {
  if (!stored.has_value()) return;
  const std::string shown = Shown(*stored);
  const auto version = cluster::ParseSemVer(*stored);
  if (!version.ok()) {
    problems.push_back({fmt::format("bucket cluster: clusterVersion {} is not a version ({})",
                                    shown, Message(version.status())),
                        "etcd 3.6 and 3.7 refuse to start on it"});
  } else if (*version > Newest()) {
    problems.push_back(
        {TooNew(fmt::format("bucket cluster: clusterVersion {} is", shown)), kRefusedAsNew});
  }
}

void CheckDowngrade(const std::optional<std::string>& stored, bool of_35,
                    std::vector<StartProblem>& problems) {
  if (!stored.has_value()) return;
  const auto downgrade = cluster::DecodeDowngrade(*stored);
  if (!downgrade.ok()) {
    problems.push_back({fmt::format("bucket cluster: the record of a downgrade, {}, can't be read",
                                    Shown(*stored)),
                        "etcd 3.5 to 3.7 refuse to start on it"});
    return;
  }
  if (!downgrade->enabled) return;
  const auto target = cluster::ParseSemVer(downgrade->target_version);
  const std::string shown = Shown(downgrade->target_version);
  if (!target.ok()) {
    problems.push_back(
        {fmt::format("bucket cluster: a downgrade to {}, which is not a version", shown),
         "etcd 3.5 to 3.7 refuse to start on it"});
  } else if (of_35 && (target->major != 3 || target->minor != 5)) {
    problems.push_back(
        {fmt::format("bucket cluster: a downgrade to {} is on", shown),
         "etcd 3.5 refuses to start on it: it is allowed to be of that version only"});
  }
}

}  // namespace

Status NeedEtcdDb(const DbFile& db) {
  const auto names = BucketNames(db);
  if (!names.ok()) return absl::IsDataLoss(names.status()) ? absl::OkStatus() : names.status();
  if (Holds(*names, mvcc::kKeyBucket)) return absl::OkStatus();
  // Whoever makes these makes bucket `key` with them.
  for (const std::string_view name : {mvcc::kLeaseBucket, mvcc::kAuthBucket, mvcc::kAuthUsersBucket,
                                      mvcc::kAuthRolesBucket, mvcc::kAlarmBucket}) {
    if (!Holds(*names, name)) continue;
    return absl::FailedPreconditionError(fmt::format(
        "{}: it has no bucket `key` ({}): etcd would start on it without any key; take another "
        "member's db or another backup",
        db.path(), Listed(*names)));
  }
  // A membership alone is what `backup --with-v3=false` writes.
  if (Holds(*names, mvcc::kMembersBucket) && Holds(*names, mvcc::kMetaBucket)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      fmt::format("{} is a bolt database, but not etcd's: it has no bucket `key` ({})", db.path(),
                  Listed(*names)));
}

StatusOr<DbFile> OpenEtcdDb(const Context& context, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(DbFile db, DbFile::Open(context, path));
  CAIRN_RETURN_IF_ERROR(NeedEtcdDb(db));
  return db;
}

StatusOr<std::vector<StartProblem>> FindStartProblems(bolt::ReadTx& tx, bool restores) {
  std::vector<StartProblem> problems;
  CAIRN_ASSIGN_OR_RETURN(const auto storage, tx.Get(mvcc::kMetaBucket, mvcc::kStorageVersionKey));
  CAIRN_ASSIGN_OR_RETURN(const auto version,
                         tx.Get(mvcc::kClusterBucket, cluster::kClusterVersionKey));
  CAIRN_ASSIGN_OR_RETURN(const auto downgrade,
                         tx.Get(mvcc::kClusterBucket, cluster::kDowngradeKey));
  CAIRN_ASSIGN_OR_RETURN(const auto members, tx.FindBucket(mvcc::kMembersBucket));
  if (!members.has_value() && storage.has_value() && !restores) {
    problems.push_back({"there is no bucket `members`",
                        "etcd 3.6 and 3.7 don't come up with it (3.4 and 3.5 take the members from "
                        "the .snap file); `snapshot restore` makes it anew"});
  }
  CheckStorageVersion(storage, problems);
  CheckClusterVersion(version, problems);
  CheckDowngrade(downgrade, !storage.has_value(), problems);
  return problems;
}

std::vector<std::string> StartWarnings(const DbFile& db, bool restores) {
  bolt::ReadTx tx = db.Read();
  std::vector<std::string> warnings;
  const auto problems = FindStartProblems(tx, restores);
  if (!problems.ok()) return warnings;
  for (const StartProblem& problem : *problems) {
    warnings.push_back(
        fmt::format("warning: {}: {} ({})", db.path(), problem.what, problem.meaning));
  }
  return warnings;
}

}  // namespace cairn::offline
