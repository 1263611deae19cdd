// tests/unit/offline/bucket_stats_test.cc: the numbers of buckets, and the pairs of one, of whole
// and of damaged files.
#include "offline/inspect/bucket_stats.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/crc32c.h"
#include "base/staged_output.h"
#include "bolt/db.h"
#include "sim/mem_fs.h"

namespace cairn::offline {
namespace {

constexpr const char* kPath = "/file.db";
constexpr uint32_t kPageSize = 1024;

std::string Key(int i) { return "key" + std::to_string(1000 + i); }
std::string Value(int i) { return std::string(static_cast<size_t>(i % 90), 'v'); }

// A db with a deep bucket, an inline one, an empty one, one with a bucket inside, and meta.
struct Disk {
  Disk() {
    const auto db =
        bolt::Db::Open(fs, clock, kPath, {.create = true, .page_size = kPageSize, .grow_bytes = 0});
    REQUIRE(db.ok());
    const auto tx = (*db)->BeginWrite();
    bolt::Bucket& root = (*tx)->root();
    bolt::Bucket& deep = **root.CreateBucket("deep");
    for (int i = 0; i < 400; ++i) REQUIRE(deep.Put(Key(i), Value(i)).ok());
    REQUIRE(deep.Put("large", std::string(3000, 'l')).ok());
    REQUIRE((*root.CreateBucket("inline"))->Put("k", "v").ok());
    REQUIRE(root.CreateBucket("empty").ok());
    bolt::Bucket& outer = **root.CreateBucket("outer");
    REQUIRE((*outer.CreateBucket("inner"))->Put("a", std::string(2000, 'a')).ok());
    bolt::Bucket& meta = **root.CreateBucket("meta");
    for (const char* key : {"consistent_index", "term", "storageVersion", "confState"}) {
      REQUIRE(meta.Put(key, "12345678").ok());
    }
    REQUIRE((*tx)->Commit().ok());
  }
  std::string Content() { return *ReadWholeFile(fs, kPath, 1 << 24); }
  void Replace(std::string_view content) {
    REQUIRE(WriteFileAtomically(fs, kPath, content, 0600).ok());
  }
  // The page of the leaf that holds `key`.
  uint64_t LeafOf(std::string_view key) {
    const std::string content = Content();
    for (uint64_t page = 2; page < content.size() / kPageSize; ++page) {
      const std::string_view bytes = std::string_view(content).substr(page * kPageSize, kPageSize);
      const auto view = bolt::PageView::Parse(bytes);
      if (!view.ok() || !view->is_leaf() || view->count() == 0) continue;
      const size_t i = view->LowerBound(key);
      if (i < view->count() && view->key(i) == key) return page;
    }
    return 0;
  }
  std::map<std::string, BucketStats> Stats(BucketReport* whole = nullptr) {
    auto report = ReadBuckets(context, kPath);
    REQUIRE(report.ok());
    std::map<std::string, BucketStats> stats;
    for (const BucketStats& bucket : report->buckets) stats[bucket.name] = bucket;
    if (whole != nullptr) *whole = *std::move(report);
    return stats;
  }

  MemFs fs;
  ManualClock clock;
  NoProgress progress;
  Context context{fs, clock, progress, 1};
};

std::vector<std::string> Keys(Disk& disk, const std::vector<std::string>& names, bool reverse,
                              size_t limit, Problems& problems) {
  const auto db = DamagedDb::Open(disk.context, kPath);
  REQUIRE(db.ok());
  std::vector<std::string> keys;
  const auto found = ForEachPair(*db, names, reverse, disk.progress, problems,
                                 [&](const Pair& pair) -> StatusOr<bool> {
                                   keys.emplace_back(pair.key);
                                   return keys.size() != limit;
                                 });
  REQUIRE(found.ok());
  if (!*found) keys.emplace_back("no such bucket");
  return keys;
}

}  // namespace

TEST_CASE("buckets are counted with what they hold") {
  Disk disk;
  BucketReport report;
  auto stats = disk.Stats(&report);
  CHECK(report.problems.none());
  CHECK(stats["deep"].keys == 401);
  CHECK(stats["deep"].depth == 3);
  CHECK(stats["deep"].branch_pages == 3);
  CHECK(stats["deep"].leaf_overflow >= 2);
  uint64_t used = 0;
  for (int i = 0; i < 400; ++i) used += 16 + Key(i).size() + Value(i).size();
  used += 16 + 5 + 3000 + 16 * stats["deep"].leaf_pages;
  CHECK(stats["deep"].leaf_in_use == used);
  CHECK(stats["deep"].leaf_alloc ==
        kPageSize * (stats["deep"].leaf_pages + stats["deep"].leaf_overflow));
  CHECK(stats["inline"].inlined);
  CHECK(stats["inline"].keys == 1);
  CHECK(stats["inline"].inline_in_use == 16 + 16 + 2);
  CHECK(stats["inline"].alloc() == 0);
  CHECK(stats["empty"].keys == 0);
  CHECK(stats["empty"].depth == 1);
  // The bucket inside counts as a key of the outer one, and its pages and keys as well.
  CHECK(stats["outer"].buckets == 2);
  CHECK(stats["outer"].keys == 2);
  CHECK(stats["outer"].depth == 2);
}

TEST_CASE("the hash is over names, keys and values, but for what every member has otherwise") {
  Disk disk;
  BucketReport report;
  (void)disk.Stats(&report);
  uint32_t hash = ExtendCrc32c(0, "deep");
  for (int i = 0; i < 400; ++i) hash = ExtendCrc32c(ExtendCrc32c(hash, Key(i)), Value(i));
  hash = ExtendCrc32c(ExtendCrc32c(hash, "large"), std::string(3000, 'l'));
  for (const char* text :
       {"empty", "inline", "k", "v", "meta", "confState", "12345678", "outer", "inner"}) {
    hash = ExtendCrc32c(hash, text);
  }
  REQUIRE(report.hash.has_value());
  CHECK(*report.hash == hash);
}

TEST_CASE("a damaged leaf takes its keys with it, and no others") {
  Disk disk;
  const uint64_t leaf = disk.LeafOf(Key(200));
  REQUIRE(leaf > 1);
  std::string content = disk.Content();
  const auto view =
      bolt::PageView::Parse(std::string_view(content).substr(leaf * kPageSize, kPageSize));
  const size_t lost = view->count();
  content[leaf * kPageSize + 8] ^= 0x40;
  disk.Replace(content);
  BucketReport report;
  auto stats = disk.Stats(&report);
  CHECK(stats["deep"].keys == 401 - lost);
  CHECK(!report.hash.has_value());
  REQUIRE(report.problems.lines().size() == 1);
  const std::string place =
      "page " + std::to_string(leaf) + " (offset " + std::to_string(leaf * kPageSize) + "): ";
  CHECK(report.problems.lines()[0].find(place + "invalid type: unknown<42>") == 0);

  Problems problems;
  const std::vector<std::string> forward = Keys(disk, {"deep"}, false, 0, problems);
  CHECK(forward.size() == 401 - lost);
  CHECK(problems.count() == 1);
  std::vector<std::string> backward = Keys(disk, {"deep"}, true, 0, problems);
  std::reverse(backward.begin(), backward.end());
  CHECK(forward == backward);
  CHECK(problems.count() == 1);  // the same line once
}

TEST_CASE("pairs come in both directions, as many as are wanted") {
  Disk disk;
  Problems problems;
  CHECK(Keys(disk, {"deep"}, false, 2, problems) == std::vector<std::string>{Key(0), Key(1)});
  CHECK(Keys(disk, {"deep"}, true, 2, problems) == std::vector<std::string>{"large", Key(399)});
  CHECK(Keys(disk, {"inline"}, true, 0, problems) == std::vector<std::string>{"k"});
  CHECK(Keys(disk, {"empty"}, false, 0, problems) == std::vector<std::string>());
  CHECK(Keys(disk, {"outer", "inner"}, false, 0, problems) == std::vector<std::string>{"a"});
  CHECK(Keys(disk, {"none"}, false, 0, problems) == std::vector<std::string>{"no such bucket"});
  CHECK(Keys(disk, {}, false, 0, problems) ==
        std::vector<std::string>{"deep", "empty", "inline", "meta", "outer"});
  CHECK(problems.none());
}

TEST_CASE("a file that was cut short is read as far as it goes") {
  Disk disk;
  const std::string content = disk.Content();
  disk.Replace(content.substr(0, content.size() / 2));
  const auto report = ReadBuckets(disk.context, kPath);
  REQUIRE(report.ok());
  CHECK(report->problems.count() > 1);
  CHECK(report->problems.lines()[0].find("the file is cut short") != std::string::npos);
  // Without any meta nothing can be told.
  disk.Replace(std::string(8192, '\0'));
  const auto none = ReadBuckets(disk.context, kPath);
  CHECK(absl::IsDataLoss(none.status()));
  CHECK(std::string(Message(none.status())).find("invalid database: /file.db") == 0);
}

TEST_CASE("problems are kept once, and counted beyond their limit") {
  Problems problems;
  for (int round = 0; round < 2; ++round) problems.Add("same");
  CHECK(problems.count() == 1);
  for (size_t i = 0; i < 2 * Problems::kMaxLines; ++i) problems.Add(std::to_string(i));
  CHECK(problems.lines().size() == Problems::kMaxLines);
  CHECK(problems.count() == 2 * Problems::kMaxLines + 1);
}

}  // namespace cairn::offline
