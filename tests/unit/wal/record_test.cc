// tests/unit/wal/record_test.cc: frames and names against the bytes that etcd writes.
#include "wal/record.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "proto/wal_view.h"
#include "wal/segment_name.h"

namespace cairn::wal {

TEST_CASE("the first records of a new log are etcd's, byte for byte") {
  // The head of a log of etcd 3.7.1: crc 0, metadata, snapshot (0, 0).
  const std::string metadata(
      "\x08\x87\x86\xcd\x9e\xf8\xe6\xb6\xb7\xf4\x01\x10\xcd\xd6\xb8\x8e\x8d\xdd\xa7\xc9\xbb\x01",
      22);
  const std::string head(
      "\x04\x00\x00\x00\x00\x00\x00\x84\x08\x04\x10\x00\x00\x00\x00\x00"
      "\x20\x00\x00\x00\x00\x00\x00\x00\x08\x01\x10\xf9\xf0\xc9\x9e\x02"
      "\x1a\x16\x08\x87\x86\xcd\x9e\xf8\xe6\xb6\xb7\xf4\x01\x10\xcd\xd6"
      "\xb8\x8e\x8d\xdd\xa7\xc9\xbb\x01\x0e\x00\x00\x00\x00\x00\x00\x82"
      "\x08\x05\x10\x95\xa5\xad\xf3\x07\x1a\x04\x08\x00\x10\x00\x00\x00",
      80);
  std::string out;
  uint32_t crc = 0;
  AppendRecord(out, RecordType::kCrc, {}, crc);
  AppendRecord(out, RecordType::kMetadata, metadata, crc);
  std::string snapshot;
  proto::AppendWalSnapshot(snapshot, {});
  AppendRecord(out, RecordType::kSnapshot, snapshot, crc);
  CHECK(out == head);
  std::string ids;
  const auto decoded = proto::DecodeMemberMetadata(metadata);
  REQUIRE(decoded.ok());
  CHECK(decoded->node_id.value == 0xf46edb3783d34307);
  proto::AppendMemberMetadata(ids, *decoded);
  CHECK(ids == metadata);
}

TEST_CASE("a frame is a multiple of eight bytes for every data size, and its word says which") {
  for (size_t n = 0; n < 300; ++n) {
    std::string out;
    uint32_t crc = 5;
    const std::string data(n, 'x');
    AppendRecord(out, RecordType::kEntry, data, crc);
    CHECK(crc == ExtendCrc32c(5, data));
    const auto size = DecodeFrameWord(LoadLE<uint64_t>(out.data()));
    REQUIRE(size.has_value());
    CHECK(size->total_bytes() == out.size());
    CHECK(out.size() % 8 == 0);
  }
}

TEST_CASE("words that no writer makes are refused") {
  CHECK_FALSE(DecodeFrameWord(0x8000000000000008).has_value());  // padding of 0 is not marked
  CHECK_FALSE(DecodeFrameWord(0x8800000000000008).has_value());
  CHECK_FALSE(DecodeFrameWord(0x0100000000000008).has_value());
  CHECK_FALSE(DecodeFrameWord(0x8100000000000008).has_value());  // 8 + 1 isn't a multiple of 8
  CHECK_FALSE(DecodeFrameWord(0x0000000000000009).has_value());
  CHECK(DecodeFrameWord(0x8700000000000009).has_value());
}

TEST_CASE("segment names are sixteen hex digits twice, in lower case") {
  const SegmentName name{.sequence = 0x1a, .index = RaftIndex(0xffffffffffffffff)};
  CHECK(FormatSegmentName(name) == "000000000000001a-ffffffffffffffff.wal");
  CHECK(ParseSegmentName("000000000000001a-ffffffffffffffff.wal") == name);
  for (const char* bad :
       {"000000000000001A-ffffffffffffffff.wal", "0.tmp", "",
        "000000000000001a-ffffffffffffffff.wal.broken", "00000000000001a-ffffffffffffffff.wal",
        "000000000000001a_ffffffffffffffff.wal", "+00000000000001a-ffffffffffffffff.wal"}) {
    CHECK_MESSAGE(!ParseSegmentName(bad).has_value(), bad);
  }
}

}  // namespace cairn::wal
