// tests/unit/offline/crash_test.cc: restore, defrag and migrate lose power, or meet an error, at
// every operation. What was there is whole afterwards, or what should come is; never a half.
#include <doctest/doctest.h>

#include "offline/defrag.h"
#include "offline/inspect/hash_kv.h"
#include "offline/migrate.h"
#include "offline/restore/restore.h"
#include "sample_snapshot.h"
#include "sim/crash_states.h"
#include "sim/mem_fs.h"

namespace cairn::offline {
namespace {

constexpr uint64_t kSeed = 20261121;

NoProgress no_progress;

Context ContextOf(MemFs& fs) { return {fs, SystemClock(), no_progress, 1'000'000'000}; }

RestoreOptions Options() {
  return {.snapshot_path = "/s.db",
          .data_dir = "/d",
          .initial_cluster = "default=http://127.0.0.1:2380",
          .initial_cluster_token = "t",
          .advertise_peer_urls = "http://127.0.0.1:2380"};
}

void CheckWhole(MemFs& fs, const std::string& path) { CheckWhole(ContextOf(fs), path); }

TEST_CASE("a restore that loses power leaves nothing under its name, or all of it") {
  MemFs fs;
  MakeSnapshot(fs);
  REQUIRE(Restore(ContextOf(fs), Options()).ok());
  CheckWhole(fs, "/d");
  size_t absent = 0;
  size_t whole = 0;
  const size_t states = CrashStates().ForEveryNth(
      fs, 0, 1, kSeed,
      [&](size_t op, std::unique_ptr<MemFs> after, const std::string& description) {
        CAPTURE(op);
        CAPTURE(description);
        if (Exists(*after, "/d")) {
          ++whole;
          CheckWhole(*after, "/d");
          return;
        }
        ++absent;
        if (absent % 50 != 0) return;
        // What is left of it doesn't stand in the way.
        REQUIRE(Restore(ContextOf(*after), Options()).ok());
        CheckWhole(*after, "/d");
      });
  MESSAGE("restore: " << states << " states, " << absent << " without, " << whole << " whole");
  CHECK(absent > 0);
  CHECK(whole > 0);
}

TEST_CASE("a restore that meets an error anywhere says so and leaves nothing") {
  RestoreOptions options = Options();
  bool into_existing = false;
  SUBCASE("into a new directory") {}
  SUBCASE("into an empty directory") { into_existing = true; }
  SUBCASE("with a log directory of its own") { options.wal_dir = "/w/log"; }
  SUBCASE("both") {
    into_existing = true;
    options.wal_dir = "/w/log";
  }
  const auto prepare = [&](MemFs& fs) {
    MakeSnapshot(fs);
    if (into_existing) REQUIRE(fs.MakeDir("/d", 0700).ok());
    if (!options.wal_dir.empty()) REQUIRE(fs.MakeDir("/w", 0700).ok());
  };
  uint64_t failures = 0;
  for (uint64_t at = 0;; ++at) {
    CAPTURE(at);
    MemFs fs;
    prepare(fs);
    const uint64_t start = fs.attempts();
    const std::string before = Listing(fs);
    fs.FailAt(start + at, absl::UnavailableError("input/output error"));
    const auto result = Restore(ContextOf(fs), options);
    if (fs.attempts() <= start + at) break;  // it got to the end
    if (result.ok()) {
      CHECK(Exists(fs, DbPath("/d")));  // an operation whose failure does no harm
      continue;
    }
    ++failures;
    CHECK(Listing(fs) == before);
    if (into_existing) CHECK(fs.List("/d")->empty());
    if (!options.wal_dir.empty()) CHECK(fs.List("/w")->empty());
  }
  CHECK(failures > 20);
}

TEST_CASE("a full disk stops restore and defrag with nothing left and nothing changed") {
  for (uint64_t budget = 0; budget < 100'000; budget += 9'973) {
    CAPTURE(budget);
    MemFs fs;
    MakeSnapshot(fs);
    fs.SetByteBudget(budget);
    CHECK_FALSE(Restore(ContextOf(fs), Options()).ok());
    CHECK(Listing(fs) == "s.db ");
    fs.RemoveByteBudget();
    REQUIRE(Restore(ContextOf(fs), Options()).ok());
    const std::string db = ReadAll(fs, DbPath("/d"));
    fs.SetByteBudget(budget / 5);
    const auto done = Defragment(ContextOf(fs), "/d");
    if (!done.ok()) CHECK(ReadAll(fs, DbPath("/d")) == db);
    CHECK(fs.List(SnapDir("/d"))->size() == 2);
    CheckWhole(fs, "/d");
  }
}

TEST_CASE("a defrag or migrate that loses power leaves the old file or the new one") {
  MemFs fs;
  MakeSnapshot(fs);
  REQUIRE(Restore(ContextOf(fs), Options()).ok());
  const auto hash = HashKv(ContextOf(fs), DbPath("/d"), 0);
  REQUIRE(hash.ok());
  fs.Settle();
  REQUIRE(Defragment(ContextOf(fs), "/d").ok());
  REQUIRE(Migrate(ContextOf(fs), "/d", cluster::kVersion36, false).ok());
  CheckWhole(fs, "/d");
  const size_t states = CrashStates().ForEveryNth(
      fs, 0, 1, kSeed,
      [&](size_t op, std::unique_ptr<MemFs> after, const std::string& description) {
        CAPTURE(op);
        CAPTURE(description);
        CheckWhole(*after, "/d");
        const auto now = HashKv(ContextOf(*after), DbPath("/d"), 0);
        REQUIRE(now.ok());
        CHECK(now->hash == hash->hash);
        // A temporary file that was left is in nobody's way, and the next defrag takes it along.
        REQUIRE(Defragment(ContextOf(*after), "/d").ok());
        CHECK(after->List(SnapDir("/d"))->size() == 2);
      });
  MESSAGE("defrag and migrate: " << states << " states");
  CHECK(states > 10);
}

}  // namespace
}  // namespace cairn::offline
