// tests/unit/offline/space_test.cc: the split of a file's bytes against a plain model of the store
// that was written.
#include "offline/inspect/space.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/staged_output.h"
#include "bolt/db.h"
#include "mvcc/schema.h"
#include "offline/defrag.h"
#include "offline/inspect/key_hash.h"
#include "offline/inspect/newest_records.h"
#include "proto/kv_view.h"
#include "sim/mem_fs.h"

namespace cairn::offline {
namespace {

constexpr const char* kPath = "/file.db";

uint64_t TestSeed() {
  const char* given = std::getenv("CAIRN_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : SystemSeed();
}

// A store as etcd keeps it: every change is a record, and a compaction removes what it may.
class Store {
 public:
  void Put(const std::string& key, size_t value_size) {
    Life& life = lives_[key];
    if (life.version++ == 0) life.created = revision_ + 1;
    const std::string value(value_size, 'v');
    Add(key, false, {key, value, life.created, revision_ + 1, life.version, 0});
  }
  void Delete(const std::string& key) {
    if (lives_[key].version == 0) return;
    lives_[key] = {};
    Add(key, true, {key, "", 0, 0, 0, 0});
  }
  void Compact() {
    std::map<std::string, size_t> newest;
    for (size_t i = 0; i < records_.size(); ++i) newest[records_[i].key] = i;
    std::vector<Record> rest;
    for (size_t i = 0; i < records_.size(); ++i) {
      const Record& record = records_[i];
      const bool last = record.revision == revision_;
      if (newest[record.key] == i && (!record.tombstone || last)) rest.push_back(record);
    }
    records_ = std::move(rest);
    compacted_ = revision_;
  }

  // The file, in a file system of its own.
  std::unique_ptr<MemFs> Write(bool store_freelist = false) const {
    auto fs = std::make_unique<MemFs>();
    ManualClock clock;
    bolt::DbOptions options;
    options.create = true;
    options.store_freelist = store_freelist;
    options.grow_bytes = 10 * 4096;
    auto db = bolt::Db::Open(*fs, clock, kPath, options);
    REQUIRE(db.ok());
    // Written in parts, so that there are free pages.
    for (size_t part = 0; part < 4; ++part) {
      auto tx = (*db)->BeginWrite();
      REQUIRE(tx.ok());
      bolt::Bucket& root = (*tx)->root();
      const auto keys = root.CreateBucketIfNotExists(mvcc::kKeyBucket);
      const auto meta = root.CreateBucketIfNotExists(mvcc::kMetaBucket);
      const auto lease = root.CreateBucketIfNotExists(mvcc::kLeaseBucket);
      REQUIRE(root.CreateBucketIfNotExists(mvcc::kMembersBucket).ok());
      for (size_t i = part; i < records_.size(); i += 4) {
        REQUIRE((*keys)->Put(records_[i].Key(), records_[i].value).ok());
      }
      for (int i = 0; i < 100; ++i) {
        REQUIRE((*lease)->Put(fmt::format("{:08}", i * 4 + part), "0123456789").ok());
      }
      if (compacted_ > 0) {
        for (const auto name : {mvcc::kFinishedCompactKey, mvcc::kScheduledCompactKey}) {
          REQUIRE((*meta)->Put(name, mvcc::EncodeCompactRevision(compacted_)).ok());
        }
      }
      REQUIRE((*tx)->Commit().ok());
    }
    return fs;
  }

  // What each row has to hold.
  std::map<std::string, SpaceOf> Rows(std::string (*row_of)(const std::string& key)) const {
    std::map<std::string, size_t> newest;
    for (size_t i = 0; i < records_.size(); ++i) newest[records_[i].key] = i;
    std::map<std::string, SpaceOf> rows;
    for (size_t i = 0; i < records_.size(); ++i) {
      const Record& record = records_[i];
      SpaceOf& row = rows[row_of(record.key)];
      const uint64_t bytes = 16 + record.Key().size() + record.value.size();
      if (record.tombstone) {
        ++row.tombstones, row.tombstone_bytes += bytes;
      } else if (newest[record.key] == i) {
        ++row.live_keys, row.live_bytes += bytes;
      } else {
        ++row.history_records, row.history_bytes += bytes;
      }
    }
    return rows;
  }

 private:
  struct Life {
    int64_t created = 0, version = 0;
  };
  struct Record {
    std::string key, value;
    int64_t revision = 0;
    bool tombstone = false;

    std::string Key() const {
      return std::string(mvcc::RevisionKeyBytes({{revision, 0}, tombstone}).view());
    }
  };

  void Add(const std::string& key, bool tombstone, const proto::KeyValueView& kv) {
    Record record{key, {}, ++revision_, tombstone};
    proto::AppendKeyValue(record.value, kv);
    records_.push_back(std::move(record));
  }

  std::map<std::string, Life> lives_;
  std::vector<Record> records_;
  int64_t revision_ = 1;
  int64_t compacted_ = 0;
};

SpaceReport Read(MemFs& fs, const SpaceOptions& options) {
  ManualClock clock;
  NoProgress progress;
  const Context context{fs, clock, progress, 1};
  auto report = ReadSpace(context, kPath, options);
  REQUIRE_MESSAGE(report.ok(), std::string(Message(report.status())));
  return *std::move(report);
}

std::map<std::string, SpaceOf> ByName(const std::vector<SpaceRow>& rows) {
  std::map<std::string, SpaceOf> by_name;
  uint64_t previous = ~uint64_t{0};
  for (const SpaceRow& row : rows) {
    CHECK(row.space.bytes() <= previous);
    previous = row.space.bytes();
    by_name[row.name + "|" + row.name_space] = row.space;
  }
  return by_name;
}

SpaceOf Sum(const std::vector<SpaceRow>& rows) {
  SpaceOf sum;
  for (const SpaceRow& row : rows) sum += row.space;
  return sum;
}

void CheckWhole(const SpaceReport& report, MemFs& fs) {
  CHECK(report.file_bytes == fs.Stat(kPath)->size);
  CHECK(report.total() == report.file_bytes);
}

TEST_CASE("random stores: every byte in one number, live and history as the model has them") {
  const uint64_t seed = TestSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 30; ++round) {
    CAPTURE(round);
    Store store;
    const size_t keys = 1 + random.Below(200);
    const size_t changes = random.Below(1500);
    for (size_t i = 0; i < changes; ++i) {
      const std::string key =
          fmt::format("/app/{}/{}", random.Below(4), std::string(1 + random.Below(3), 'x')) +
          std::to_string(random.Below(keys));
      if (random.OneIn(5)) {
        store.Delete(key);
      } else {
        store.Put(key, random.OneIn(50) ? random.Below(20000) : random.Below(300));
      }
      if (random.OneIn(700)) store.Compact();
    }
    const auto fs = store.Write(random.OneIn(2));
    const SpaceReport report = Read(*fs, {.depth = 2});
    CheckWhole(report, *fs);
    std::map<std::string, SpaceOf> expected;
    for (const auto& [name, space] : store.Rows(
             [](const std::string& key) { return key.substr(0, key.rfind('/') + 1) + "|"; })) {
      expected[name] = space;
    }
    CHECK(ByName(report.prefixes) == expected);
    CHECK(Sum(report.prefixes) == report.keys);
    CHECK(report.resources.empty());
    CHECK(report.not_kubernetes == report.keys);

    // Defragmentation gives the size that was foretold, but for the order of leaves, which decides
    // how large values share them (seed 1610993216278597804, round 18: 5 pages of 91).
    for (const char* dir : {"/m", "/m/member", "/m/member/snap"}) {
      REQUIRE(fs->MakeDir(dir, 0700).ok());
    }
    REQUIRE(fs->Rename(kPath, DbPath("/m")).ok());
    ManualClock clock;
    NoProgress progress;
    REQUIRE(Defragment({*fs, clock, progress, 1}, "/m").ok());
    const auto packed = static_cast<int64_t>(fs->Stat(DbPath("/m"))->size);
    const auto said = std::min(static_cast<int64_t>(report.packed_bytes),
                               static_cast<int64_t>(report.file_bytes));
    CHECK(std::abs(packed - said) <= 6 * 4096 + packed / 50);
  }
}

TEST_CASE("a prefix keeps as many names as are asked for, and never a key's last one") {
  Store store;
  for (const char* key : {"/a/b/c", "/a/b/d/e", "/a/x", "top", "p/q", "/", "", "p//q"}) {
    store.Put(key, 10);
  }
  const auto fs = store.Write();
  const auto names = [&](size_t depth) {
    std::string text;
    for (const auto& [name, space] : ByName(Read(*fs, {.depth = depth}).prefixes)) {
      text += fmt::format("{}{} ", name, space.live_keys);
    }
    return text;
  };
  CHECK(names(0) == "");
  CHECK(names(1) == "/a/|3 /|1 p/|2 |2 ");
  CHECK(names(2) == "/a/b/|2 /a/|1 /|1 p//|1 p/|1 |2 ");
  CHECK(names(9) == "/a/b/d/|1 /a/b/|1 /a/|1 /|1 p//|1 p/|1 |2 ");
}

TEST_CASE("Kubernetes' keys are split by resource, and by namespace when asked") {
  Store store;
  store.Put("/registry/pods/default/a", 100);
  store.Put("/registry/pods/kube-system/b", 200);
  store.Put("/registry/pods/kube-system/b", 200);
  store.Put("/registry/minions/n1", 50);
  store.Put("/registry/cilium.io/ciliumnodes/n1", 50);
  store.Put("/registry/services/specs/default/a", 20);
  store.Put("compact_rev_key", 1);
  store.Delete("/registry/pods/default/a");
  const auto fs = store.Write();
  const SpaceReport plain = Read(*fs, {});
  CheckWhole(plain, *fs);
  auto rows = ByName(plain.resources);
  CHECK(rows.size() == 4);
  CHECK(rows["pods|"].live_keys == 1);
  CHECK(rows["pods|"].history_records == 2);
  CHECK(rows["pods|"].tombstones == 1);
  CHECK(rows["minions|"].live_keys == 1);
  CHECK(rows["ciliumnodes.cilium.io|"].live_keys == 1);
  CHECK(rows["services/specs|"].live_keys == 1);
  CHECK(plain.not_kubernetes.live_keys == 1);
  SpaceOf sum = Sum(plain.resources);
  sum += plain.not_kubernetes;
  CHECK(sum == plain.keys);
  CHECK(plain.name_spaces.empty());

  const SpaceReport split = Read(*fs, {.depth = 0, .namespaces = true});
  CHECK(split.prefixes.empty());
  rows = ByName(split.resources);
  CHECK(rows.size() == 5);
  CHECK(rows["pods|kube-system"].live_keys == 1);
  CHECK(rows["pods|default"].tombstones == 1);
  CHECK(rows["minions|"].live_keys == 1);
  rows = ByName(split.name_spaces);
  CHECK(rows.size() == 3);
  CHECK(rows["|default"].live_keys == 1);
  CHECK(rows["|default"].tombstones == 1);
  CHECK(rows["|kube-system"].history_records == 1);
  CHECK(rows["|"].live_keys == 2);
  CHECK(Sum(split.name_spaces) == Sum(split.resources));
}

TEST_CASE("an empty store, and one without buckets, are all overhead and free pages") {
  const auto fs = Store().Write();
  const SpaceReport report = Read(*fs, {});
  CheckWhole(report, *fs);
  CHECK(report.keys == SpaceOf());
  CHECK(report.prefixes.empty());

  MemFs bare;
  REQUIRE(
      WriteFileAtomically(bare, kPath, bolt::NewFilePages(4096) + std::string(32, 'd'), 0600).ok());
  const SpaceReport none = Read(bare, {});
  CheckWhole(none, bare);
  CHECK(none.digest_bytes == 32);
  CHECK(none.other_bytes == 0);
}

TEST_CASE("buckets inside buckets, inline and not, are other buckets' bytes") {
  MemFs fs;
  ManualClock clock;
  {
    const auto db = bolt::Db::Open(fs, clock, kPath, {.create = true, .grow_bytes = 0});
    REQUIRE(db.ok());
    const auto tx = (*db)->BeginWrite();
    const auto outer = (*tx)->root().CreateBucket("outer");
    const auto large = (*outer)->CreateBucket("large");
    for (int i = 0; i < 500; ++i) REQUIRE((*large)->Put(fmt::format("{:04}", i), "value").ok());
    const auto small = (*outer)->CreateBucket("small");
    REQUIRE((*small)->Put("k", "v").ok());
    REQUIRE((*tx)->Commit().ok());
  }
  const SpaceReport report = Read(fs, {});
  CheckWhole(report, fs);
  CHECK(report.keys == SpaceOf());
  CHECK(report.other_bytes >= 500 * (16 + 4 + 5) + 16 + 5 + 16 + 5 + 16 + 2);
}

TEST_CASE("rows beyond the limit share one, and nothing is lost") {
  Store store;
  for (size_t i = 0; i < kMaxSpaceRows + 10; ++i) store.Put(fmt::format("{}/k", i), 1);
  const auto fs = store.Write();
  const SpaceReport report = Read(*fs, {.depth = 1});
  CheckWhole(report, *fs);
  REQUIRE(report.prefixes.size() == kMaxSpaceRows + 1);
  CHECK(report.prefixes.front().name == kOtherRows);
  CHECK(report.prefixes.front().space.live_keys == 10);
  CHECK(Sum(report.prefixes) == report.keys);
}

TEST_CASE("a damaged file is an error that names the page") {
  Store store;
  for (int i = 0; i < 300; ++i) store.Put("/a/" + std::to_string(i), 300);
  const auto fs = store.Write();
  std::string content = *ReadWholeFile(*fs, kPath, 1 << 24);
  const size_t at = content.find(std::string(300, 'v'));
  REQUIRE(at != std::string::npos);
  content.replace(at / 4096 * 4096, 4096, 4096, '\0');
  MemFs broken;
  REQUIRE(WriteFileAtomically(broken, kPath, content, 0600).ok());
  ManualClock clock;
  NoProgress progress;
  const auto report = ReadSpace({broken, clock, progress, 1}, kPath, {});
  CHECK(report.status().code() == absl::StatusCode::kDataLoss);
  CHECK(Message(report.status()).find(fmt::format("page {}:", at / 4096)) != std::string::npos);
}

TEST_CASE("the newest record of each of many keys is found in any order") {
  const uint64_t seed = TestSeed();
  CAPTURE(seed);
  Random random(seed);
  NewestRecords newest;
  std::map<std::string, PlacedRecord> model;
  for (int i = 0; i < 60'000; ++i) {
    const std::string key = std::to_string(random.Below(20'000));
    const PlacedRecord record{static_cast<uint32_t>(random.Below(100'000)),
                              static_cast<uint16_t>(random.Below(50)), random.OneIn(3),
                              static_cast<uint32_t>(i)};
    const auto result = newest.Add(HashKey(key), record);
    const auto it = model.find(key);
    if (it == model.end()) {
      CHECK(result.found == NewestRecords::Found::kFirst);
      model[key] = record;
      continue;
    }
    const bool newer = record.NewerThan(it->second);
    CHECK(result.found == (newer ? NewestRecords::Found::kNewer : NewestRecords::Found::kOlder));
    CHECK(result.other.bytes == it->second.bytes);
    CHECK(result.other.tombstone == it->second.tombstone);
    if (newer) it->second = record;
  }
  CHECK(newest.size() == model.size());
  CHECK(!newest.Contains(HashKey("no such key")));
  CHECK(newest.Contains(HashKey(model.begin()->first)));
}

}  // namespace
}  // namespace cairn::offline
