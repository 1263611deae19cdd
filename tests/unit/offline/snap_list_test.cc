// tests/unit/offline/snap_list_test.cc: `.snap` files with and without the log's record of them,
// broken ones, and their neighbours.
#include "offline/inspect/snap_list.h"

#include "log_builder.h"

namespace cairn::offline {
namespace {

constexpr const char* kSnap = "/snap";

std::string Store() {
  return snap::WriteV2Store(
      {{{MemberId(0xa1), "m0", {"http://h:2380"}, {"http://h:2379"}, false}}, {}, "3.7.0"});
}

void WriteSnap(MemFs& fs, uint64_t term, uint64_t index, const std::string& store) {
  proto::ConfState state;
  state.voters = {0xa1};
  REQUIRE(snap::WriteSnapFile(
              fs, kSnap,
              {.data = store, .conf_state = state, .index = RaftIndex(index), .term = Term(term)})
              .ok());
}

struct Snaps : LogBuilder {
  Snaps() {
    REQUIRE(fs.MakeDir(kSnap, 0700).ok());
    std::vector<std::string> empty(20);
    Append(1, 1, empty);
  }
};

TEST_CASE("each file tells its record in the log, and which one servers start from") {
  Snaps snaps;
  for (const uint64_t index : {5, 10, 15, 30}) WriteSnap(snaps.fs, 1, index, Store());
  snaps.Snapshot(1, 5);
  snaps.Snapshot(1, 10);
  snaps.Snapshot(1, 30);  // and no commit index up to it
  snaps.Close();
  const auto listing = ListSnaps(snaps.context, kSnap, LogBuilder::kDir);
  REQUIRE_MESSAGE(listing.ok(), listing.status().ToString());
  using Record = SnapInfo::Record;
  std::vector<std::pair<uint64_t, Record>> told;
  for (const SnapInfo& info : listing->files) {
    CHECK(info.problem.empty());
    CHECK(info.conf_state.voters == std::vector<uint64_t>{0xa1});
    CHECK(info.membership.members[0].name == "m0");
    told.emplace_back(info.index, info.record);
  }
  CHECK(told == std::vector<std::pair<uint64_t, Record>>{{30, Record::kUncommitted},
                                                         {15, Record::kNone},
                                                         {10, Record::kCommitted},
                                                         {5, Record::kCommitted}});
  CHECK(listing->starts_from == "0000000000000001-000000000000000a.snap");
  CHECK(ListSnaps(snaps.context, kSnap, std::nullopt)->files[0].record == Record::kUnknown);
}

TEST_CASE("a broken file is told and passed over") {
  Snaps snaps;
  WriteSnap(snaps.fs, 1, 5, Store());
  WriteSnap(snaps.fs, 1, 10, Store());
  snaps.Snapshot(1, 5);
  snaps.Snapshot(1, 10);
  snaps.Close();
  const std::string newest = "/snap/0000000000000001-000000000000000a.snap";
  snaps.fs.FlipBit(newest, 40, 1);
  auto listing = ListSnaps(snaps.context, kSnap, LogBuilder::kDir);
  REQUIRE(listing.ok());
  CHECK(listing->files[0].problem.find("crc mismatch") != std::string::npos);
  CHECK(listing->files[0].index == 10);
  CHECK(listing->starts_from == "0000000000000001-0000000000000005.snap");
  // A file under another's name.
  snaps.Write(newest, snaps.Read("/snap/0000000000000001-0000000000000005.snap"));
  listing = ListSnaps(snaps.context, kSnap, LogBuilder::kDir);
  CHECK(listing->files[0].problem.find("its name says term 1, index 10") != std::string::npos);
}

TEST_CASE("damage in the log leaves unknown what it hides") {
  Snaps snaps;
  WriteSnap(snaps.fs, 1, 10, Store());
  snaps.Snapshot(1, 10);
  snaps.Close();
  snaps.fs.FlipBit(snaps.Path(0), 130, 1);
  const auto listing = ListSnaps(snaps.context, kSnap, LogBuilder::kDir);
  REQUIRE(listing.ok());
  CHECK(!listing->log_problem.empty());
  CHECK(listing->files[0].record == SnapInfo::Record::kUnknown);
  CHECK(listing->starts_from.empty());
}

TEST_CASE("the neighbours are named") {
  Snaps snaps;
  for (const char* name : {"db", "0000000000000010.snap.db", "tmp12345", "db.tmp.77", "tmpfile",
                           "0000000000000001-0000000000000005.snap.broken"}) {
    snaps.Write(JoinPath(kSnap, name), "x");
  }
  const auto listing = ListSnaps(snaps.context, kSnap, std::nullopt);
  REQUIRE(listing.ok());
  CHECK(listing->files.empty());
  std::string told;
  for (const SnapNeighbour& other : listing->others) told += other.name + ": " + other.what + "\n";
  CHECK(told ==
        "tmpfile: unknown\n"
        "tmp12345: left by a receive that did not end\n"
        "db.tmp.77: left by a defragmentation that did not end\n"
        "db: the db\n"
        "0000000000000010.snap.db: a db received from a leader, not yet taken over\n"
        "0000000000000001-0000000000000005.snap.broken: set aside by a server that could not read "
        "it\n");
}

TEST_CASE("keys of the v2 API are told") {
  Snaps snaps;
  std::string store = Store();
  const std::string node =
      R"("1":{"Path":"/1","CreatedIndex":0,"ModifiedIndex":0,"ExpireTime":"0001-01-01T00:00:00Z",)"
      R"("Value":"","Children":{"k":{"Path":"/1/k","CreatedIndex":1,"ModifiedIndex":1,)"
      R"("ExpireTime":"0001-01-01T00:00:00Z","Value":"v","Children":null}}})";
  const std::string empty =
      R"("1":{"Path":"/1","CreatedIndex":0,"ModifiedIndex":0,"ExpireTime":"0001-01-01T00:00:00Z",)"
      R"("Value":"","Children":{}})";
  const size_t at = store.find(empty);
  REQUIRE(at != std::string::npos);
  store.replace(at, empty.size(), node);
  WriteSnap(snaps.fs, 1, 5, store);
  WriteSnap(snaps.fs, 1, 6, Store());
  WriteSnap(snaps.fs, 1, 7, "no JSON");
  const auto listing = ListSnaps(snaps.context, kSnap, std::nullopt);
  REQUIRE(listing.ok());
  CHECK(listing->files[2].has_user_keys);
  CHECK(!listing->files[1].has_user_keys);
  CHECK(listing->files[0].problem.empty());
  CHECK(!listing->files[0].store_problem.empty());
  const auto one = ReadOneSnap(snaps.context, "/snap/0000000000000001-0000000000000005.snap");
  REQUIRE(one.ok());
  CHECK(one->files[0].has_user_keys);
}

}  // namespace
}  // namespace cairn::offline
