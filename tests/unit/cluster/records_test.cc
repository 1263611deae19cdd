// tests/unit/cluster/records_test.cc: what the backend keeps of the cluster, byte for byte.
#include <doctest/doctest.h>

#include "cluster/conf_state.h"
#include "cluster/consistent_index.h"
#include "cluster/membership_records.h"

namespace cairn::cluster {
namespace {

TEST_CASE("a member is JSON in Go's order, without what is empty") {
  const Member started{MemberId(10276657743932975437u),
                       {"http://localhost:2380"},
                       false,
                       "default",
                       {"http://localhost:2379"}};
  const std::string json =
      "{\"id\":10276657743932975437,\"peerURLs\":[\"http://localhost:2380\"],\"name\":\"default\","
      "\"clientURLs\":[\"http://localhost:2379\"]}";
  CHECK(EncodeMember(started) == json);
  CHECK(*DecodeMemberRecord("8e9e05c52164694d", json) == started);
  const Member learner{MemberId(5), {}, true, "", {}};
  CHECK(EncodeMember(learner) == "{\"id\":5,\"peerURLs\":null,\"isLearner\":true}");
  CHECK(*DecodeMember(EncodeMember(learner)) == learner);
  CHECK(EncodeRaftAttributes(learner) == "{\"peerURLs\":null,\"isLearner\":true}");
  CHECK(EncodeAttributes(learner) == "{}");
  CHECK(EncodeAttributes(started) ==
        "{\"name\":\"default\",\"clientURLs\":[\"http://localhost:2379\"]}");
  CHECK(EncodeMember({MemberId(1), {"http://a:1?x&y"}, false, "<n>", {}}) ==
        "{\"id\":1,\"peerURLs\":[\"http://a:1?x\\u0026y\"],\"name\":\"\\u003cn\\u003e\"}");
}

TEST_CASE("a member under another's key, and broken ones, are told") {
  CHECK(Message(DecodeMemberRecord("6", "{\"id\":5,\"peerURLs\":null}").status()) ==
        "member 6: the value says it is member 5");
  for (const char* key : {"", "0", "05", "xyz", "FF"}) CHECK_FALSE(DecodeMemberKey(key).ok());
  for (const char* bad :
       {"", "[]", "{", "{\"id\":\"5\"}", "{\"id\":-5}", "{\"id\":5,\"peerURLs\":[1]}",
        "{\"id\":5,\"peerURLs\":[\"a\",1]}", "{\"id\":5,\"name\":{}}", "{\"name\":\"\xff\"}",
        "{\"id\":99999999999999999999}", "[[[[[["}) {
    CAPTURE(bad);
    CHECK(DecodeMember(bad).status().code() == absl::StatusCode::kDataLoss);
  }
  CHECK(*DecodeRemovedRecord("ff", "removed") == MemberId(255));
  CHECK_FALSE(DecodeRemovedRecord("ff", "gone").ok());
}

TEST_CASE("raft's configuration leaves empty lists out") {
  const ConfState one{{1, 2}, {}, {}, {}, false};
  CHECK(EncodeConfState(one) == "{\"voters\":[1,2],\"auto_leave\":false}");
  CHECK(*DecodeConfState(EncodeConfState(one)) == one);
  const ConfState joint{{1}, {2}, {3}, {4}, true};
  CHECK(EncodeConfState(joint) ==
        "{\"voters\":[1],\"learners\":[2],\"voters_outgoing\":[3],\"learners_next\":[4],"
        "\"auto_leave\":true}");
  CHECK(*DecodeConfState(EncodeConfState(joint)) == joint);
  CHECK(DecodeConfState("{\"voters\":[],\"auto_leave\":false}")->voters.empty());
  CHECK(Message(DecodeConfState("{\"voters\":[\"1\"]}").status()) ==
        "meta/confState: JSON: field voters is not a list of numbers");
}

TEST_CASE("a downgrade in progress") {
  const Downgrade on{"3.6.0", true};
  CHECK(EncodeDowngrade(on) == "{\"target-version\":\"3.6.0\",\"enabled\":true}");
  CHECK(*DecodeDowngrade(EncodeDowngrade(on)) == on);
  CHECK(EncodeDowngrade({}) == "{\"target-version\":\"\",\"enabled\":false}");
}

TEST_CASE("the consistent index is eight bytes, or missing") {
  const auto both = DecodeConsistentIndex(EncodeU64(258), EncodeU64(3));
  CHECK(both->index == RaftIndex(258));
  CHECK(both->term == Term(3));
  CHECK(DecodeConsistentIndex(std::nullopt, std::nullopt)->index == RaftIndex(0));
  CHECK(Message(DecodeConsistentIndex("abc", std::nullopt).status()) ==
        "meta/consistent_index: 3 bytes where 8 are due");
}

}  // namespace
}  // namespace cairn::cluster
