// tests/unit/lease/lease_record_test.cc: lease records, byte for byte and broken.
#include <doctest/doctest.h>

#include "lease/lease_record.h"

namespace cairn::lease {
namespace {

using std::string_literals::operator""s;

TEST_CASE("a lease is its id, big-endian, and a message without zero fields") {
  const LeaseRecord lease{LeaseId(0x0102), 600, 0};
  CHECK(EncodeLeaseKey(lease.id) == "\0\0\0\0\0\0\1\2"s);
  CHECK(EncodeLease(lease) == "\x08\x82\2\x10\xd8\4"s);
  CHECK(*DecodeLease(EncodeLeaseKey(lease.id), EncodeLease(lease)) == lease);
  const LeaseRecord checkpointed{LeaseId(0x0102), 600, 5};
  CHECK(EncodeLease(checkpointed) == "\x08\x82\2\x10\xd8\4\x18\5"s);
  CHECK(*DecodeLease(EncodeLeaseKey(lease.id), EncodeLease(checkpointed)) == checkpointed);
}

TEST_CASE("what is wrong with a lease is said") {
  const auto error = [](const std::string& key, const LeaseRecord& lease) {
    return std::string(Message(DecodeLease(key, EncodeLease(lease)).status()));
  };
  const std::string key = EncodeLeaseKey(LeaseId(0x1a));
  CHECK(error("short", {LeaseId(0x1a), 5, 0}) == "lease: a key of 5 bytes is not a lease id");
  CHECK(error(key, {LeaseId(0x1b), 5, 0}) ==
        "lease 000000000000001a: the value says it is lease 000000000000001b");
  CHECK(error(key, {LeaseId(0x1a), 0, 0}) ==
        "lease 000000000000001a: time-to-live of 0 s is out of bounds");
  CHECK(error(key, {LeaseId(0x1a), 5, 6}) == "lease 000000000000001a: 6 s remain of 5 s");
  CHECK(DecodeLease(key, "\x08").status().code() == absl::StatusCode::kDataLoss);
  CHECK_FALSE(DecodeLease(key, "\x0a\1x").ok());
}

}  // namespace
}  // namespace cairn::lease
