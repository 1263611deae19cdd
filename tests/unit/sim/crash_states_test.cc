// tests/unit/sim/crash_states_test.cc: which states a power loss may leave, and that forgotten
// syncs are found.
#include "sim/crash_states.h"

#include <doctest/doctest.h>

#include <functional>
#include <set>
#include <string>

#include "../base/files.h"

namespace cairn {

namespace {

std::string ContentOrError(Fs& fs, const std::string& path) {
  const auto content = ReadWholeFile(fs, path, 1 << 20);
  return content.ok() ? *content : std::string(Message(content.status()));
}

// All contents that `path` may have after a power loss now.
std::set<std::string> Contents(const MemFs& fs, const std::string& path) {
  std::set<std::string> contents;
  CrashStates().ForEach(fs, fs.op_count(), 1,
                        [&](std::unique_ptr<MemFs> state, const std::string&) {
                          contents.insert(ContentOrError(*state, path));
                        });
  return contents;
}

const std::string kMissing = "open /f: no such file or directory";

// A database of one file that is replaced by a new one for each commit. The flags leave out a sync.
struct Database {
  MemFs& fs;
  bool sync_file = true;
  bool sync_dir = true;

  void Commit(int n) {
    const auto file = Create(fs, "/new");
    REQUIRE(file->WriteAt(0, std::string(2000, static_cast<char>('a' + n))).ok());
    if (sync_file) REQUIRE(file->Sync().ok());
    REQUIRE(fs.Rename("/new", "/db").ok());
    if (sync_dir) REQUIRE(fs.SyncDir("/").ok());
  }
};

// How many states break the promise "the last acknowledged commit or the one after it, whole".
int Violations(bool sync_file, bool sync_dir) {
  MemFs fs;
  Database database{fs, sync_file, sync_dir};
  std::vector<size_t> acknowledged;
  for (int n = 0; n < 5; ++n) {
    database.Commit(n);
    acknowledged.push_back(fs.op_count());
  }
  int violations = 0;
  const size_t states = CrashStates().ForEveryNth(
      fs, 0, 1, 1, [&](size_t op, std::unique_ptr<MemFs> state, const std::string&) {
        size_t commits = 0;
        while (commits < acknowledged.size() && acknowledged[commits] <= op) ++commits;
        const std::string content = ContentOrError(*state, "/db");
        const auto is = [&](size_t count) {
          if (count == 0) return !Exists(*state, "/db");
          return content == std::string(2000, static_cast<char>('a' + count - 1));
        };
        if (!is(commits) && !is(commits + 1)) ++violations;
      });
  CHECK(states > fs.op_count());
  return violations;
}

}  // namespace

TEST_CASE("a file is there only when its directory was synced, and its data only when it was") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  REQUIRE(file->WriteAt(0, "data").ok());
  REQUIRE(file->Sync().ok());
  CHECK(Contents(fs, "/f") == std::set<std::string>{kMissing, "data"});
  REQUIRE(fs.SyncDir("/").ok());
  CHECK(Contents(fs, "/f") == std::set<std::string>{"data"});
  REQUIRE(file->WriteAt(0, "DATA").ok());
  CHECK(Contents(fs, "/f") == std::set<std::string>{"data", "DATA"});
  REQUIRE(file->WriteAt(4, "+").ok());
  CHECK(Contents(fs, "/f") == std::set<std::string>{"data", "DATA", "DATA+", "data+",
                                                    std::string("data\0", 5),
                                                    std::string("DATA\0", 5)});
}

TEST_CASE("a name without synced data has any of it") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  REQUIRE(file->WriteAt(0, "ab").ok());
  REQUIRE(fs.SyncDir("/").ok());
  CHECK(Contents(fs, "/f") == std::set<std::string>{"", std::string("\0\0", 2), "ab"});
}

TEST_CASE("un-synced writes may reach the disk in any order") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  REQUIRE(file->WriteAt(0, "---").ok());
  REQUIRE(file->Sync().ok());
  REQUIRE(fs.SyncDir("/").ok());
  for (int i = 0; i < 3; ++i) REQUIRE(file->WriteAt(i, "X").ok());
  CHECK(Contents(fs, "/f") ==
        std::set<std::string>{"---", "X--", "-X-", "--X", "XX-", "X-X", "-XX", "XXX"});
}

TEST_CASE("a write is torn at 512-byte sectors of the file") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  REQUIRE(file->WriteAt(0, std::string(1536, '-')).ok());
  REQUIRE(file->Sync().ok());
  REQUIRE(fs.SyncDir("/").ok());
  REQUIRE(file->WriteAt(500, std::string(600, 'X')).ok());
  const std::string old(1536, '-');
  const auto with = [&](size_t from, size_t to) {
    std::string s = old;
    return s.replace(from, to - from, to - from, 'X');
  };
  const std::set<std::string> contents = Contents(fs, "/f");
  CHECK(contents == std::set<std::string>{old, with(500, 512), with(500, 1024), with(500, 1100),
                                          with(512, 1100), with(1024, 1100)});
}

TEST_CASE("a truncation may be lost, and what it cut does not come back as data after it") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  REQUIRE(file->WriteAt(0, "abcd").ok());
  REQUIRE(file->Sync().ok());
  REQUIRE(fs.SyncDir("/").ok());
  REQUIRE(file->Truncate(1).ok());
  CHECK(Contents(fs, "/f") == std::set<std::string>{"a", "abcd"});
  REQUIRE(file->Sync().ok());
  CHECK(Contents(fs, "/f") == std::set<std::string>{"a"});
  REQUIRE(file->Allocate(3).ok());
  CHECK(Contents(fs, "/f") == std::set<std::string>{"a", std::string("a\0\0", 3)});
}

TEST_CASE("a directory keeps a prefix of its changes") {
  MemFs fs;
  for (const char* path : {"/a", "/b", "/c"}) Create(fs, path);
  REQUIRE(fs.RemoveFile("/a").ok());
  std::set<std::string> listings;
  CrashStates().ForEach(fs, fs.op_count(), 1,
                        [&](std::unique_ptr<MemFs> state, const std::string&) {
                          std::string all;
                          const auto names = state->List("/");
                          for (const std::string& name : names.value()) all += name;
                          listings.insert(all);
                        });
  CHECK(listings == std::set<std::string>{"", "a", "ab", "abc", "bc"});
}

TEST_CASE("a move between directories happens in both or in none") {
  MemFs fs;
  REQUIRE(fs.MakeDir("/x", 0700).ok());
  REQUIRE(fs.MakeDir("/y", 0700).ok());
  Create(fs, "/x/f");
  fs.Settle();
  REQUIRE(fs.Rename("/x/f", "/y/f").ok());
  size_t states = CrashStates().ForEach(fs, 1, 1, [](std::unique_ptr<MemFs> state, const auto&) {
    CHECK(Exists(*state, "/x/f") != Exists(*state, "/y/f"));
  });
  CHECK(states == 2);
  REQUIRE(fs.SyncDir("/y").ok());
  states = CrashStates().ForEach(fs, 2, 1, [](std::unique_ptr<MemFs> state, const auto&) {
    CHECK_FALSE(Exists(*state, "/x/f"));
    CHECK(Exists(*state, "/y/f"));
  });
  CHECK(states == 1);
}

TEST_CASE("what is in a directory goes with it when its own name was not synced") {
  MemFs fs;
  REQUIRE(fs.MakeDir("/d", 0700).ok());
  const auto file = Create(fs, "/d/f");
  REQUIRE(file->Sync().ok());
  REQUIRE(fs.SyncDir("/d").ok());
  std::set<bool> there;
  CrashStates().ForEach(fs, fs.op_count(), 1, [&](std::unique_ptr<MemFs> state, const auto&) {
    there.insert(Exists(*state, "/d/f"));
  });
  CHECK(there == std::set<bool>{false, true});
}

TEST_CASE("a database that syncs all it must has no violation; a forgotten sync is found") {
  CHECK(Violations(true, true) == 0);
  CHECK(Violations(false, true) > 0);
  CHECK(Violations(true, false) > 0);
}

TEST_CASE("many pending writes give a systematic set, the same for the same seed") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  for (int i = 0; i < 30; ++i) REQUIRE(file->WriteAt(i * 4096, std::string(4096, 'x')).ok());
  const auto run = [&](uint64_t seed) {
    std::string all;
    CrashStates().ForEach(fs, fs.op_count(), seed,
                          [&](std::unique_ptr<MemFs> state, const std::string& description) {
                            all += description + ContentOrError(*state, "/f");
                          });
    return std::hash<std::string>()(all);
  };
  CHECK(run(1) == run(1));
  CHECK(run(1) != run(2));
}

}  // namespace cairn
