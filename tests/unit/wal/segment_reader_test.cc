// tests/unit/wal/segment_reader_test.cc: segments that are whole, cut, torn and damaged.
#include "wal/segment_reader.h"

#include <doctest/doctest.h>

#include <vector>

#include "log_samples.h"
#include "sim/mem_fs.h"
#include "wal/repair.h"

namespace cairn::wal {

namespace {

const std::string kPath = "/wal/0000000000000000-0000000000000000.wal";

// A segment of `count` records and where each ends.
struct Sample {
  std::string bytes;
  std::vector<uint64_t> ends;
  std::vector<std::string> data;
};

Sample MakeSample(size_t count, size_t data_bytes) {
  Sample sample;
  uint32_t crc = 0;
  AppendRecord(sample.bytes, RecordType::kCrc, {}, crc);
  sample.ends.push_back(sample.bytes.size());
  sample.data.emplace_back();
  for (size_t i = 1; i < count; ++i) {
    sample.data.push_back(SampleData(i, data_bytes + i % 5));
    AppendRecord(sample.bytes, RecordType::kEntry, sample.data.back(), crc);
    sample.ends.push_back(sample.bytes.size());
  }
  return sample;
}

struct Outcome {
  size_t records = 0;
  SegmentEnd end = SegmentEnd::kClean;
  uint64_t good_bytes = 0;
  std::string problem;
};

// Reads `bytes` as a segment; every record must be the sample's.
Outcome Read(std::string_view bytes, const Sample& sample, SegmentPlace place) {
  MemFs fs;
  const auto file = fs.Open("/s", {.write = true, .create = true});
  REQUIRE(file.ok());
  REQUIRE((*file)->WriteAt(0, bytes).ok());
  SegmentReader reader(**file, 0, place);
  Outcome outcome;
  while (true) {
    const auto record = reader.Next();
    REQUIRE_MESSAGE(record.ok(), Message(record.status()));
    if (!*record) break;
    REQUIRE(outcome.records < sample.data.size());
    REQUIRE((*record)->data == sample.data[outcome.records]);
    ++outcome.records;
  }
  CHECK_FALSE(reader.Next()->has_value());
  outcome.end = reader.end();
  outcome.good_bytes = reader.good_bytes();
  outcome.problem = Message(reader.problem());
  return outcome;
}

}  // namespace

TEST_CASE("a record cut in half is a torn tail, and everything before it is returned") {
  const Sample sample = MakeSample(9, 70);
  size_t whole = 0;
  for (size_t n = 0; n <= sample.bytes.size(); ++n) {
    CAPTURE(n);
    while (whole < sample.ends.size() && sample.ends[whole] <= n) ++whole;
    const uint64_t end = whole == 0 ? 0 : sample.ends[whole - 1];
    const Outcome last = Read(sample.bytes.substr(0, n), sample, SegmentPlace::kLast);
    CHECK(last.records == whole);
    CHECK(last.good_bytes == end);
    CHECK(last.end == (end == n ? SegmentEnd::kClean : SegmentEnd::kTornTail));
    const Outcome inner = Read(sample.bytes.substr(0, n), sample, SegmentPlace::kInner);
    CHECK(inner.records == whole);
    CHECK(inner.end == (end == n ? SegmentEnd::kClean : SegmentEnd::kCorrupt));
  }
}

TEST_CASE(
    "a sector that was never written is a torn tail or a clean end, in the last segment only") {
  const Sample sample = MakeSample(12, 400);
  for (size_t sector = 0; sector * kSectorBytes < sample.bytes.size(); ++sector) {
    CAPTURE(sector);
    std::string torn = sample.bytes;
    const size_t at = sector * kSectorBytes;
    const size_t n = std::min<size_t>(kSectorBytes, torn.size() - at);
    torn.replace(at, n, n, '\0');
    torn.resize(torn.size() + 4096);
    const Outcome last = Read(torn, sample, SegmentPlace::kLast);
    CHECK(last.end != SegmentEnd::kCorrupt);
    CHECK(last.good_bytes <= at + n);
    const Outcome inner = Read(torn, sample, SegmentPlace::kInner);
    CHECK(inner.end != SegmentEnd::kTornTail);
    CHECK(inner.records == last.records);
    if (last.end == SegmentEnd::kTornTail) CHECK(inner.end == SegmentEnd::kCorrupt);
  }
}

TEST_CASE("any changed byte is found before its record is returned, and its offset is named") {
  const Sample sample = MakeSample(9, 70);
  std::string bytes = sample.bytes;
  for (size_t i = 0; i < sample.bytes.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      CAPTURE(i);
      CAPTURE(bit);
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      const Outcome outcome = Read(bytes, sample, SegmentPlace::kLast);
      bytes[i] = sample.bytes[i];
      // Padding may hold anything, and the crc of the first record starts the chain.
      size_t record = 0;
      while (sample.ends[record] <= i) ++record;
      CHECK(outcome.records >= record);
      if (outcome.records == sample.data.size()) {
        CHECK(outcome.end == SegmentEnd::kClean);
        continue;
      }
      CHECK(outcome.end != SegmentEnd::kClean);
      CHECK(outcome.problem.find("/s: offset ") == 0);
    }
  }
}

TEST_CASE("a changed byte of an entry's data is corruption, not a torn tail") {
  const Sample sample = MakeSample(9, 70);
  for (size_t record = 1; record < sample.ends.size(); ++record) {
    std::string bytes = sample.bytes;
    bytes[sample.ends[record - 1] + 30] ^= 0x04;
    const Outcome outcome = Read(bytes, sample, SegmentPlace::kLast);
    CHECK(outcome.records == record);
    CHECK(outcome.end == SegmentEnd::kCorrupt);
    CHECK(outcome.problem.find("walpb: crc mismatch") != std::string::npos);
  }
}

TEST_CASE("a record longer than the window is read whole, and the window shrinks again") {
  Sample sample;
  uint32_t crc = 0;
  AppendRecord(sample.bytes, RecordType::kCrc, {}, crc);
  sample.data.emplace_back();
  for (const size_t n : {10, 3 << 20, 20, 65536, 70000, 5}) {
    sample.data.push_back(SampleData(n, n));
    AppendRecord(sample.bytes, RecordType::kEntry, sample.data.back(), crc);
  }
  const Outcome outcome = Read(sample.bytes, sample, SegmentPlace::kLast);
  CHECK(outcome.end == SegmentEnd::kClean);
  CHECK(outcome.records == sample.data.size());
}

TEST_CASE("a torn tail is kept beside the log and cut, and the log goes on after it") {
  const LogOptions options{.segment_bytes = 16384};
  for (const uint64_t cut : {1, 7, 8, 20, 39}) {
    CAPTURE(cut);
    MemFs fs;
    auto log = Log::Create(fs, "/wal", kSampleMetadata, options);
    CAIRN_REQUIRE_OK(log.status());
    for (uint64_t i = 1; i <= 3; ++i) CAIRN_REQUIRE_OK(AppendOne(**log, i));
    CAIRN_REQUIRE_OK((*log)->Commit());
    const uint64_t good = (*log)->tail_bytes();
    CHECK(absl::IsFailedPrecondition(RepairTornTail(fs, "/wal").status()));  // locked
    CAIRN_REQUIRE_OK(AppendOne(**log, 4));
    CAIRN_REQUIRE_OK((*log)->Commit());
    log->reset();
    const auto whole = ReadWholeFile(fs, kPath, 1 << 20);
    {
      auto file = fs.Open(kPath, {.write = true});
      CAIRN_REQUIRE_OK((*file)->Truncate(good + cut));
    }
    const auto torn = ReadAll(fs, "/wal");
    CAIRN_REQUIRE_OK(torn.status());
    CHECK(torn->summary.end == SegmentEnd::kTornTail);
    CHECK(torn->entries.size() == 3);
    CHECK(absl::IsFailedPrecondition(Reopen(fs, "/wal", options).status()));

    const auto repaired = RepairTornTail(fs, "/wal");
    CAIRN_REQUIRE_OK(repaired.status());
    CHECK(repaired->repaired);
    CHECK(repaired->good_bytes == good);
    CHECK(*ReadWholeFile(fs, repaired->broken_path, 1 << 20) == whole->substr(0, good + cut));
    CHECK_FALSE(RepairTornTail(fs, "/wal")->repaired);
    auto again = Reopen(fs, "/wal", options);
    CAIRN_REQUIRE_OK(again.status());
    CAIRN_REQUIRE_OK(AppendOne(**again, 4, 2));
    CAIRN_REQUIRE_OK((*again)->Commit());
    CHECK(ReadAll(fs, "/wal")->entries.size() == 4);
  }
}

TEST_CASE("corruption isn't repaired, and nothing is touched") {
  MemFs fs;
  auto log = Log::Create(fs, "/wal", kSampleMetadata, {.segment_bytes = 16384});
  CAIRN_REQUIRE_OK(log.status());
  for (uint64_t i = 1; i <= 3; ++i) CAIRN_REQUIRE_OK(AppendOne(**log, i));
  CAIRN_REQUIRE_OK((*log)->Close());
  fs.FlipBit(kPath, (*log)->tail_bytes() - 100, 2);
  const auto before = ReadWholeFile(fs, kPath, 1 << 20);
  CHECK(absl::IsDataLoss(RepairTornTail(fs, "/wal").status()));
  CHECK(absl::IsDataLoss(ReadAll(fs, "/wal").status()));
  CHECK(*ReadWholeFile(fs, kPath, 1 << 20) == *before);
  CHECK_FALSE(Exists(fs, kPath + ".broken"));
}

}  // namespace cairn::wal
