// tests/unit/wal/samples_test.cc: logs of etcd 3.4 to 3.7. The samples are the first records of
// real members' logs and 4 KiB of the zeros that follow; see tests/fixtures/README.md.
#include <doctest/doctest.h>

#include <cstdlib>

#include "base/staged_output.h"
#include "log_samples.h"
#include "sim/mem_fs.h"

namespace cairn::wal {

namespace {

const std::string kName = "0000000000000000-0000000000000000.wal";

// The sample of a release as the only segment of "/wal".
std::string Load(Fs& fs, const std::string& release) {
  const auto bytes = ReadWholeFile(
      PosixFs(), std::string(CAIRN_FIXTURES_DIR) + "/wal/" + release + "-auth.wal", 1 << 20);
  CAIRN_REQUIRE_OK(bytes.status());
  CAIRN_REQUIRE_OK(fs.MakeDir("/wal", 0700));
  CAIRN_REQUIRE_OK(WriteFileAtomically(fs, "/wal/" + kName, *bytes, 0600));
  return *bytes;
}

}  // namespace

TEST_CASE("logs of all releases are read, and go on being written") {
  for (const char* release : {"3.4.23", "3.5.33", "3.6.14", "3.7.1"}) {
    CAPTURE(release);
    MemFs fs;
    Load(fs, release);
    EntryCollector collector;
    auto opened = Log::Open(fs, "/wal", {}, collector, {});
    CAIRN_REQUIRE_OK(opened.status());
    CHECK(opened->summary.end == SegmentEnd::kClean);
    const auto metadata = proto::DecodeMemberMetadata(opened->summary.metadata);
    CAIRN_REQUIRE_OK(metadata.status());
    CHECK(metadata->node_id.value != 0);
    CHECK(metadata->cluster_id.value != 0);
    CHECK(opened->summary.hard_state.vote == metadata->node_id);
    const uint64_t last = opened->summary.last_index.value;
    CHECK(last > 30);
    REQUIRE(collector.entries().size() == last);
    // The first entry adds the only member.
    CHECK(collector.entries()[0].type == proto::EntryType::kConfChange);
    const auto change = proto::DecodeConfChange(collector.entries()[0].data);
    CAIRN_REQUIRE_OK(change.status());
    CHECK(change->node_id == metadata->node_id);
    CHECK(change->context.starts_with("{\"id\":"));

    CAIRN_REQUIRE_OK(AppendOne(*opened->log, last + 1, 2));
    CAIRN_REQUIRE_OK(opened->log->Close());
    CHECK(ReadAll(fs, "/wal")->entries.size() == last + 1);
  }
}

TEST_CASE("what a log of 3.7 holds is written again byte for byte") {
  MemFs fs;
  const std::string bytes = Load(fs, "3.7.1");
  const auto file = fs.Open("/wal/" + kName, {});
  REQUIRE(file.ok());
  SegmentReader reader(**file, 0, SegmentPlace::kLast);
  std::string again;
  uint32_t crc = 0;
  while (true) {
    const auto record = reader.Next();
    CAIRN_REQUIRE_OK(record.status());
    if (!*record) break;
    std::string data;
    switch ((*record)->type) {
      case RecordType::kMetadata:
        proto::AppendMemberMetadata(data, *proto::DecodeMemberMetadata((*record)->data));
        break;
      case RecordType::kEntry: {
        const auto entry = proto::DecodeEntry((*record)->data);
        CAIRN_REQUIRE_OK(entry.status());
        proto::AppendEntry(data, *entry);
        CHECK(data.size() == proto::EntrySize(*entry));
        break;
      }
      case RecordType::kState:
        proto::AppendHardState(data, *proto::DecodeHardState((*record)->data));
        break;
      case RecordType::kSnapshot:
        proto::AppendWalSnapshot(data, *proto::DecodeWalSnapshot((*record)->data));
        break;
      case RecordType::kCrc:
        break;
    }
    AppendRecord(again, (*record)->type, data, crc);
  }
  CHECK(again == bytes.substr(0, reader.good_bytes()));
}

TEST_CASE("the whole logs of real members are read from the snapshots they name") {
  const char* root = std::getenv("CAIRN_FIXTURES");
  if (root == nullptr) return;
  for (const char* release : {"3.4.23", "3.5.33", "3.6.14", "3.7.1"}) {
    for (const char* kind : {"single", "auth", "cluster"}) {
      const std::string base = JoinPath(JoinPath(root, release), kind);
      std::string dir = base + "/data/m0.etcd/member/wal";
      if (!Exists(PosixFs(), dir)) dir = base + "/m0.etcd/member/wal";
      if (!Exists(PosixFs(), dir)) continue;
      CAPTURE(dir);
      const auto snapshots = ValidSnapshotEntries(PosixFs(), dir);
      CAIRN_REQUIRE_OK(snapshots.status());
      CHECK(snapshots->size() == 3);
      for (const proto::WalSnapshot& snapshot : *snapshots) {
        const auto read = ReadAll(PosixFs(), dir, {snapshot.index, snapshot.term});
        CAIRN_REQUIRE_OK(read.status());
        CHECK(read->summary.end == SegmentEnd::kClean);
        CHECK(read->entries.front().index.value == snapshot.index.value + 1);
        CHECK(read->entries.back().index == read->summary.last_index);
        CHECK(read->summary.hard_state.commit <= read->summary.last_index);
      }
    }
  }
}

}  // namespace cairn::wal
