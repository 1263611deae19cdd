// tests/unit/snap/v2_store_test.cc: the v2 store of all releases, and ours against etcd's bytes.
#include "snap/v2_store.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/random.h"
#include "snap/snap_file.h"

namespace cairn::snap {

namespace {

SnapFile Sample(const std::string& release) {
  auto snap = ReadSnapFile(PosixFs(),
                           std::string(CAIRN_FIXTURES_DIR) + "/snap/" + release + "-cluster.snap");
  REQUIRE_MESSAGE(snap.ok(), Message(snap.status()));
  return std::move(*snap);
}

// Where `text` first stands in `json`.
size_t Position(const std::string& json, const std::string& text) { return json.find(text); }

}  // namespace

TEST_CASE("the members of every release's snapshot are read") {
  for (const char* release : {"3.4.23", "3.5.33", "3.6.14", "3.7.1"}) {
    CAPTURE(release);
    const SnapFile snap = Sample(release);
    const auto store = ParseV2Store(snap.data);
    REQUIRE_MESSAGE(store.ok(), Message(store.status()));
    CHECK_FALSE(store->has_user_keys);
    CHECK(store->membership.removed.empty());
    CHECK(store->membership.version.substr(0, 3) == std::string(release).substr(0, 3));
    REQUIRE(store->membership.members.size() == 3);
    for (size_t i = 0; i < 3; ++i) {
      const V2Member& member = store->membership.members[i];
      CHECK(member.id.value == snap.conf_state.voters[i]);
      CHECK(member.name.size() == 2);
      CHECK(member.peer_urls.size() == 1);
      CHECK(member.client_urls.size() == 1);
      CHECK_FALSE(member.is_learner);
    }
  }
}

TEST_CASE(
    "a store written for the same members in the same order is etcd 3.7's and 3.6's own text") {
  for (const char* release : {"3.6.14", "3.7.1"}) {
    CAPTURE(release);
    const SnapFile snap = Sample(release);
    auto store = ParseV2Store(snap.data);
    REQUIRE(store.ok());
    // etcd takes them in the order of a map; the event queue shows which it was this time.
    auto& members = store->membership.members;
    const std::string queue = snap.data.substr(snap.data.find("\"WatcherHub\""));
    std::sort(members.begin(), members.end(), [&](const V2Member& a, const V2Member& b) {
      return Position(queue, a.peer_urls[0]) < Position(queue, b.peer_urls[0]);
    });
    CHECK(WriteV2Store(store->membership) == snap.data);
  }
}

TEST_CASE("what is written is read back: learners, members that haven't started, removed ids") {
  V2Membership membership;
  membership.members = {
      {.id = MemberId(0xa1),
       .name = "m<0>",
       .peer_urls = {"http://a:1", "http://b:1"},
       .client_urls = {"http://a:2"}},
      {.id = MemberId(0xb2), .peer_urls = {"http://b:\"1\""}, .is_learner = true}};
  membership.removed = {MemberId(0x3), MemberId(0xf000000000000000)};
  membership.version = "3.7.0";
  const std::string json = WriteV2Store(membership);
  const auto store = ParseV2Store(json);
  REQUIRE_MESSAGE(store.ok(), Message(store.status()));
  CHECK(store->membership == membership);
  CHECK_FALSE(store->has_user_keys);
  // As in etcd, the name is only told with the client URLs.
  membership.members[1].name = "early";
  CHECK(ParseV2Store(WriteV2Store(membership))->membership.members[1].name.empty());
}

TEST_CASE("a history of more than a thousand changes keeps the last thousand") {
  V2Membership membership;
  for (uint64_t i = 1; i <= 1203; ++i) membership.removed.push_back(MemberId(i));
  const std::string json = WriteV2Store(membership);
  const std::string tail =
      "],\"Size\":1000,\"Front\":203,\"Back\":203,\"Capacity\":1000},\"StartIndex\":204,"
      "\"LastIndex\":1203}},\"CurrentIndex\":1203,";
  CHECK(json.find(tail) != std::string::npos);
  // Slot 0 of the ring was written last by change 1001, slot 203 by change 204.
  const std::string events = json.substr(json.find("\"Events\":["));
  CHECK(
      events.starts_with("\"Events\":[{\"action\":\"create\",\"node\":{\"key\":\"/0/"
                         "removed_members/3e9\",\"value\":\"\","
                         "\"modifiedIndex\":1001,\"createdIndex\":1001}}"));
  CHECK(ParseV2Store(json)->membership == membership);
}

TEST_CASE("user keys are seen, empty auth leftovers are not user keys") {
  const auto parse = [](const std::string& children) {
    const auto store = ParseV2Store("{\"Root\":{\"Path\":\"/\",\"Children\":{" + children + "}}}");
    REQUIRE_MESSAGE(store.ok(), Message(store.status()));
    return store->has_user_keys;
  };
  CHECK_FALSE(parse("\"1\":{\"Children\":{}}"));
  CHECK_FALSE(parse("\"1\":{\"Children\":null}"));
  CHECK(parse("\"1\":{\"Children\":{\"foo\":{\"Value\":\"bar\"}}}"));
  CHECK_FALSE(parse("\"2\":{\"Children\":{\"users\":{\"Children\":{}}}}"));
  CHECK(parse("\"2\":{\"Children\":{\"users\":{\"Children\":{\"root\":{}}}}}"));
}

TEST_CASE("the least that 3.6 takes is a store without members, anything else is refused") {
  CHECK(ParseV2Store("{}").ok());
  for (const char* bad :
       {"", "null", "[]", "{", "{\"Root\":{\"Children\":{\"0\":{\"Children\":{\"version\":{}}}}}}",
        "{\"Root\":{\"Children\":{\"0\":{\"Children\":{\"members\":{\"Children\":{\"zz\":{}}}}}}}}",
        "{\"Root\":{\"Children\":{\"0\":{\"Children\":{\"members\":{\"Children\":{\"a\":{}}}}}}}"
        "}"}) {
    CHECK_MESSAGE(absl::IsDataLoss(ParseV2Store(bad).status()), bad);
  }
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  CHECK(absl::IsInvalidArgument(ParseV2Store(deep).status()));
}

TEST_CASE("a damaged store is an error or another store, never a crash") {
  const SnapFile snap = Sample("3.7.1");
  Random random(5);
  for (int i = 0; i < 400; ++i) {
    std::string damaged = snap.data.substr(0, snap.data.find("null,null"));
    damaged += "null]}}}";
    for (int n = 0; n < 3; ++n) {
      damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    }
    (void)ParseV2Store(damaged);
  }
}

}  // namespace cairn::snap
