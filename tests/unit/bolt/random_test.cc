// tests/unit/bolt/random_test.cc: random operations on a Db against plain maps.
#include <doctest/doctest.h>

#include <cstdlib>
#include <deque>

#include "base/staged_output.h"
#include "model.h"
#include "sim/mem_fs.h"

namespace cairn::bolt {

namespace {

struct Snapshot {
  Reader reader;
  ModelBucket model;
};

void RandomRun(uint64_t seed, uint32_t page_size, bool store_freelist, int transactions) {
  CAPTURE(seed);
  CAPTURE(page_size);
  CAPTURE(store_freelist);
  Random random(seed);
  MemFs fs;
  ManualClock clock;
  DbOptions options{.create = true,
                    .page_size = page_size,
                    .store_freelist = store_freelist,
                    .cache_bytes = 1 << 18,
                    .grow_bytes = 0};
  auto db = Db::Open(fs, clock, "/db", options);
  REQUIRE(db.ok());
  ModelBucket committed;
  std::deque<Snapshot> snapshots;
  for (int t = 0; t < transactions; ++t) {
    CAPTURE(t);
    if (random.OneIn(10) && snapshots.empty()) {
      db->reset();
      if (random.OneIn(3)) options.store_freelist = !options.store_freelist;
      db = Db::Open(fs, clock, "/db", options);
      REQUIRE(db.ok());
    }
    if (random.OneIn(6)) snapshots.push_back({(*db)->BeginRead(), committed});
    auto tx = (*db)->BeginWrite();
    REQUIRE(tx.ok());
    ModelBucket model = committed;
    const double fills[] = {0.5, 0.9, 1.0, 0.1};
    if (!model.buckets.empty()) {
      auto b = (*tx)->root().OpenBucket(model.buckets.begin()->first);
      REQUIRE(b.ok());
      (*b)->SetFillPercent(fills[random.Below(4)]);
    }
    for (uint64_t n = random.Below(random.OneIn(5) ? 600 : 60); n > 0; --n) {
      const Status status = RandomOperation(random, {}, (*tx)->root(), model);
      REQUIRE_MESSAGE(status.ok(), status.ToString());
    }
    if (random.OneIn(4)) {
      const auto seen = ReadAll((*tx)->root());
      REQUIRE_MESSAGE(seen.ok(), seen.status().ToString());
      REQUIRE(*seen == model);
    }
    if (random.OneIn(8)) {
      (*tx)->Rollback();
    } else {
      const Status status = (*tx)->Commit();
      REQUIRE_MESSAGE(status.ok(), status.ToString());
      committed = model;
    }
    {
      Reader reader = (*db)->BeginRead();
      const auto now = ReadAll(reader.tx());
      REQUIRE_MESSAGE(now.ok(), now.status().ToString());
      REQUIRE(*now == committed);
    }
    const Status pages = CheckPages(fs, **db);
    REQUIRE_MESSAGE(pages.ok(), pages.ToString());
    for (Snapshot& snapshot : snapshots) {
      const auto then = ReadAll(snapshot.reader.tx());
      REQUIRE_MESSAGE(then.ok(), then.status().ToString());
      REQUIRE(*then == snapshot.model);
    }
    if (snapshots.size() > 3 || random.OneIn(10)) snapshots.clear();
  }
  snapshots.clear();
  db->reset();
  // For real bbolt's check, outside of this test: the files of all seeds.
  if (const char* keep = std::getenv("CAIRN_KEEP_BOLT_FILES")) {
    const auto content = ReadWholeFile(fs, "/db", uint64_t{1} << 32);
    REQUIRE(content.ok());
    const std::string name =
        JoinPath(keep, std::to_string(seed) + "-" + std::to_string(page_size) +
                           (options.store_freelist ? "-stored.db" : "-walked.db"));
    REQUIRE(WriteFileAtomically(PosixFs(), name, *content, 0600).ok());
  }
}

}  // namespace

TEST_CASE("random transactions leave what plain maps hold, at every page size") {
  const char* given = std::getenv("CAIRN_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  int variant = 0;
  for (uint32_t page_size = 1024; page_size <= 16384; page_size *= 2) {
    for (const bool store_freelist : {false, true}) {
      RandomRun(seed * 100 + ++variant, page_size, store_freelist, 300);
    }
  }
}

}  // namespace cairn::bolt
