// tests/unit/proto/snapshot_part_test.cc: the message cut at every place, and what is none.
#include "proto/snapshot_part.h"

#include <doctest/doctest.h>

#include "proto/wire.h"

namespace cairn::proto {
namespace {

std::string Message() {
  std::string out;
  WireWriter writer(out);
  writer.Bytes(1, "a header");
  writer.Varint(2, 300);
  writer.Bytes(3, "the blob's bytes");
  writer.Bytes(4, "3.7.0");
  writer.Fixed64(99, 1);
  writer.Fixed32(100, 1);
  return out;
}

std::string Joined(const std::vector<std::string_view>& pieces) {
  std::string all;
  for (const std::string_view piece : pieces) all += piece;
  return all;
}

TEST_CASE("however the message is cut into pieces, it says the same") {
  const std::string message = Message();
  for (size_t a = 0; a <= message.size(); ++a) {
    for (size_t b = a; b <= message.size(); ++b) {
      const std::string_view all(message);
      const std::vector<std::string_view> pieces = {all.substr(0, a), all.substr(a, b - a),
                                                    all.substr(b)};
      SnapshotPart part;
      part.version = "of the part before";
      REQUIRE(DecodeSnapshotPart(pieces, part).ok());
      REQUIRE(part.remaining_bytes == 300);
      REQUIRE(Joined(part.blob) == "the blob's bytes");
      REQUIRE(part.blob_bytes == 16);
      REQUIRE(part.version == "3.7.0");
    }
  }
}

TEST_CASE("nothing is a message without anything") {
  SnapshotPart part;
  part.blob_bytes = 5;
  part.remaining_bytes = 5;
  CHECK(DecodeSnapshotPart({}, part).ok());
  CHECK(part.blob_bytes == 0);
  CHECK(part.remaining_bytes == 0);
}

TEST_CASE("a message that ends inside a field is refused, wherever it ends") {
  const std::string message = Message();
  // Where a field ends, so may the message.
  std::vector<size_t> ends = {0, 10, 13, 31, 38, 48, message.size()};
  for (size_t end = 0; end <= message.size(); ++end) {
    const std::string_view cut = std::string_view(message).substr(0, end);
    SnapshotPart part;
    const bool whole = std::find(ends.begin(), ends.end(), end) != ends.end();
    CAPTURE(end);
    CHECK(DecodeSnapshotPart(std::span(&cut, 1), part).ok() == whole);
  }
}

TEST_CASE("a field of another type, a group, field 0 and a varint that is too long are refused") {
  for (const std::string_view bytes :
       {std::string_view("\x12\x01x"), std::string_view("\x18\x01"), std::string_view("\x0b"),
        std::string_view("\x00\x01", 2),
        std::string_view("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f")}) {
    SnapshotPart part;
    CHECK_FALSE(DecodeSnapshotPart(std::span(&bytes, 1), part).ok());
  }
}

}  // namespace
}  // namespace cairn::proto
