// tests/unit/snap/snap_file_test.cc: snapshot files of all releases, damaged ones, and our own.
#include "snap/snap_file.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/staged_output.h"
#include "sim/mem_fs.h"

namespace cairn::snap {

namespace {

const std::vector<std::string> kReleases = {"3.4.23", "3.5.33", "3.6.14", "3.7.1"};

std::string SamplePath(const std::string& release) {
  return std::string(CAIRN_FIXTURES_DIR) + "/snap/" + release + "-cluster.snap";
}

Status Put(Fs& fs, const std::string& path, std::string_view content) {
  return WriteFileAtomically(fs, path, content, 0600);
}

}  // namespace

TEST_CASE("a snapshot file of every release is read, and written again byte for byte") {
  for (const std::string& release : kReleases) {
    CAPTURE(release);
    const auto bytes = ReadWholeFile(PosixFs(), SamplePath(release), 1 << 20);
    REQUIRE(bytes.ok());
    const auto snap = ReadSnapFile(PosixFs(), SamplePath(release));
    REQUIRE_MESSAGE(snap.ok(), Message(snap.status()));
    CHECK(snap->index == RaftIndex(0x12e));
    CHECK(snap->term == Term(2));
    CHECK(snap->conf_state.voters.size() == 3);
    CHECK(snap->conf_state.auto_leave == false);
    CHECK(snap->data.starts_with("{\"Root\""));

    MemFs fs;
    const auto path = WriteSnapFile(fs, "/",
                                    {.data = snap->data,
                                     .conf_state = snap->conf_state,
                                     .index = snap->index,
                                     .term = snap->term});
    REQUIRE_MESSAGE(path.ok(), Message(path.status()));
    CHECK(*path == "/0000000000000002-000000000000012e.snap");
    const auto again = ReadWholeFile(fs, *path, 1 << 20);
    REQUIRE(again.ok());
    CHECK(*again == *bytes);
  }
}

TEST_CASE("a snapshot file with any byte changed, or cut anywhere, is broken") {
  const auto bytes = ReadWholeFile(PosixFs(), SamplePath("3.7.1"), 1 << 20);
  REQUIRE(bytes.ok());
  MemFs fs;
  for (size_t i = 0; i < bytes->size(); i += 1 + i / 50) {
    CAPTURE(i);
    std::string changed = *bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    REQUIRE(Put(fs, "/a.snap", changed).ok());
    CHECK(absl::IsDataLoss(ReadSnapFile(fs, "/a.snap").status()));
    REQUIRE(Put(fs, "/a.snap", std::string_view(*bytes).substr(0, i)).ok());
    const auto cut = ReadSnapFile(fs, "/a.snap");
    CHECK(absl::IsDataLoss(cut.status()));
    CHECK(Message(cut.status()).find("/a.snap") != std::string_view::npos);
  }
}

TEST_CASE(
    "the newest file that the log knows of is loaded; orphans are passed over, broken ones told") {
  MemFs fs;
  const auto write = [&](uint64_t term, uint64_t index) {
    const auto path =
        WriteSnapFile(fs, "/", {.data = "{}", .index = RaftIndex(index), .term = Term(term)});
    REQUIRE(path.ok());
  };
  write(1, 10);
  write(2, 20);
  write(2, 30);
  write(3, 40);
  REQUIRE(Put(fs, "/db", "x").ok());
  REQUIRE(Put(fs, "/0000000000000014.snap.db", "x").ok());
  REQUIRE(Put(fs, "/0000000000000002-000000000000001e.snap", "broken").ok());
  const auto names = ListSnapFiles(fs, "/");
  REQUIRE(names.ok());
  REQUIRE(names->size() == 4);
  CHECK(names->front() == SnapName{.term = Term(3), .index = RaftIndex(40)});

  const std::vector<proto::WalSnapshot> valid = {{},
                                                 {.index = RaftIndex(10), .term = Term(1)},
                                                 {.index = RaftIndex(20), .term = Term(2)},
                                                 {.index = RaftIndex(30), .term = Term(2)}};
  const auto newest = LoadNewestSnap(fs, "/", valid);
  REQUIRE(newest.ok());
  REQUIRE(newest->snapshot.has_value());
  CHECK(newest->snapshot->index == RaftIndex(20));
  CHECK(newest->path == "/0000000000000002-0000000000000014.snap");
  REQUIRE(newest->broken.size() == 1);
  REQUIRE(SetAside(fs, newest->broken[0].path).ok());
  CHECK(Exists(fs, "/0000000000000002-000000000000001e.snap.broken"));
  CHECK(ListSnapFiles(fs, "/")->size() == 3);

  const auto none = LoadNewestSnap(fs, "/", {});
  REQUIRE(none.ok());
  CHECK_FALSE(none->snapshot.has_value());
  CHECK(absl::IsInvalidArgument(WriteSnapFile(fs, "/", {.data = "{}"}).status()));
}

}  // namespace cairn::snap
