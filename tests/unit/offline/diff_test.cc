// tests/unit/offline/diff_test.cc: what changed between two states of a store, against a model.
#include "offline/inspect/diff.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/staged_output.h"
#include "bolt/db.h"
#include "mvcc/revision.h"
#include "mvcc/schema.h"
#include "offline/key_prefix.h"
#include "proto/kv_view.h"
#include "sim/mem_fs.h"

namespace cairn::offline {
namespace {

// A store in the plainest form: every record, and what lives.
struct Store {
  struct Record {
    mvcc::RevisionKey at;
    std::string key, value;
    int64_t create = 0, version = 0;
  };

  void Put(const std::string& key, const std::string& value) {
    const auto [it, is_new] = live.try_emplace(key);
    Record& record = it->second;
    if (is_new) record.create = next();
    record = {{{next(), sub++}, false}, key, value, record.create, record.version + 1};
    records.push_back(record);
    ++writes[key];
  }
  void Delete(const std::string& key) {
    if (live.erase(key) == 0) return;
    records.push_back({{{next(), sub++}, true}, key, "", 0, 0});
    ++writes[key];
  }
  // The end of a transaction.
  void Commit() {
    if (sub > 0) ++revision;
    sub = 0;
  }
  // Drops what a compaction at `at` removes.
  void Compact(int64_t at) {
    std::map<std::string, mvcc::Revision> newest;
    for (const Record& r : records) {
      if (r.at.revision.main <= at) newest[r.key] = r.at.revision;
    }
    std::erase_if(records, [&](const Record& r) {
      return r.at.revision.main <= at &&
             (newest[r.key] != r.at.revision || (r.at.tombstone && r.at.revision.main < at));
    });
    compacted = at;
  }

  void Write(MemFs& fs, const std::string& path) const {
    ManualClock clock;
    const auto db = bolt::Db::Open(fs, clock, path, {.create = true, .grow_bytes = 0});
    REQUIRE(db.ok());
    const auto tx = (*db)->BeginWrite();
    const auto bucket = (*tx)->root().CreateBucket("key");
    const auto meta = (*tx)->root().CreateBucket("meta");
    for (const Record& r : records) {
      std::string bytes;
      proto::AppendKeyValue(bytes, r.at.tombstone
                                       ? proto::KeyValueView{.key = r.key}
                                       : proto::KeyValueView{.key = r.key,
                                                             .value = r.value,
                                                             .create_revision = r.create,
                                                             .mod_revision = r.at.revision.main,
                                                             .version = r.version});
      REQUIRE((*bucket)->Put(mvcc::RevisionKeyBytes(r.at).view(), bytes).ok());
    }
    if (compacted > 0) {
      for (const char* name : {"scheduledCompactRev", "finishedCompactRev"}) {
        REQUIRE((*meta)->Put(name, mvcc::EncodeCompactRevision(compacted)).ok());
      }
    }
    REQUIRE((*tx)->Commit().ok());
  }

  int64_t next() const { return revision + 1; }

  int64_t revision = 1, sub = 0, compacted = 0;
  std::vector<Record> records;
  std::map<std::string, Record> live;
  std::map<std::string, int64_t> writes;
};

struct Disk {
  MemFs fs;
  ManualClock clock;
  NoProgress progress;
  Context context{fs, clock, progress, 1};
};

struct Change {
  KeyChange change;
  std::string key;
};

DiffReport Compare(const Store& a, const Store& b, const DiffOptions& options = {},
                   std::vector<Change>* changes = nullptr) {
  Disk disk;
  a.Write(disk.fs, "/a.db");
  b.Write(disk.fs, "/b.db");
  ChangeVisitor visit;
  if (changes != nullptr) {
    visit = [&](const KeyChange& change) {
      changes->push_back({change, std::string(change.key)});
      return absl::OkStatus();
    };
  }
  const auto report = Diff(disk.context, "/a.db", "/b.db", options, visit);
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  return *report;
}

void OneStep(Store& store, Random& random) {
  const uint64_t changes = 1 + random.Below(3);
  for (uint64_t i = 0; i < changes; ++i) {
    const std::string key = fmt::format("/{}/k{}", "abc"[random.Below(3)], random.Below(30));
    if (random.OneIn(4)) {
      store.Delete(key);
    } else {
      store.Put(key, std::string(random.Below(50), static_cast<char>('a' + random.Below(2))));
    }
  }
  store.Commit();
}

// All that a report says of two states of one store, against the states themselves.
void CheckAgainstModel(const Store& a, const Store& b, bool exact) {
  std::vector<Change> changes;
  const DiffReport report = Compare(a, b, {}, &changes);
  CHECK(report.same_cluster);
  CHECK(report.before_revision == a.revision);
  CHECK(report.after_revision == b.revision);
  std::map<std::string, const KeyChange*> told;
  std::string last;
  for (const Change& c : changes) {
    CHECK(last < c.key);
    last = c.key;
    told[c.key] = &c.change;
  }
  uint64_t expected = 0;
  int64_t bytes = 0, writes = 0;
  for (const auto& [key, count] : b.writes) {
    CAPTURE(key);
    const auto before = a.live.find(key);
    const auto after = b.live.find(key);
    const bool was = before != a.live.end();
    const bool is = after != b.live.end();
    const auto earlier = a.writes.find(key);
    const int64_t written = count - (earlier == a.writes.end() ? 0 : earlier->second);
    writes += written;
    if (was) bytes -= static_cast<int64_t>(key.size() + before->second.value.size());
    if (is) bytes += static_cast<int64_t>(key.size() + after->second.value.size());
    const bool changed =
        was != is || (was && before->second.at.revision != after->second.at.revision);
    REQUIRE(told.count(key) == (changed ? 1 : 0));
    if (!changed) continue;
    ++expected;
    const KeyChange& change = *told[key];
    CHECK(change.kind == (!was  ? ChangeKind::kAdded
                          : !is ? ChangeKind::kRemoved
                                : ChangeKind::kModified));
    CHECK(change.before_revision == (was ? before->second.at.revision.main : 0));
    CHECK(change.after_revision == (is ? after->second.at.revision.main : 0));
    CHECK(change.before_bytes == (was ? before->second.value.size() : 0));
    CHECK(change.after_bytes == (is ? after->second.value.size() : 0));
    CHECK(change.same_value == (was && is && before->second.value == after->second.value));
    CHECK(change.writes <= written);
    CHECK(change.writes > 0);
    const bool kept = was && is && before->second.create == after->second.create;
    if (exact || kept) CHECK(change.writes == written);
  }
  CHECK(changes.size() == expected);
  CHECK(report.total.bytes == bytes);
  if (exact) CHECK(report.total.writes == writes);
  DiffRow sum;
  for (const DiffRow& row : report.prefixes) {
    sum.added += row.added;
    sum.removed += row.removed;
    sum.modified += row.modified;
    sum.passing += row.passing;
    sum.writes += row.writes;
    sum.bytes += row.bytes;
  }
  CHECK(sum.added + sum.removed + sum.modified == expected);
  CHECK(sum.passing == report.total.passing);
  CHECK(sum.writes == report.total.writes);
  CHECK(sum.bytes == report.total.bytes);
}

TEST_CASE("random histories: every key that changed is told, and nothing else") {
  const char* given = std::getenv("CAIRN_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 60; ++round) {
    Store store;
    const uint64_t before = random.Below(40);
    const uint64_t between = random.Below(60);
    for (uint64_t i = 0; i < before; ++i) OneStep(store, random);
    if (random.OneIn(2) && store.revision > 1) {
      store.Compact(1 + static_cast<int64_t>(random.Below(store.revision)));
    }
    const Store a = store;
    for (uint64_t i = 0; i < between; ++i) OneStep(store, random);
    CheckAgainstModel(a, store, true);
    // Compacted up to the first file's revision at most, no write in between is lost.
    if (a.revision > a.compacted) {
      Store gently = store;
      gently.Compact(a.compacted + 1 +
                     static_cast<int64_t>(random.Below(a.revision - a.compacted)));
      CheckAgainstModel(a, gently, true);
    }
    Store hard = store;
    hard.Compact(store.revision);
    CheckAgainstModel(a, hard, store.revision == a.revision);
  }
}

TEST_CASE("the same file twice, and an empty store, differ in nothing") {
  Store store;
  CHECK(Compare(store, store).total.writes == 0);
  store.Put("/a", "1");
  store.Commit();
  const DiffReport report = Compare(store, store);
  CHECK(report.same_cluster);
  CHECK(report.total.added + report.total.removed + report.total.modified == 0);
  CHECK(report.prefixes.empty());
}

TEST_CASE("an older second file turns the changes round") {
  Store store;
  store.Put("/a", "1");
  store.Commit();
  const Store first = store;
  store.Put("/a", "22");
  store.Put("/b", "1");
  store.Commit();
  std::vector<Change> changes;
  const DiffReport report = Compare(store, first, {}, &changes);
  CHECK(report.same_cluster);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].change.kind == ChangeKind::kModified);
  CHECK(changes[0].change.before_revision == 3);
  CHECK(changes[0].change.after_revision == 2);
  CHECK(changes[0].change.before_bytes == 2);
  CHECK(changes[1].change.kind == ChangeKind::kRemoved);
  CHECK(report.total.bytes == -4);
  CHECK(report.total.writes == 2);
}

TEST_CASE("a key that came and went is counted, and is no change") {
  Store store;
  const Store first = store;
  store.Put("/a", "1");
  store.Commit();
  store.Delete("/a");
  store.Commit();
  const DiffReport report = Compare(first, store);
  CHECK(report.total.passing == 1);
  CHECK(report.total.writes == 2);
  CHECK(report.total.added + report.total.removed + report.total.modified == 0);
}

TEST_CASE("two clusters are told apart, and compared by values alone") {
  Store a, b;
  a.Put("/same", "v");
  a.Commit();
  a.Put("/other", "1");
  a.Commit();
  b.Put("/other", "2");
  b.Commit();
  b.Put("/same", "v");
  b.Commit();
  std::vector<Change> changes;
  const DiffReport report = Compare(a, b, {}, &changes);
  CHECK_FALSE(report.same_cluster);
  CHECK(report.disagreement == "the record of revision 2.0 differs");
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].key == "/other");
  CHECK(report.total.writes == 0);
}

TEST_CASE("a record that should be there and isn't tells two clusters apart") {
  Store a;
  a.Put("/a", "1");
  a.Commit();
  Store b = a;
  a.Put("/b", "1");
  a.Commit();
  b.Commit();
  b.revision = 2;
  for (int i = 0; i < 3; ++i) {
    b.Put("/c", "1");
    b.Commit();
  }
  b.records.erase(b.records.begin() + 1);  // 3.0, which a has
  const DiffReport report = Compare(a, b);
  CHECK_FALSE(report.same_cluster);
  CHECK(report.disagreement == "the record of revision 3.0 is missing in /b.db");
}

TEST_CASE("only the prefixes asked for, and rows cut at the depth asked for") {
  Store a, b;
  for (const char* key : {"/r/pods/x/1", "/r/pods/x/2", "/r/nodes/1", "plain", "/r/pods/y/1"}) {
    b.Put(key, "v");
    b.Commit();
  }
  const auto names = [](const DiffReport& report) {
    std::string text;
    for (const DiffRow& row : report.prefixes) text += row.prefix + " ";
    return text;
  };
  CHECK(names(Compare(a, b)) == "/r/pods/  /r/nodes/ ");
  CHECK(names(Compare(a, b, {.depth = 1})) == "/r/  ");
  CHECK(names(Compare(a, b, {.depth = 3})) == "/r/pods/x/  /r/nodes/ /r/pods/y/ ");
  CHECK(names(Compare(a, b, {.depth = 0})) == "");
  const DiffReport some = Compare(a, b, {.prefixes = {"/r/nodes/", "pl"}});
  CHECK(some.total.added == 2);
}

TEST_CASE("a key's row is cut after the slash that the depth says") {
  CHECK(RowPrefix("/registry/pods/default/web", 2) == "/registry/pods/");
  CHECK(RowPrefix("registry/pods/default/web", 2) == "registry/pods/");
  CHECK(RowPrefix("/a/b", 2) == "/a/");
  CHECK(RowPrefix("/a", 2) == "/");
  CHECK(RowPrefix("a", 2) == "");
  CHECK(RowPrefix("", 2) == "");
  CHECK(RowPrefix("//", 1) == "//");
}

TEST_CASE("the mark of a bumped revision is no key") {
  Store store;
  store.Put("/a", "1");
  store.Commit();
  const Store first = store;
  store.records.push_back({{{1000, 0}, false}, "", "", 0, 0});
  store.revision = 1000;
  const DiffReport report = Compare(first, store);
  CHECK(report.same_cluster);
  CHECK(report.after_revision == 1000);
  CHECK(report.total.writes == 0);
}

TEST_CASE("damage is named") {
  Disk disk;
  Store store;
  store.Put("/a", "1");
  store.Commit();
  store.Write(disk.fs, "/a.db");
  store.records.back().key.clear();
  std::string content = *ReadWholeFile(disk.fs, "/a.db", 1 << 20);
  const size_t at = content.find("\x0a\x02/a");
  REQUIRE(at != std::string::npos);
  content[at] = '\x0b';
  REQUIRE(WriteFileAtomically(disk.fs, "/b.db", content, 0600).ok());
  const auto report = Diff(disk.context, "/a.db", "/b.db", {}, {});
  REQUIRE_FALSE(report.ok());
  CHECK(Message(report.status()).find("/b.db: cannot unmarshal the value at revision 2.0") !=
        std::string_view::npos);
}

}  // namespace
}  // namespace cairn::offline
