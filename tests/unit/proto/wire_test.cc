// tests/unit/proto/wire_test.cc: the wire walker and writer against known bytes and broken ones.
#include "proto/wire.h"

#include <doctest/doctest.h>

#include "base/random.h"

namespace cairn::proto {

TEST_CASE("varints of every length come back, and their size is known beforehand") {
  for (int bit = 0; bit < 64; ++bit) {
    for (const uint64_t v : {uint64_t{1} << bit, (uint64_t{1} << bit) - 1}) {
      std::string out;
      AppendVarint(out, v);
      CHECK(out.size() == VarintSize(v));
      std::string_view in = out;
      CHECK(TakeVarint(in) == v);
      CHECK(in.empty());
      // Every cut is refused and takes nothing.
      for (size_t n = 0; n < out.size(); ++n) {
        std::string_view cut(out.data(), n);
        CHECK_FALSE(TakeVarint(cut).has_value());
        CHECK(cut.size() == n);
      }
    }
  }
}

TEST_CASE("a varint of more than 64 bits is refused") {
  const std::string eleven(10, '\xff');
  std::string_view in = eleven;
  CHECK_FALSE(TakeVarint(in).has_value());
  const std::string bit64 = std::string(9, '\x80') + '\x02';
  in = bit64;
  CHECK_FALSE(TakeVarint(in).has_value());
}

TEST_CASE("the writer's bytes are protobuf's, and the reader gives the same fields back") {
  std::string out;
  WireWriter w(out);
  w.Varint(1, 150);
  w.Bytes(2, "testing");
  w.Int(3, -1);
  w.VarintNonZero(4, 0);
  w.BytesNonEmpty(5, "");
  w.Fixed32(6, 7);
  w.Fixed64(1000, 9);
  const size_t inner = w.BeginMessage(100);
  w.Bytes(1, std::string(200, 'x'));
  w.EndMessage(inner);
  CHECK(out.substr(0, 12) == std::string("\x08\x96\x01\x12\x07testing", 12));

  WireReader r(out);
  WireField f;
  REQUIRE(r.Next(f));
  CHECK(f.IsVarint(1));
  CHECK(f.value == 150);
  CHECK(f.raw == std::string_view("\x08\x96\x01", 3));
  REQUIRE(r.Next(f));
  CHECK(f.IsBytes(2));
  CHECK(f.bytes == "testing");
  REQUIRE(r.Next(f));
  CHECK(f.AsInt64() == -1);
  CHECK(f.raw.size() == 11);
  REQUIRE(r.Next(f));
  CHECK(f.number == 6);
  CHECK(f.value == 7);
  REQUIRE(r.Next(f));
  CHECK(f.number == 1000);
  CHECK(f.value == 9);
  REQUIRE(r.Next(f));
  CHECK(f.number == 100);
  CHECK(f.bytes.size() == 203);
  CHECK_FALSE(r.Next(f));
  CHECK(r.status("m").ok());
}

TEST_CASE("damage names the byte, and a refused field does too") {
  WireField f;
  WireReader past(std::string_view("\x08\x01\x12\x05xy", 6));
  CHECK(past.Next(f));
  CHECK_FALSE(past.Next(f));
  CHECK(Message(past.status("m")) == "m: byte 2: length goes past the end of the message");
  WireReader zero(std::string_view("\x00", 1));
  CHECK_FALSE(zero.Next(f));
  CHECK_FALSE(zero.ok());
  WireReader group("\x0b\x0c");
  CHECK_FALSE(group.Next(f));
  CHECK_FALSE(group.ok());
  WireReader refused(std::string_view("\x08\x01\x10\x02", 4));
  CHECK(refused.Next(f));
  CHECK(refused.Next(f));
  refused.Refuse("no such kind");
  CHECK_FALSE(refused.Next(f));
  CHECK(Message(refused.status("m")) == "m: byte 2: no such kind");
}

TEST_CASE("random bytes never lead the walk outside the message") {
  Random random(11);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random.Below(40), '\0');
    for (char& c : bytes) c = static_cast<char>(random.Next());
    WireReader r(bytes);
    WireField f;
    size_t sum = 0;
    while (r.Next(f)) sum += f.raw.size();
    CHECK(r.offset() == sum);
    CHECK(r.ok() == (sum == bytes.size()));
  }
}

}  // namespace cairn::proto
