// tests/unit/offline/recover_plan_test.cc: how sources are ranked, and which way is taken.
#include "offline/recover/plan.h"

#include <doctest/doctest.h>

#include "base/staged_output.h"
#include "cluster/ids.h"
#include "offline/restore/cluster.h"
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

// Writes entries after the log's end, up to `last`, and knows them as committed up to `commit`.
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

RecoveryPlan Plan(MemFs& fs, const std::vector<std::string>& paths,
                  const std::vector<std::string>& lost = {}) {
  const uint64_t before = fs.attempts();
  auto plan = PlanRecovery(ContextOf(fs), paths, {.lost = lost}, "cairnutl");
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
  // The others may still come back.
  RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m4"});
  CHECK(plan.way == RecoveryWay::kMajority);
  CHECK(plan.steps.size() == 2);
  CHECK(Has(plan.notes, "cairnutl recover plan --lost m2 --lost m3 --lost m5 /c/m1 /c/m4"));
  plan = Plan(fs, {"/c/m1", "/c/m4"}, {"m2", "m3"});
  CHECK(plan.way == RecoveryWay::kMajority);
  plan = Plan(fs, {"/c/m1", "/c/m4"}, {"m2", "m3", "m5"});
  CHECK(plan.way == RecoveryWay::kForceOne);
  CHECK(plan.headline.find("no majority of m1, m2, m3, m4 and m5 can come back") == 0);
  // The copy, forced, without the flag, and four members to add and start.
  CHECK(plan.steps.size() == 3 + 2 * 4);
  plan = Plan(fs, {"/c/m1", "/c/m4", "/c/m5/"});
  CHECK(plan.way == RecoveryWay::kStartAll);
  CHECK(plan.steps.size() == 3);
  CHECK(plan.headline.find("3 of 5 members can be started") == 0);
  CHECK(Has(plan.lost, "nothing"));
}

TEST_CASE("a directory that was named twice, or by its member/, counts once") {
  MemFs fs;
  MakeCluster(fs, 3);
  const RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m1/member", "/c/m1/"});
  CHECK(plan.sources.size() == 1);
  CHECK(plan.way == RecoveryWay::kMajority);
}

TEST_CASE("what is known as committed counts, not the length of the log") {
  MemFs fs;
  MakeCluster(fs, 5);
  Append(fs, "/c/m2", 5, 30, 10, 3);
  Append(fs, "/c/m3", 5, 20, 20, 3);
  const RecoveryPlan plan = Plan(fs, {"/c/m2", "/c/m3"}, {"m1", "m4", "m5"});
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

TEST_CASE("a damaged log: the member is replaced; when the others are lost, the db is restored") {
  MemFs fs;
  MakeCluster(fs, 3);
  fs.FlipBit("/c/m1/member/wal/0000000000000000-0000000000000000.wal", 100, 3);
  const RecoveryPlan replaced = Plan(fs, {"/c/m1"});
  CHECK(replaced.way == RecoveryWay::kMajority);
  CHECK(replaced.headline.find("while a majority of m1, m2 and m3 answers, ") == 0);
  CHECK(replaced.headline.find("is replaced (`member remove`, `member add`, start)") !=
        std::string::npos);
  REQUIRE(replaced.steps.size() == 3);
  CHECK(replaced.steps[0].command.find("cairnctl member ") == 0);
  const RecoveryPlan plan = Plan(fs, {"/c/m1"}, {"m2", "m3"});
  CHECK(plan.way == RecoveryWay::kRestore);
  CHECK(plan.sources[0].health == SourceHealth::kDamaged);
  CHECK_FALSE(plan.sources[0].faults.empty());
  CHECK(Has(plan.lost, "what was in the log of /c/m1 after entry 3: it can't be read"));
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
  const RecoveryPlan plan = Plan(fs, {"/c/m1"}, {"m2", "m3"});
  CHECK(plan.way == RecoveryWay::kRestore);
  CHECK(Has(plan.sources[0].faults, "the log begins after snapshot 20"));
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
  CHECK(two.way == RecoveryWay::kCompare);
  REQUIRE(two.steps.size() == 1);
  CHECK(two.steps[0].command == "cairnutl diff /c/m1/member/snap/db /c/m2/member/snap/db");
  CHECK(Has(two.notes,
            "to go on with /c/m2 alone, and lose what only the others hold: cairnutl "
            "recover plan --lost m1 --lost m3 /c/m2"));
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
  CHECK(Has(plan.notes, "more than one cluster: the plan is for that of /c/m1 (cluster "));
  CHECK(Has(plan.notes, "; not for /d/m1 (cluster "));
  CHECK(plan.headline.find("no recovery is needed") == std::string::npos);
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
  CHECK(plan.headline.find("2 of 3 members run or can be started") == 0);
  // Alone, nothing says that the others are lost: it is replaced, and only if it is damaged.
  const RecoveryPlan alone = Plan(fs, {"/c/m2"});
  CHECK(alone.way == RecoveryWay::kMajority);
  CHECK(alone.headline.find("m2 is in use by a running server: while a majority of m1, m2 and m3 "
                            "answers, nothing is to be recovered") == 0);
  REQUIRE(alone.steps.size() == 3);
  CHECK(alone.steps[0].why.find("if m2 is damaged: ") == 0);
}

TEST_CASE("two that are left and are not at the same point: which is newer is told") {
  MemFs fs;
  MakeCluster(fs, 3);
  Append(fs, "/c/m2", 3, 30, 30);
  const RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m2"}, {"m3"});
  CHECK(plan.way == RecoveryWay::kStartAll);
  CHECK(plan.headline.find("no recovery is needed") == std::string::npos);
  CHECK(Has(plan.notes, "/c/m2 is newer (log to 30, applied to 3, "));
  CHECK(Has(plan.notes, "going on with /c/m1 alone would lose entries 4 to 30"));
}

TEST_CASE("one that is newer than the logs of a quorum makes these old copies") {
  MemFs fs;
  MakeCluster(fs, 3);
  Append(fs, "/c/m1", 3, 30, 30);
  {
    auto db = bolt::Db::Open(fs, SystemClock(), DbPath("/c/m1"), {});
    REQUIRE(db.ok());
    auto tx = (*db)->BeginWrite();
    auto meta = (*tx)->root().OpenBucket(mvcc::kMetaBucket);
    REQUIRE((*meta)->Put(mvcc::kConsistentIndexKey, std::string("\0\0\0\0\0\0\0\x1e", 8)).ok());
    REQUIRE((*tx)->Commit().ok());
  }
  fs.FlipBit("/c/m1/member/wal/0000000000000000-0000000000000000.wal", 300, 3);
  const RecoveryPlan plan = Plan(fs, {"/c/m1", "/c/m2", "/c/m3"});
  CHECK(plan.way == RecoveryWay::kRestore);
  CHECK(plan.headline.find("m2 and m3 can be started, and /c/m1 holds entries that no log of "
                           "theirs has") == 0);
}

TEST_CASE("a directory without a log is no damage, and its log may be named") {
  MemFs fs;
  MakeCluster(fs, 3);
  REQUIRE(fs.Rename("/c/m1/member/wal", "/w").ok());
  const auto plan = PlanRecovery(ContextOf(fs), {"/c/m1"}, {.lost = {"m2", "m3"}}, "cairnutl");
  CHECK(absl::IsNotFound(plan.status()));
  CHECK(Message(plan.status()) ==
        "no log under /c/m1/member/wal: is it elsewhere (--wal-dir)? If it is lost, name the db "
        "alone: /c/m1/member/snap/db");
  // With a quorum beside it nothing hangs on it.
  const RecoveryPlan others = Plan(fs, {"/c/m1", "/c/m2", "/c/m3"});
  CHECK(others.way == RecoveryWay::kStartAll);
  CHECK(others.steps.size() == 2);
  CHECK(Has(others.sources.back().faults, "is it elsewhere (--wal-dir)?"));
  for (const bool as_path : {false, true}) {
    const List paths = as_path ? List{"/w", "/c/m1"} : List{"/c/m1"};
    const auto named = PlanRecovery(
        ContextOf(fs), paths, {.wal_dirs = as_path ? List{} : List{"/w"}, .lost = {}}, "cairnutl");
    REQUIRE(named.ok());
    REQUIRE(named->steps.size() == 1);
    CHECK(named->steps[0].command.find("etcd --name ") == 0);
    CHECK(named->steps[0].command.find(" --data-dir /c/m1 --wal-dir /w ") != std::string::npos);
  }
  const auto two = PlanRecovery(ContextOf(fs), {"/c/m1"}, {.wal_dirs = {"/w", "/w"}}, "cairnutl");
  CHECK(absl::IsInvalidArgument(two.status()));
}

TEST_CASE("--lost names members, and none whose directory is there") {
  MemFs fs;
  MakeCluster(fs, 3);
  const auto with = [&](const std::string& lost) {
    return PlanRecovery(ContextOf(fs), {"/c/m1"}, {.lost = {lost}}, "cairnutl").status();
  };
  CHECK(Message(with("m9")) ==
        "--lost \"m9\": no member has this name or id; there are m1, m2 and m3");
  CHECK(Message(with("m1")) == "--lost \"m1\": its directory is here: /c/m1");
}

TEST_CASE("nothing usable gives no steps") {
  MemFs fs;
  REQUIRE(WriteFileAtomically(fs, "/notes", std::string(20'000, 'x'), 0600).ok());
  REQUIRE(WriteFileAtomically(fs, "/empty", "", 0600).ok());
  const RecoveryPlan plan = Plan(fs, {"/notes", "/empty"});
  CHECK(plan.way == RecoveryWay::kNone);
  CHECK(plan.steps.empty());
  CHECK(plan.sources.size() == 2);
  for (const RecoverySource& source : plan.sources) {
    CAPTURE(source.path);
    CHECK(source.health == SourceHealth::kUnusable);
    CHECK_FALSE(source.faults.empty());
  }
}

TEST_CASE("a path where nothing is, or no data directory, is an error and no damage") {
  MemFs fs;
  MakeCluster(fs, 3);
  REQUIRE(MakeDirs(fs, "/dir/member", 0700).ok());
  REQUIRE(MakeDirs(fs, "/other", 0700).ok());
  const auto fails = [&](const List& paths) {
    return std::string(Message(PlanRecovery(ContextOf(fs), paths, {}, "cairnutl").status()));
  };
  CHECK(fails({"/c/m1", "/missing", "/gone"}) ==
        "stat /missing: no such file or directory\nstat /gone: no such file or directory");
  CHECK(fails({"/c/m1", "/other"}).find("/other: no data directory") == 0);
  CHECK(fails({"/dir"}) == "/dir: neither a db nor a log is in it: leave it out");
}

TEST_CASE("both metas gone: the pages after them may still be salvaged") {
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
  const auto plan = PlanRecovery({fs, SystemClock(), progress, 1}, {"/c/m1"}, {}, "cairnutl");
  CHECK(absl::IsCancelled(plan.status()));
}

}  // namespace
}  // namespace cairn::offline
