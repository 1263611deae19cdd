// tests/unit/offline/place_test.cc: what a path turns out to be, from a data directory to a file.
#include "offline/place.h"

#include <doctest/doctest.h>

#include <string>

#include "base/staged_output.h"
#include "sim/mem_fs.h"

namespace cairn::offline {
namespace {

struct Disk {
  void File(const std::string& path) {
    REQUIRE(MakeDirs(fs, DirName(path), 0700).ok());
    REQUIRE(WriteFileAtomically(fs, path, "content", 0600).ok());
  }
  void Dir(const std::string& path) { REQUIRE(MakeDirs(fs, path, 0700).ok()); }
  // "data dir|db|wal|snap", or the error.
  std::string Tell(const std::string& path) {
    const auto place = FindPlace(fs, path);
    if (!place.ok()) return std::string(Message(place.status()));
    return std::string(place->data_dir ? "yes" : "no") + "|" + place->db.value_or("-") + "|" +
           place->wal_dir.value_or("-") + "|" + place->snap_dir.value_or("-");
  }
  MemFs fs;
};

TEST_CASE("a data directory leads to its db, its log and its .snap files") {
  Disk disk;
  disk.File("/d/member/snap/db");
  disk.File("/d/member/wal/0000000000000000-0000000000000000.wal");
  CHECK(disk.Tell("/d") == "yes|/d/member/snap/db|/d/member/wal|/d/member/snap");
  CHECK(disk.Tell("/d///") == "yes|/d/member/snap/db|/d/member/wal|/d/member/snap");
  CHECK(disk.Tell("/d/member") == "no|/d/member/snap/db|/d/member/wal|/d/member/snap");
  CHECK(disk.Tell("/d/member/snap") == "no|/d/member/snap/db|-|/d/member/snap");
  CHECK(disk.Tell("/d/member/wal") == "no|-|/d/member/wal|-");
  CHECK(disk.Tell("/d/member/snap/db") == "no|/d/member/snap/db|-|-");
}

TEST_CASE("a part that is missing is nothing, and asking for it tells what there is") {
  Disk disk;
  disk.File("/d/member/wal/0000000000000000-0000000000000000.wal");
  const auto place = FindPlace(disk.fs, "/d");
  REQUIRE(place.ok());
  CHECK(disk.Tell("/d") == "yes|-|/d/member/wal|-");
  CHECK(Message(NeedDb(*place).status()) ==
        "/d holds no db (a db file or snapshot, or member/snap/db; found: a log /d/member/wal)");
  CHECK(*NeedLog(disk.fs, *place, "") == "/d/member/wal");
  CHECK(NeedSnapDir(*place).status().code() == absl::StatusCode::kInvalidArgument);

  disk.File("/backup.db");
  const auto file = FindPlace(disk.fs, "/backup.db");
  REQUIRE(file.ok());
  CHECK(*NeedDb(*file) == "/backup.db");
  CHECK(Message(NeedLog(disk.fs, *file, "").status()) ==
        "/backup.db holds no log (member/wal, or a directory with *.wal; found: a db /backup.db)");

  disk.Dir("/empty/member");
  const auto empty = FindPlace(disk.fs, "/empty");
  REQUIRE(empty.ok());
  CHECK(empty->data_dir);
  CHECK(Message(NeedDb(*empty).status()) ==
        "/empty holds no db (a db file or snapshot, or member/snap/db; nothing of a member is in "
        "it)");
}

TEST_CASE("directories that were copied out of a member are known by what lies in them") {
  Disk disk;
  disk.File("/log/0000000000000000-0000000000000000.wal");
  disk.File("/snaps/0000000000000002-0000000000000008.snap");
  disk.File("/dbs/db");
  CHECK(disk.Tell("/log") == "no|-|/log|-");
  CHECK(disk.Tell("/snaps") == "no|-|-|/snaps");
  CHECK(disk.Tell("/dbs") == "no|/dbs/db|-|/dbs");
}

TEST_CASE("a path with nothing of etcd's is an error that says what was looked for") {
  Disk disk;
  disk.Dir("/other");
  disk.File("/other/.wal");
  CHECK(disk.Tell("/other") ==
        "/other is not a data directory (member/), and no log (*.wal), .snap file or db lies in "
        "it");
  CHECK(FindPlace(disk.fs, "/none").status().code() == absl::StatusCode::kNotFound);
  CHECK(disk.Tell("/none").find("/none") != std::string::npos);
}

TEST_CASE("a file is taken for a db, whatever its name") {
  Disk disk;
  disk.File("/backup-2024");
  CHECK(disk.Tell("/backup-2024") == "no|/backup-2024|-|-");
}

const std::string kSegment = "0000000000000000-0000000000000000.wal";

TEST_CASE("a data directory is found by its own name or by its member/") {
  Disk disk;
  disk.File("/d/member/snap/db");
  CHECK(*FindDataDir(disk.fs, "/d/") == "/d");
  CHECK(*FindDataDir(disk.fs, "/d/member") == "/d");
  CHECK(Message(FindDataDir(disk.fs, "/d/member/snap").status()).find("no data directory") !=
        std::string::npos);
  CHECK(absl::IsNotFound(FindDataDir(disk.fs, "/none").status()));
}

TEST_CASE("a log is found in the data directory, or where --wal-dir says") {
  Disk disk;
  disk.File("/d/member/snap/db");
  disk.File("/w/" + kSegment);
  CHECK(*FindLog(disk.fs, "/d", "/w/") == "/w");
  CHECK(Message(FindLog(disk.fs, "/d", "").status()) ==
        "no log under /d/member/wal: is it elsewhere (--wal-dir)?");
  disk.Dir("/d/member/wal");
  disk.File("/d/member/wal/0.tmp");
  CHECK(Message(FindLog(disk.fs, "/d", "").status()) ==
        "no log under /d/member/wal: is it elsewhere (--wal-dir)?");
  disk.File("/d/member/wal/" + kSegment);
  CHECK(*FindLog(disk.fs, "/d", "") == "/d/member/wal");

  const auto place = FindPlace(disk.fs, "/d");
  REQUIRE(place.ok());
  CHECK(*NeedLog(disk.fs, *place, "/w") == "/w");
  const auto log = FindPlace(disk.fs, "/w");
  REQUIRE(log.ok());
  CHECK(*NeedLog(disk.fs, *log, "") == "/w");
  CHECK(absl::IsInvalidArgument(NeedLog(disk.fs, *log, "/w").status()));
}

TEST_CASE("a wrong --wal-dir is told, with the log that lies below it") {
  Disk disk;
  disk.File("/d/member/snap/db");
  disk.File("/e/member/wal/" + kSegment);
  CHECK(Message(FindLog(disk.fs, "/d", "/e").status()) ==
        "no log under /e (--wal-dir): no *.wal file lies there; one lies in /e/member/wal");
  CHECK(Message(FindLog(disk.fs, "/d", "/e/member").status()) ==
        "no log under /e/member (--wal-dir): no *.wal file lies there; one lies in /e/member/wal");
  CHECK(absl::IsNotFound(FindLog(disk.fs, "/d", "/none").status()));
}

TEST_CASE("what may not be looked up is told as that, and never as missing") {
  Disk disk;
  disk.File("/d/member/snap/db");
  disk.Dir("/d/member/wal");
  disk.File("/d/member/wal/" + kSegment);
  for (const char* shut : {"/d", "/d/member", "/d/member/snap"}) {
    CAPTURE(shut);
    disk.fs.SetMode(shut, 0);
    CHECK(absl::IsPermissionDenied(FindPlace(disk.fs, "/d").status()));
    disk.fs.SetMode(shut, 0700);
  }
  for (const std::string& shut :
       {std::string("/d/member"), std::string("/d/member/wal"), "/d/member/wal/" + kSegment}) {
    CAPTURE(shut);
    disk.fs.SetMode(shut, 0);
    CHECK(absl::IsPermissionDenied(FindLog(disk.fs, "/d", "").status()));
    disk.fs.SetMode(shut, 0700);
  }
}

}  // namespace
}  // namespace cairn::offline
