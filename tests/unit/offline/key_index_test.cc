// tests/unit/offline/key_index_test.cc: the key index against the rules taken literally.
#include "offline/inspect/key_index.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

#include "base/random.h"
#include "literal_key_index.h"
#include "random_history.h"

namespace cairn::offline {

using namespace mvcc;  // NOLINT: the records of the key bucket
namespace {

LiteralKeyIndex BuildLiteral(const std::vector<HistoryRecord>& history) {
  LiteralKeyIndex index;
  for (const HistoryRecord& r : history) {
    const bool first = index.find(r.key) == index.end();
    index[r.key].Apply(r.revision, r.create_revision, r.version, first);
  }
  return index;
}

void Compare(const KeyIndex& index, const LiteralKeyIndex& literal, int64_t up_to) {
  size_t live = 0;
  for (const auto& [name, key] : literal) live += key.live();
  CHECK(index.keys() == literal.size());
  CHECK(index.live_keys() == live);
  for (int64_t rev = 0; rev <= up_to; ++rev) {
    for (const auto& [name, key] : literal) {
      const auto want = key.Get(rev);
      const auto got = index.Find(name, rev);
      REQUIRE(got.has_value() == want.has_value());
      if (!want) continue;
      CHECK(got->modified == want->modified);
      CHECK(got->created == want->created);
      CHECK(got->version == want->version);
    }
    for (KeepRule rule : {KeepRule::kCompact, KeepRule::kHash}) {
      std::set<Revision> want;
      for (const auto& [name, key] : literal) key.Keep(rev, rule == KeepRule::kHash, want);
      CHECK(index.Keep(rev, rule) == std::vector<Revision>(want.begin(), want.end()));
    }
  }
}

TEST_CASE("random histories are seen as the literal rules see them") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 60; ++round) {
    const auto history = MakeHistory(random, 40, KeyTwice::kYes);
    Compare(Build(history), BuildLiteral(history), 44);
  }
}

TEST_CASE("a bucket whose start was compacted away gives the same index as the literal rules") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 60; ++round) {
    const auto whole = MakeHistory(random, 40, KeyTwice::kYes);
    const auto compacted = static_cast<int64_t>(2 + random.Below(40));
    const auto keep = Build(whole).Keep(compacted, KeepRule::kCompact);
    const std::set<Revision> kept(keep.begin(), keep.end());
    std::vector<HistoryRecord> rest;
    for (const HistoryRecord& r : whole) {
      const Revision& rev = r.revision.revision;
      if (rev.main > compacted || kept.count(rev) != 0) rest.push_back(r);
    }
    Compare(Build(rest), BuildLiteral(rest), 44);
  }
}

TEST_CASE("a key is found with what its stored record says of changes that are gone") {
  KeyIndex index;
  REQUIRE(index.Add({{9, 0}, false}, {"a", "v", 4, 9, 6, 0}).ok());
  REQUIRE(index.Add({{12, 0}, false}, {"a", "v", 4, 12, 7, 0}).ok());
  CHECK_FALSE(index.Find("a", 8).has_value());
  CHECK_FALSE(index.Find("b", 9).has_value());
  const auto at9 = index.Find("a", 11);
  REQUIRE(at9.has_value());
  CHECK(at9->modified == Revision{9, 0});
  CHECK(at9->created == Revision{4, 0});
  CHECK(at9->version == 6);
  CHECK(index.Find("a", 99)->version == 7);
}

TEST_CASE("a compaction keeps a tombstone at its own revision, the hash does not") {
  KeyIndex index;
  REQUIRE(index.Add({{2, 0}, false}, {"a", "v", 2, 2, 1, 0}).ok());
  REQUIRE(index.Add({{3, 0}, true}, {"a", "", 0, 0, 0, 0}).ok());
  CHECK(index.Keep(3, KeepRule::kCompact) == std::vector<Revision>{{3, 0}});
  CHECK(index.Keep(3, KeepRule::kHash).empty());
  CHECK(index.Keep(4, KeepRule::kCompact).empty());
  CHECK(index.Keep(2, KeepRule::kHash) == std::vector<Revision>{{2, 0}});
  CHECK(index.live_keys() == 0);
}

TEST_CASE(
    "deleted and put again in one transaction: the deletion is what counts at that revision") {
  KeyIndex index;
  REQUIRE(index.Add({{2, 0}, false}, {"a", "v", 2, 2, 1, 0}).ok());
  REQUIRE(index.Add({{3, 0}, true}, {"a", "", 0, 0, 0, 0}).ok());
  REQUIRE(index.Add({{3, 1}, false}, {"a", "w", 3, 3, 1, 0}).ok());
  CHECK(index.Keep(3, KeepRule::kCompact) == std::vector<Revision>{{3, 0}});
  CHECK(index.Keep(3, KeepRule::kHash).empty());
  CHECK(index.Keep(4, KeepRule::kHash) == std::vector<Revision>{{3, 1}});
  CHECK(index.Find("a", 3)->modified == Revision{3, 1});
  CHECK(index.live_keys() == 1);
}

TEST_CASE("a tombstone of a dead key is passed over") {
  KeyIndex index;
  REQUIRE(index.Add({{5, 0}, true}, {"a", "", 0, 0, 0, 0}).ok());
  REQUIRE(index.Add({{6, 0}, true}, {"a", "", 0, 0, 0, 0}).ok());
  CHECK(index.ignored_tombstones() == 1);
  CHECK(index.keys() == 1);
  CHECK(index.live_keys() == 0);
  CHECK(index.Keep(6, KeepRule::kCompact).empty());
  CHECK(index.Keep(5, KeepRule::kCompact) == std::vector<Revision>{{5, 0}});
}

TEST_CASE("records out of order are damage") {
  KeyIndex index;
  REQUIRE(index.Add({{5, 1}, false}, {"a", "", 5, 5, 1, 0}).ok());
  CHECK(Message(index.Add({{5, 1}, false}, {"b", "", 5, 5, 1, 0})) ==
        "bucket key: revision 5_1 after 5_1");
  CHECK(index.Add({{5, 0}, false}, {"b", "", 5, 5, 1, 0}).code() == absl::StatusCode::kDataLoss);
  CHECK(index.Add({{6, int64_t{1} << 31}, false}, {"b", "", 6, 6, 1, 0}).code() ==
        absl::StatusCode::kResourceExhausted);
}

TEST_CASE("many keys cost little more than their own bytes") {
  KeyIndex index;
  size_t key_bytes = 0;
  for (int64_t i = 0; i < 20000; ++i) {
    const std::string key = fmt::format("/registry/pods/default/pod-{}", i);
    key_bytes += key.size();
    REQUIRE(index.Add({{i + 2, 0}, false}, {key, "v", i + 2, i + 2, 1, 0}).ok());
  }
  CHECK(index.live_keys() == 20000);
  CHECK(index.Find("/registry/pods/default/pod-19999", 20001)->modified.main == 20001);
  CHECK(index.memory_bytes() < 2 * (key_bytes + 20000 * 56));
}

}  // namespace
}  // namespace cairn::offline
