// tests/unit/offline/hash_kv_test.cc: the hash that members compare, where marks are damaged.
// (fixtures_test.cc compares it with real etcd's.)
#include "offline/inspect/hash_kv.h"

#include <fmt/format.h>

#include <cstdint>

#include "sample_store.h"

namespace cairn::offline {
namespace {

TEST_CASE("a mark at the greatest revision leaves what a compaction at the last one would") {
  SampleStore store;
  for (int i = 0; i < 50; ++i) {
    store.Put(fmt::format("k{}", i % 7), fmt::format("v{}", i));
    if (i % 5 == 4) store.Delete(fmt::format("k{}", i % 3));
    store.Commit();
  }
  store.CompactedAt(INT64_MAX);
  const DbFile db = store.Open();
  const auto hash = HashKv(store.context, SampleStore::kPath, 0);
  REQUIRE(hash.ok());
  CHECK(hash->compact_revision == INT64_MAX);
  CHECK(hash->hash_revision == INT64_MAX);
  bolt::ReadTx tx = db.Read();
  const int64_t last = store.last_revision();
  const auto expected = HashKvCompactedAt(tx, last, last, store.progress);
  CHECK((expected.ok() && hash->hash == *expected));
}

}  // namespace
}  // namespace cairn::offline
