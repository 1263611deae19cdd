// tests/unit/offline/hash_kv_index_test.cc: HashKV against a literal reading of its rule, and
// against itself before and after a compaction has removed its records.
#include "mvcc/hash_kv.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

#include "base/crc32c.h"
#include "base/random.h"
#include "offline/inspect/changed_keys.h"
#include "offline/inspect/key_index.h"
#include "random_history.h"

namespace cairn::offline {

using namespace mvcc;  // NOLINT: the records of the key bucket
namespace {

uint32_t HashOf(const std::vector<HistoryRecord>& history, int64_t compacted, int64_t revision,
                std::vector<Revision> keep) {
  KvHasher hasher(compacted, revision, std::move(keep));
  for (const HistoryRecord& r : history) {
    REQUIRE(hasher.Add(RevisionKeyBytes(r.revision).view(), r.value).ok());
  }
  return hasher.hash();
}

uint32_t LiteralHash(const std::vector<HistoryRecord>& history, int64_t compacted, int64_t revision,
                     const std::set<Revision>& keep) {
  std::string fed = "key";
  for (const HistoryRecord& r : history) {
    const Revision& rev = r.revision.revision;
    if (rev.main > revision) continue;
    if (rev.main <= compacted && !keep.empty() && keep.count(rev) == 0) continue;
    if (rev.main == compacted && r.revision.tombstone) continue;
    fed.append(RevisionKeyBytes(r.revision).view());
    fed.append(r.value);
  }
  return Crc32c(fed);
}

std::vector<HistoryRecord> Compacted(const std::vector<HistoryRecord>& history, int64_t compacted) {
  const auto keep = Build(history).Keep(compacted, KeepRule::kCompact);
  const std::set<Revision> kept(keep.begin(), keep.end());
  std::vector<HistoryRecord> rest;
  for (const HistoryRecord& r : history) {
    const Revision& rev = r.revision.revision;
    if (rev.main > compacted || kept.count(rev) != 0) rest.push_back(r);
  }
  return rest;
}

TEST_CASE("the hash is the literal rule's, at every revision and compaction") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 20; ++round) {
    const auto history = MakeHistory(random, 20, KeyTwice::kYes);
    const KeyIndex index = Build(history);
    for (int64_t compacted = -1; compacted < 22; ++compacted) {
      for (int64_t rev = compacted < 1 ? 1 : compacted; rev < 22; ++rev) {
        const auto keep = index.Keep(rev, KeepRule::kHash);
        CHECK(HashOf(history, compacted, rev, keep) ==
              LiteralHash(history, compacted, rev, {keep.begin(), keep.end()}));
      }
    }
  }
}

TEST_CASE("the hash stays the same when a compaction removes its records") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  int compared = 0;
  for (int round = 0; round < 40; ++round) {
    const auto history = MakeHistory(random, 30, KeyTwice::kNo);
    const auto compacted = static_cast<int64_t>(2 + random.Below(28));
    const auto rest = Compacted(history, compacted);
    for (int64_t rev = compacted; rev < 32; ++rev) {
      const auto keep = Build(history).Keep(rev, KeepRule::kHash);
      // With nothing to keep, etcd filters nothing: the one case where the two may differ.
      if (keep.empty()) continue;
      CHECK(HashOf(history, compacted, rev, keep) ==
            HashOf(rest, compacted, rev, Build(rest).Keep(rev, KeepRule::kHash)));
      ++compared;
    }
  }
  CHECK(compared > 100);
}

TEST_CASE("after a finished compaction the newest hash needs only to know which keys changed") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 40; ++round) {
    const auto compacted = static_cast<int64_t>(2 + random.Below(28));
    const auto rest = Compacted(MakeHistory(random, 30, KeyTwice::kNo), compacted);
    const int64_t current = 31;
    const auto keep = Build(rest).Keep(current, KeepRule::kHash);
    if (keep.empty()) continue;
    ChangedKeys changed;
    std::string fed;
    for (size_t i = rest.size(); i-- > 0;) {
      const HistoryRecord& r = rest[i];
      const bool newest = changed.Insert(r.key);
      const bool covered =
          r.revision.revision.main > compacted || (newest && !r.revision.tombstone);
      if (!covered) continue;
      fed.insert(0, std::string(RevisionKeyBytes(r.revision).view()) + r.value);
    }
    CHECK(HashOf(rest, compacted, current, keep) == Crc32c(fmt::format("key{}", fed)));
  }
}

TEST_CASE(
    "an empty set of what to keep filters nothing, but the tombstone at the compaction goes") {
  std::vector<HistoryRecord> history(3);
  history[0].revision = {{2, 0}, false};
  history[1].revision = {{3, 0}, true};
  history[2].revision = {{4, 0}, true};
  const std::string first(RevisionKeyBytes({{2, 0}, false}).view());
  const std::string second(RevisionKeyBytes({{3, 0}, true}).view());
  CHECK(HashOf(history, 4, 4, {}) == Crc32c(fmt::format("key{}{}", first, second)));
  CHECK(HashOf(history, 4, 3, {}) == Crc32c(fmt::format("key{}{}", first, second)));
  CHECK(HashOf({}, -1, 1, {}) == Crc32c("key"));
}

TEST_CASE("broken keys and broken order are damage") {
  KvHasher hasher(-1, 10, {});
  REQUIRE(hasher.Add(RevisionKeyBytes({{4, 0}, false}).view(), "x").ok());
  CHECK(hasher.Add("short", "x").code() == absl::StatusCode::kDataLoss);
  CHECK(Message(hasher.Add(RevisionKeyBytes({{3, 7}, false}).view(), "x")) ==
        "bucket key: revision 3_7 after 4_0");
}

}  // namespace
}  // namespace cairn::offline
