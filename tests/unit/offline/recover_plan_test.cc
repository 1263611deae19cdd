// tests/unit/offline/recover_plan_test.cc: how sources are ranked, and which way is taken.
#include "offline/recover_plan.h"

#include <doctest/doctest.h>

#include "cluster/ids.h"
#include "offline/restore_cluster.h"
#include "sample_snapshot.h"
#include "wal/log_writer.h"

namespace cairn::offline {
namespace {

NoProgress no_progress;

Context ContextOf(MemFs& fs) { return {fs, SystemClock(), no_progress, 1'000'000'000}; }

// "/NAME/m1" … "/NAME/mN": the directories of a cluster that has just begun.
void MakeCluster(MemFs& fs, int n, const std::string& name = "c") {
  if (!Exists(fs, "/s.db")) MakeSnapshot(fs);
  ClusterFile file{.token = name};
  for (int i = 1; i <= n; ++i) {
    file.members.push_back(
        {fmt::format("m{}", i), {fmt::format("http://10.0.0.{}:2380", i)}, fmt::format("m{}", i)});
  }
  const auto made = RestoreCluster(
      ContextOf(fs), {.snapshot_path = "/s.db", .cluster = file, .output = "/" + name});
  REQUIRE_MESSAGE(made.ok(), std::string(Message(made.status())));
}

// Writes entries behind the log's end, up to `last`, and knows them as committed up to `commit`.
void Append(MemFs& fs, const std::string& home, uint64_t members, uint64_t last, uint64_t commit,
            uint64_t term = 2) {
  wal::NoVisitor ignore;
  auto opened = wal::Log::Open(fs, WalDir(home), {RaftIndex(members), Term(1)}, ignore);
  REQUIRE_MESSAGE(opened.ok(), std::string(Message(opened.status())));
  std::vector<proto::EntryView> entries;
  for (uint64_t i = opened->summary.last_index.value + 1; i <= last; ++i) {
    entries.push_back({proto::EntryType::kNormal, Term(term), RaftIndex(i), {}});
  }
  REQUIRE(opened->log->Append(entries, {Term(term), MemberId(1), RaftIndex(commit)}).ok());
  REQUIRE(opened->log->Commit().ok());
  REQUIRE(opened->log->Close().ok());
}

void FlipByte(MemFs& fs, const std::string& path, std::string_view text) {
  const size_t at = ReadAll(fs, path).find(text);
  REQUIRE(at != std::string::npos);
  fs.FlipBit(path, at, 0);
}

RecoveryPlan Plan(MemFs& fs, const std::vector<std::string>& paths) {
  const uint64_t before = fs.attempts();
  auto plan = PlanRecovery(ContextOf(fs), paths, "cairnutl");
  REQUIRE_MESSAGE(plan.ok(), std::string(Message(plan.status())));
  CHECK(fs.attempts() == before);  // nothing was changed
  return *std::move(plan);
}

std::vector<std::string> Paths(const RecoveryPlan& plan) {
  std::vector<std::string> paths;
  for (const RecoverySource& source : plan.sources) paths.push_back(source.path);
  return paths;
}

bool Has(const std::vector<std::string>& texts, std::string_view part) {
  for (const std::string& text : texts) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}

using List = std::vector<std::string>;

TEST_CASE("two of five are no quorum, three are") {
  MemFs fs;
  MakeCluster(fs, 5);
  RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m4"});
  CHECK(plan.way == RecoveryWay::kForceOne);
  // The copy, forced, without the flag, and four members to add and start.
  CHECK(plan.steps.size() == 3 + 2 * 4);
  plan = Plan(fs, {"/c/m1", "/c/m4", "/c/m5/"});
  CHECK(plan.way == RecoveryWay::kStartAll);
  CHECK(plan.steps.size() == 3);
  CHECK(Has(plan.notes, "3 of 5 members can be started"));
  CHECK(Has(plan.lost, "nothing"));
}

TEST_CASE("a directory that was named twice, or by its member/, counts once") {
  MemFs fs;
  MakeCluster(fs, 3);
  const RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m1/member", "/c/m1/"});
  CHECK(plan.sources.size() == 1);
  CHECK(plan.way == RecoveryWay::kForceOne);
}

TEST_CASE("what is known as committed counts, not the length of the log") {
  MemFs fs;
  MakeCluster(fs, 5);
  Append(fs, "/c/m2", 5, 30, 10, 3);
  Append(fs, "/c/m3", 5, 20, 20, 3);
  const RecoveryPlan plan = Plan(fs, {"/c/m2", "/c/m3"});
  CHECK(Paths(plan) == List{"/c/m3", "/c/m2"});
  CHECK(plan.sources[0].kept_index() == 20);
  CHECK(plan.sources[1].kept_index() == 10);
  CHECK(plan.way == RecoveryWay::kForceOne);
  CHECK(Has(plan.lost, "10 log entries (21 to 30) that no server applied or knew"));
  // With the same commit index the longer log of the later term comes first.
  Append(fs, "/c/m4", 5, 21, 20, 4);
  CHECK(Paths(Plan(fs, {"/c/m3", "/c/m4"})) == List{"/c/m4", "/c/m3"});
}

TEST_CASE("one member knows more as committed than a quorum holds") {
  MemFs fs;
  MakeCluster(fs, 3);
  // m1's directory is of today, the others are old copies; m1's db is damaged.
  Append(fs, "/c/m1", 3, 30, 30);
  const RecoveryPlan whole = Plan(fs, {"/c/m1", "/c/m2", "/c/m3"});
  CHECK(whole.way == RecoveryWay::kStartAll);
  CHECK(Paths(whole)[0] == "/c/m1");
}

TEST_CASE("a damaged db with a whole snapshot beside it") {
  MemFs fs;
  MakeCluster(fs, 3);
  FlipByte(fs, "/c/m1/member/snap/db", "key-60");
  const RecoveryPlan plan = Plan(fs, {"/c/m1", "/s.db"});
  // The snapshot has no members, so nothing says that it is of the same cluster.
  CHECK(plan.sources.size() == 2);
  CHECK(plan.way != RecoveryWay::kNone);
  MemFs other;
  MakeSnapshot(other);
  FlipByte(other, "/s.db", "key-60");
  const RecoveryPlan salvage = Plan(other, {"/s.db"});
  CHECK(salvage.way == RecoveryWay::kSalvage);
  CHECK(salvage.sources[0].health == SourceHealth::kDamaged);
  CHECK(salvage.steps[0].command == "cairnutl salvage /s.db --output recovered.db");
  CHECK(salvage.steps[1].command ==
        "cairnutl snapshot restore recovered.db --skip-hash-check --data-dir recovered/default");
}

TEST_CASE("a log that is missing or damaged: the db is restored") {
  MemFs fs;
  MakeCluster(fs, 3);
  SUBCASE("missing") { REQUIRE(RemoveTree(fs, "/c/m1/member/wal").ok()); }
  SUBCASE("damaged") {
    fs.FlipBit("/c/m1/member/wal/0000000000000000-0000000000000000.wal", 100, 3);
  }
  const RecoveryPlan plan = Plan(fs, {"/c/m1"});
  CHECK(plan.way == RecoveryWay::kRestore);
  CHECK(plan.sources[0].health == SourceHealth::kDamaged);
  CHECK_FALSE(plan.sources[0].faults.empty());
  CHECK(Has(plan.lost, "what stood in the log of /c/m1 behind entry 3: it can't be read"));
  CHECK(plan.steps[0].command ==
        "printf '%s\\n' 'initial-cluster: m1=http://10.0.0.1:2380,m2=http://10.0.0.2:2380,"
        "m3=http://10.0.0.3:2380' > members.yaml");
  CHECK(plan.steps[1].command ==
        "cairnutl snapshot restore /c/m1/member/snap/db --skip-hash-check --cluster members.yaml "
        "--output recovered");
  CHECK(plan.steps.size() == 5);
}

TEST_CASE("a db older than the snapshot that its log begins with can't be started") {
  MemFs fs;
  MakeCluster(fs, 3);
  wal::NoVisitor ignore;
  Append(fs, "/c/m1", 3, 30, 30);
  {
    auto opened = wal::Log::Open(fs, WalDir("/c/m1"), {RaftIndex(3), Term(1)}, ignore);
    REQUIRE(opened.ok());
    REQUIRE(
        opened->log->SaveSnapshot({RaftIndex(20), Term(2), proto::ConfState{.voters = {1, 2, 3}}})
            .ok());
    REQUIRE(opened->log->Close().ok());
  }
  const RecoveryPlan plan = Plan(fs, {"/c/m1"});
  CHECK(plan.way == RecoveryWay::kRestore);
  CHECK(Has(plan.sources[0].faults, "the log begins behind snapshot 20"));
  CHECK(plan.sources[0].kept_index() == 3);
  CHECK(Has(plan.lost, "27 log entries (4 to 30) that were committed and are in no db"));
}

TEST_CASE("a member whose keys differ is left out where the others are a majority") {
  MemFs fs;
  MakeCluster(fs, 3);
  {
    auto db = bolt::Db::Open(fs, SystemClock(), DbPath("/c/m2"), {});
    REQUIRE(db.ok());
    auto tx = (*db)->BeginWrite();
    auto key = (*tx)->root().OpenBucket(mvcc::kKeyBucket);
    std::string record;
    proto::AppendKeyValue(record, {"key-60", "other", 60, 60, 1, 0});
    const mvcc::RevisionKeyBytes at(mvcc::RevisionKey{{60, 0}, false});
    REQUIRE((*key)->Put(at.view(), record).ok());
    REQUIRE((*tx)->Commit().ok());
  }
  const RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m2", "/c/m3"});
  CHECK(plan.way == RecoveryWay::kStartAll);
  CHECK(Paths(plan) == List{"/c/m1", "/c/m3", "/c/m2"});
  CHECK(plan.sources[2].diverged);
  CHECK(plan.sources[2].hash != plan.sources[0].hash);
  // Started, started, removed, added, started.
  REQUIRE(plan.steps.size() == 5);
  CHECK(plan.steps[2].command.find("cairnctl member remove ") == 0);
  CHECK(plan.steps[3].command.find("cairnctl member add m2 ") == 0);
  const RecoveryPlan two = Plan(fs, {"/c/m1", "/c/m2"});
  CHECK_FALSE(two.sources[0].diverged);
  CHECK_FALSE(two.sources[1].diverged);
  CHECK(Has(two.notes, "none has the majority"));
}

TEST_CASE("hashes are compared where one was compacted later, at a revision that all hold") {
  MemFs fs;
  MakeCluster(fs, 3);
  {
    auto db = bolt::Db::Open(fs, SystemClock(), DbPath("/c/m2"), {});
    REQUIRE(db.ok());
    auto tx = (*db)->BeginWrite();
    auto key = (*tx)->root().OpenBucket(mvcc::kKeyBucket);
    auto meta = (*tx)->root().OpenBucket(mvcc::kMetaBucket);
    // One more write, and a compaction that found nothing to take away.
    std::string record;
    proto::AppendKeyValue(record, {"key-new", "v", kSampleKeys + 2, kSampleKeys + 2, 1, 0});
    const mvcc::RevisionKeyBytes at(mvcc::RevisionKey{{kSampleKeys + 2, 0}, false});
    REQUIRE((*key)->Put(at.view(), record).ok());
    for (const auto name : {mvcc::kScheduledCompactKey, mvcc::kFinishedCompactKey}) {
      REQUIRE((*meta)->Put(name, mvcc::EncodeCompactRevision(50)).ok());
    }
    REQUIRE((*tx)->Commit().ok());
  }
  const RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m2", "/c/m3"});
  for (const RecoverySource& source : plan.sources) {
    CHECK(source.hash_revision == kSampleKeys + 1);
    CHECK(source.hash == plan.sources[0].hash);
    CHECK_FALSE(source.diverged);
  }
}

TEST_CASE("paths of two clusters: the plan is for the one with more members") {
  MemFs fs;
  MakeCluster(fs, 3, "c");
  MakeCluster(fs, 3, "d");
  const RecoveryPlan plan = Plan(fs, {"/d/m1", "/c/m1", "/c/m2"});
  CHECK(plan.way == RecoveryWay::kStartAll);
  CHECK(Paths(plan) == List{"/c/m1", "/c/m2", "/d/m1"});
  CHECK(Has(plan.notes, "more than one cluster: the plan is for that of /c/m1; not for /d/m1"));
}

TEST_CASE("what a server has open is read, and told") {
  MemFs fs;
  MakeCluster(fs, 3);
  const auto held = fs.Open(DbPath("/c/m2"), {.write = true});
  REQUIRE(held.ok());
  REQUIRE(*(*held)->TryLock(LockKind::kFlockExclusive));
  const RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m2"});
  CHECK(plan.way == RecoveryWay::kStartAll);
  CHECK(plan.sources[1].in_use);
  CHECK(plan.sources[1].revision == kSampleKeys + 1);
  CHECK_FALSE(plan.sources[1].hash.has_value());
  CHECK(plan.steps.size() == 1);
  CHECK(Has(plan.notes, "/c/m2 is in use by a server"));
  CHECK(Has(plan.notes, "runs already"));
}

TEST_CASE("nothing usable gives no steps") {
  MemFs fs;
  REQUIRE(WriteFileAtomically(fs, "/notes", std::string(20'000, 'x'), 0600).ok());
  REQUIRE(WriteFileAtomically(fs, "/empty", "", 0600).ok());
  REQUIRE(MakeDirs(fs, "/dir/member", 0700).ok());
  REQUIRE(MakeDirs(fs, "/other", 0700).ok());
  const RecoveryPlan plan = Plan(fs, {"/notes", "/empty", "/dir", "/other", "/missing"});
  CHECK(plan.way == RecoveryWay::kNone);
  CHECK(plan.steps.empty());
  CHECK(plan.sources.size() == 5);
  for (const RecoverySource& source : plan.sources) {
    CAPTURE(source.path);
    CHECK(source.health == SourceHealth::kUnusable);
    CHECK_FALSE(source.faults.empty());
  }
}

TEST_CASE("both metas gone: the pages behind them may still be salvaged") {
  MemFs fs;
  MakeSnapshot(fs);
  for (const uint64_t page : {0, 1}) fs.FlipBit("/s.db", page * 4096 + 16, 0);
  const RecoveryPlan plan = Plan(fs, {"/s.db"});
  CHECK(plan.way == RecoveryWay::kSalvage);
}

TEST_CASE("an interrupt stops the reading") {
  class Interrupt : public NoProgress {
   public:
    Status Update(uint64_t) override { return absl::CancelledError("interrupted"); }
  };
  MemFs fs;
  MakeCluster(fs, 1);
  Interrupt progress;
  const auto plan = PlanRecovery({fs, SystemClock(), progress, 1}, {"/c/m1"}, "cairnutl");
  CHECK(absl::IsCancelled(plan.status()));
}

}  // namespace
}  // namespace cairn::offline
