// tests/unit/offline/place_test.cc: what a path turns out to be, from a data directory to a file.
#include "offline/place.h"

#include <doctest/doctest.h>

#include <string>

#include "base/mem_fs.h"

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
  CHECK(*NeedWalDir(*place) == "/d/member/wal");
  CHECK(NeedSnapDir(*place).status().code() == absl::StatusCode::kInvalidArgument);

  disk.File("/backup.db");
  const auto file = FindPlace(disk.fs, "/backup.db");
  REQUIRE(file.ok());
  CHECK(*NeedDb(*file) == "/backup.db");
  CHECK(Message(NeedWalDir(*file).status()) ==
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
        "/other is no data directory (member/), and no log (*.wal), .snap file or db lies in it");
  CHECK(FindPlace(disk.fs, "/none").status().code() == absl::StatusCode::kNotFound);
  CHECK(disk.Tell("/none").find("/none") != std::string::npos);
}

TEST_CASE("a file is taken for a db, whatever its name") {
  Disk disk;
  disk.File("/backup-2024");
  CHECK(disk.Tell("/backup-2024") == "no|/backup-2024|-|-");
}

}  // namespace
}  // namespace cairn::offline
