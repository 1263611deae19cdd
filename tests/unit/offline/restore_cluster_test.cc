// tests/unit/offline/restore_cluster_test.cc: all members of a new cluster appear whole, or none.
#include "offline/restore/cluster.h"

#include <doctest/doctest.h>

#include "cluster/ids.h"
#include "offline/inspect/hash_kv.h"
#include "offline/restore/restore.h"
#include "sample_snapshot.h"
#include "sim/crash_states.h"

namespace cairn::offline {
namespace {

constexpr uint64_t kSeed = 20261122;

NoProgress no_progress;

Context ContextOf(MemFs& fs) { return {fs, SystemClock(), no_progress, 1'000'000'000}; }

std::string Url(int i) { return fmt::format("http://127.0.0.{}:2380", i); }

ClusterFile ThreeMembers(const std::string& token) {
  ClusterFile file{.token = token};
  for (int i = 1; i <= 3; ++i) {
    file.members.push_back({fmt::format("m{}", i), {Url(i)}, fmt::format("dir{}", i)});
  }
  return file;
}

RestoreClusterOptions Options() {
  return {.snapshot_path = "/s.db", .cluster = ThreeMembers("new"), .output = "/out"};
}

std::string Fault(MemFs& fs, const RestoreClusterOptions& options) {
  const auto result = RestoreCluster(ContextOf(fs), options);
  return result.ok() ? "" : std::string(Message(result.status()));
}

void CheckMembers(MemFs& fs) {
  for (const char* dir : {"/out/dir1", "/out/dir2", "/out/dir3"}) {
    CAPTURE(dir);
    CheckWhole(ContextOf(fs), dir);
  }
}

TEST_CASE("each member's files are those that restoring it alone makes") {
  MemFs fs;
  MakeSnapshot(fs);
  RestoreClusterOptions options = Options();
  SUBCASE("at the snapshot's revision") {}
  SUBCASE("at a bumped one") { options.bump_revision = kKubernetesBump; }
  const auto result = RestoreCluster(ContextOf(fs), options);
  REQUIRE_MESSAGE(result.ok(), std::string(Message(result.status())));
  CHECK(result->snapshot_revision == kSampleKeys + 1);
  CHECK(result->revision == kSampleKeys + 1 + static_cast<int64_t>(options.bump_revision));
  REQUIRE(result->members.size() == 3);
  CHECK(*fs.List("/out") == std::vector<std::string>{"dir1", "dir2", "dir3"});
  for (int i = 1; i <= 3; ++i) {
    const std::string alone = fmt::format("/alone{}", i);
    const auto one = Restore(
        ContextOf(fs), {.snapshot_path = "/s.db",
                        .name = fmt::format("m{}", i),
                        .data_dir = alone,
                        .initial_cluster = fmt::format("m1={},m2={},m3={}", Url(1), Url(2), Url(3)),
                        .initial_cluster_token = "new",
                        .advertise_peer_urls = Url(i),
                        .bump_revision = options.bump_revision,
                        .mark_compacted = options.bump_revision > 0});
    REQUIRE_MESSAGE(one.ok(), std::string(Message(one.status())));
    CHECK(one->cluster == result->cluster);
    CHECK(one->member == result->members[i - 1].member.id);
    CHECK(one->revision == result->revision);
    const std::string& dir = result->members[i - 1].data_dir;
    CHECK(dir == fmt::format("/out/dir{}", i));
    for (const char* name : {"member/snap/db", "member/wal/0000000000000000-0000000000000000.wal",
                             "member/snap/0000000000000001-0000000000000003.snap"}) {
      CAPTURE(name);
      CHECK(ReadAll(fs, JoinPath(dir, name)) == ReadAll(fs, JoinPath(alone, name)));
    }
  }
  CheckMembers(fs);
}

TEST_CASE("a dry run says the same and changes nothing") {
  MemFs fs;
  MakeSnapshot(fs);
  RestoreClusterOptions options = Options();
  options.dry_run = true;
  options.bump_revision = 7;
  const uint64_t before = fs.attempts();
  const auto dry = RestoreCluster(ContextOf(fs), options);
  REQUIRE(dry.ok());
  CHECK(fs.attempts() == before);
  options.dry_run = false;
  const auto real = RestoreCluster(ContextOf(fs), options);
  REQUIRE(real.ok());
  CHECK(dry->cluster == real->cluster);
  CHECK(dry->revision == real->revision);
  CHECK(dry->snapshot_revision == real->snapshot_revision);
  CHECK(dry->bytes_each == real->bytes_each);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(dry->members[i].member == real->members[i].member);
    CHECK(dry->members[i].data_dir == real->members[i].data_dir);
  }
}

TEST_CASE("the snapshot's own cluster is refused unless it is asked for") {
  const auto old_members = [](const std::string& token, size_t n) {
    std::vector<cluster::Member> members;
    for (size_t i = 0; i < n; ++i) {
      const std::vector<std::string> urls = {Url(int(i) + 1)};
      members.push_back({.id = cluster::ComputeMemberId(urls, token), .peer_urls = urls});
    }
    return members;
  };
  for (const size_t n : {1, 3}) {
    for (const bool dry_run : {false, true}) {
      CAPTURE(n);
      MemFs fs;
      MakeSnapshot(fs, old_members("old", n));
      RestoreClusterOptions options = Options();
      options.dry_run = dry_run;
      options.cluster.token = "old";
      const std::string fault = Fault(fs, options);
      CHECK(fault.find("token \"old\" and these URLs make the cluster that /s.db is from once "
                       "more (") == 0);
      CHECK(fault.find("--allow-same-cluster") != std::string::npos);
      CHECK(Listing(fs) == "s.db ");
      options.allow_same_cluster = true;
      CHECK(Fault(fs, options) == "");
      options.allow_same_cluster = false;
      options.output = "/other";
      options.cluster.token = "new";
      CHECK(Fault(fs, options) == "");
    }
  }
}

TEST_CASE("a directory that holds something is refused before any work") {
  MemFs fs;
  MakeSnapshot(fs);
  REQUIRE(MakeDirs(fs, "/out/dir2/mine", 0700).ok());
  const uint64_t before = fs.attempts();
  CHECK(Fault(fs, Options()) ==
        "data-dir \"/out/dir2\" not empty or could not be read: it holds mine");
  CHECK(fs.attempts() == before);
  REQUIRE(fs.RemoveDir("/out/dir2/mine").ok());
  CHECK(Fault(fs, Options()) == "");
  CheckMembers(fs);
  CHECK(Fault(fs, Options()) ==
        "data-dir \"/out/dir1\" not empty or could not be read: it holds member");
  RestoreClusterOptions options = Options();
  options.output = "/s.db";
  CHECK(Fault(fs, options) == "--output /s.db: it is a file; name a directory");
}

TEST_CASE("room is needed for all of them") {
  MemFs fs;
  MakeSnapshot(fs);
  RestoreClusterOptions options = Options();
  options.dry_run = true;
  const auto result = RestoreCluster(ContextOf(fs), options);
  REQUIRE(result.ok());
  fs.SetByteBudget(3 * result->bytes_each - 1);
  CHECK(Fault(fs, options) == fmt::format("not enough room in /out: {} bytes are needed, {} are "
                                          "free",
                                          3 * result->bytes_each, 3 * result->bytes_each - 1));
  CHECK(Listing(fs) == "s.db ");
}

TEST_CASE("a damaged snapshot is told as such, with or without its digest") {
  MemFs fs;
  MakeSnapshot(fs);
  const size_t at = ReadAll(fs, "/s.db").find("key-60");
  fs.FlipBit("/s.db", at, 0);
  for (const bool dry_run : {false, true}) {
    RestoreClusterOptions options = Options();
    options.dry_run = dry_run;
    CHECK(Fault(fs, options).find("expected sha256 [") == 0);
    CHECK(Listing(fs) == "s.db ");
  }
  // The header of a page of the tree.
  fs.FlipBit("/s.db", at / 4096 * 4096, 3);
  for (const bool dry_run : {false, true}) {
    RestoreClusterOptions options = Options();
    options.skip_hash_check = true;
    options.dry_run = dry_run;
    CHECK(Fault(fs, options).find("snapshot file integrity check failed. ") == 0);
    CHECK(Listing(fs) == "s.db ");
  }
}

TEST_CASE("all members lose power: a new output is there with all of them, or not at all") {
  MemFs fs;
  MakeSnapshot(fs);
  RestoreClusterOptions options = Options();
  options.cluster.members.pop_back();
  REQUIRE(RestoreCluster(ContextOf(fs), options).ok());
  size_t absent = 0;
  size_t whole = 0;
  CrashStates().ForEveryNth(
      fs, 0, 1, kSeed,
      [&](size_t op, std::unique_ptr<MemFs> after, const std::string& description) {
        CAPTURE(op);
        CAPTURE(description);
        if (Exists(*after, "/out")) {
          ++whole;
          CheckWhole(ContextOf(*after), "/out/dir1");
          CheckWhole(ContextOf(*after), "/out/dir2");
          return;
        }
        ++absent;
        if (absent % 100 != 0) return;
        // What is left of it doesn't stand in the way, and goes.
        REQUIRE(RestoreCluster(ContextOf(*after), options).ok());
        CHECK(Listing(*after) == "out s.db ");
      });
  MESSAGE("restore of two: " << absent << " states without, " << whole << " whole");
  CHECK(absent > 0);
  CHECK(whole > 0);
}

TEST_CASE("an error anywhere leaves nothing of any member") {
  RestoreClusterOptions options = Options();
  bool there = false;
  SUBCASE("in a new output") {}
  SUBCASE("in a new output below a new directory") { options.output = "/a/b/out"; }
  SUBCASE("in an output that is there") { there = true; }
  uint64_t failures = 0;
  for (uint64_t at = 0;; ++at) {
    CAPTURE(at);
    MemFs fs;
    MakeSnapshot(fs);
    if (there) REQUIRE(fs.MakeDir("/out", 0700).ok());
    if (there) REQUIRE(fs.MakeDir("/out/dir2", 0700).ok());
    const uint64_t start = fs.attempts();
    const std::string before = Listing(fs);
    fs.FailAt(start + at, absl::UnavailableError("input/output error"));
    const auto result = RestoreCluster(ContextOf(fs), options);
    if (fs.attempts() <= start + at) break;  // it got to the end
    if (result.ok()) {
      CHECK(fs.List(options.output)->size() == 3);
      continue;
    }
    ++failures;
    CHECK(Listing(fs) == before);
    if (there) {
      CHECK(*fs.List("/out") == std::vector<std::string>{"dir2"});
      CHECK(fs.List("/out/dir2")->empty());
    }
  }
  CHECK(failures > 40);
}

TEST_CASE("an interrupt anywhere leaves nothing") {
  class Interrupt : public NoProgress {
   public:
    explicit Interrupt(int after) : left_(after) {}
    Status Update(uint64_t) override {
      return left_-- > 0 ? absl::OkStatus() : absl::CancelledError("interrupted");
    }
    int left() const { return left_; }

   private:
    int left_;
  };
  int stops = 0;
  for (int after = 0;; ++after) {
    MemFs fs;
    MakeSnapshot(fs);
    Interrupt progress(after);
    const auto result = RestoreCluster({fs, SystemClock(), progress, 1'000'000'000}, Options());
    if (result.ok()) break;
    ++stops;
    CHECK(absl::IsCancelled(result.status()));
    CHECK(Listing(fs) == "s.db ");
  }
  CHECK(stops >= 5);  // while copying, while copying to the others, after each log
}

TEST_CASE("a token is made of the time and something random") {
  ManualClock clock(int64_t{1'795'219'530} * 1'000'000'000);
  CHECK(MakeClusterToken(clock, 0x1234567890abcdef) == "cairn-restore-20261121-000530-90abcdef");
  CHECK(MakeClusterToken(clock, 1) == "cairn-restore-20261121-000530-00000001");
}

}  // namespace
}  // namespace cairn::offline
