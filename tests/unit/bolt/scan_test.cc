// tests/unit/bolt/scan_test.cc: bulk load, scan and cursor hold the same keys, and damage is found.
#include "bolt/check/scan.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <map>
#include <string>

#include "base/random.h"
#include "bolt/bulk_loader.h"
#include "bolt/file.h"

namespace cairn::bolt {
namespace {

using Model = std::map<std::string, std::map<std::string, std::string>>;

// A file in a temporary directory that goes away with it.
struct TemporaryFile {
  TemporaryFile() {
    char name[] = "cairn-scan-XXXXXX";
    dir = mkdtemp(name);
    path = JoinPath(dir, "db");
    file = *PosixFs().Open(path, {.write = true, .create = true});
  }
  ~TemporaryFile() { (void)RemoveTree(PosixFs(), dir); }
  std::string dir, path;
  std::unique_ptr<File> file;
};

std::string RandomBytes(Random& random, size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.Next());
  return bytes;
}

Model RandomModel(Random& random, size_t buckets, size_t keys) {
  Model model;
  for (size_t b = 0; b < buckets; ++b) {
    auto& bucket = model["bucket" + std::to_string(b)];
    const size_t n = random.OneIn(3) ? random.Below(4) : random.Below(keys);
    for (size_t i = 0; i < n; ++i) {
      const size_t value_size = random.OneIn(40) ? random.Below(20000) : random.Below(300);
      bucket[RandomBytes(random, 1 + random.Below(40))] = RandomBytes(random, value_size);
    }
  }
  return model;
}

Meta Load(File& file, const Model& model, const BulkLoadOptions& options) {
  BulkLoader loader(file, options);
  for (const auto& [name, bucket] : model) {
    REQUIRE(loader.BeginBucket(name, 7).ok());
    for (const auto& [key, value] : bucket) REQUIRE(loader.Add(key, value).ok());
    REQUIRE(loader.EndBucket().ok());
  }
  const auto size = loader.Finish();
  REQUIRE(size.ok());
  const auto metas = ReadMetaPages(file, *size);
  REQUIRE(metas.ok());
  CHECK(metas->meta().high_water * metas->page_size == *size);
  return metas->meta();
}

class Collect : public LeafVisitor {
 public:
  void Begin(size_t n) override { leaves.assign(n, {}); }
  Status Leaf(size_t ordinal, const PageView& page, int phase) override {
    phases.emplace_back(ordinal, phase);
    leaves[ordinal].clear();
    for (size_t i = 0; i < page.count(); ++i) {
      leaves[ordinal].emplace_back(page.key(i), page.value(i));
    }
    return absl::OkStatus();
  }
  std::vector<std::vector<std::pair<std::string, std::string>>> leaves;
  std::vector<std::pair<size_t, int>> phases;
};

TEST_CASE("what was bulk loaded is what scans and cursors find, and every page is reached once") {
  for (const uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    CAPTURE(seed);
    Random random(seed);
    const uint32_t page_size = 1024u << random.Below(4);
    const Model model = RandomModel(random, 1 + random.Below(12), 3000);
    TemporaryFile t;
    const Meta meta =
        Load(*t.file, model,
             {.page_size = page_size, .fill = random.OneIn(2) ? 1.0 : 0.5, .txid = seed});
    NoProgress progress;
    Scanner scanner(*t.file, meta, progress);
    const auto buckets = ScanRoot(scanner, meta);
    REQUIRE(buckets.ok());
    REQUIRE(buckets->size() == model.size());
    auto expected = model.begin();
    ReadTx tx(*t.file, meta, 64 << 10);
    for (const NamedBucket& bucket : *buckets) {
      CHECK(bucket.name == expected->first);
      CHECK(bucket.bucket.header.sequence == 7);
      Collect collect;
      REQUIRE(scanner.ScanBucket(bucket.bucket, collect).ok());
      std::map<std::string, std::string> found;
      std::string last;
      for (const auto& leaf : collect.leaves) {
        for (const auto& [key, value] : leaf) {
          CHECK(last < key);
          last = key;
          found[key] = value;
        }
      }
      CHECK(found == expected->second);
      Cursor cursor(tx.source(), bucket.bucket);
      auto item = cursor.First();
      for (const auto& [key, value] : expected->second) {
        REQUIRE(item.ok());
        REQUIRE(item->has_value());
        CHECK((*item)->key == key);
        CHECK((*item)->value == value);
        item = cursor.Next();
      }
      CHECK(!item->has_value());
      item = cursor.Last();
      for (auto it = expected->second.rbegin(); it != expected->second.rend(); ++it) {
        REQUIRE(item->has_value());
        CHECK((*item)->key == it->first);
        item = cursor.Prev();
      }
      CHECK(!item->has_value());
      for (int i = 0; i < 200; ++i) {
        const std::string target = RandomBytes(random, 1 + random.Below(3));
        const auto at = expected->second.lower_bound(target);
        const auto found_item = cursor.Seek(target);
        REQUIRE(found_item.ok());
        REQUIRE(found_item->has_value() == (at != expected->second.end()));
        if (found_item->has_value()) CHECK((*found_item)->key == at->first);
      }
      ++expected;
    }
    CHECK(scanner.fault_count() == 0);
    CHECK(scanner.pages_reached() + 2 == meta.high_water);
  }
}

TEST_CASE("with a split key the upper leaves come first and the shared one comes twice") {
  TemporaryFile t;
  Model model;
  for (int i = 0; i < 5000; ++i) model["b"][std::to_string(100000 + i)] = std::string(50, 'v');
  const Meta meta = Load(*t.file, model, {});
  NoProgress progress;
  Scanner scanner(*t.file, meta, progress);
  const auto buckets = ScanRoot(scanner, meta);
  REQUIRE(buckets.ok());
  Collect collect;
  REQUIRE(scanner.ScanBucket((*buckets)[0].bucket, collect, "102500").ok());
  CHECK(scanner.fault_count() == 0);
  size_t both = 0;
  int last_phase = 0;
  std::map<size_t, int> seen;
  for (const auto& [ordinal, phase] : collect.phases) {
    CHECK(phase >= last_phase);
    last_phase = phase;
    if (++seen[ordinal] == 2) ++both;
    const auto& leaf = collect.leaves[ordinal];
    if (phase == 0) CHECK(leaf.back().first >= "102500");
    if (phase == 1) CHECK(leaf.front().first < "102500");
  }
  CHECK(both <= 1);
  CHECK(seen.size() == collect.leaves.size());
}

TEST_CASE("a page that is damaged in any byte of its header or elements never crashes the scan") {
  Random random(11);
  Model model = RandomModel(random, 3, 400);
  for (int i = 0; i < 1000; ++i) model["big"][RandomBytes(random, 20)] = RandomBytes(random, 100);
  TemporaryFile t;
  const Meta meta = Load(*t.file, model, {.page_size = 1024});
  NoProgress progress;
  size_t found = 0;
  for (uint64_t page = 2; page < meta.high_water; ++page) {
    const uint64_t offset = page * 1024 + random.Below(64);
    char byte = 0;
    REQUIRE(ReadExactly(*t.file, offset, {&byte, 1}).ok());
    const char damaged = static_cast<char>(byte ^ (1 << random.Below(8)));
    REQUIRE(t.file->WriteAt(offset, {&damaged, 1}).ok());
    Scanner scanner(*t.file, meta, progress);
    const auto buckets = ScanRoot(scanner, meta);
    if (buckets.ok()) {
      for (const NamedBucket& bucket : *buckets) {
        Collect collect;
        CHECK(scanner.ScanBucket(bucket.bucket, collect).ok());
      }
    }
    if (!buckets.ok() || scanner.fault_count() > 0) ++found;
    REQUIRE(t.file->WriteAt(offset, {&byte, 1}).ok());
  }
  CHECK(found > meta.high_water / 4);
}

}  // namespace
}  // namespace cairn::bolt
