// tests/unit/offline/keys_at_test.cc: what lived at each revision, in order, against a plain map.
#include "offline/inspect/keys_at.h"
#include "offline/key_prefix.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/staged_output.h"
#include "mvcc/boot_state.h"
#include "offline/inspect/key_order.h"
#include "sample_store.h"

namespace cairn::offline {
namespace {

uint64_t Seed() {
  const char* given = std::getenv("CAIRN_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : SystemSeed();
  MESSAGE("CAIRN_SEED=" << seed);
  return seed;
}

using Listed = std::vector<std::pair<std::string, SampleStore::Value>>;

Listed Read(SampleStore& store, const DbFile& db, const KeysAtOptions& options) {
  Listed listed;
  const auto revision =
      ForEachKeyAt(db, options, store.progress, [&](const KeyReader::Record& record) {
        const proto::KeyValueView& kv = record.kv;
        listed.push_back({std::string(kv.key),
                          {std::string(kv.value), kv.create_revision, kv.mod_revision,
                           record.revision.sub, kv.version, kv.lease}});
        return absl::OkStatus();
      });
  REQUIRE_MESSAGE(revision.ok(), revision.status().ToString());
  CHECK(*revision == (options.revision != 0 ? options.revision : store.last_revision()));
  return listed;
}

Listed Expected(const SampleStore& store, const KeysAtOptions& options) {
  Listed expected;
  for (const auto& [key, value] :
       store.At(options.revision != 0 ? options.revision : store.last_revision())) {
    if (BeginsWithAny(key, options.prefixes) && (!options.wanted || options.wanted(key))) {
      expected.emplace_back(key, value);
    }
  }
  return expected;
}

// Keys that begin alike, end in each other, hold zeros and high bytes; values of any size.
void RandomHistory(Random& random, SampleStore& store, int revisions) {
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) {
    std::string name = random.OneIn(4) ? "" : "/registry/some/where/";
    for (uint64_t n = 1 + random.Below(20); n > 0; --n) {
      name += "\0a\xff/b"[random.Below(5)];
    }
    names.push_back(name);
  }
  for (int i = 0; i < revisions; ++i) {
    for (uint64_t n = 1 + random.Below(3); n > 0; --n) {
      const std::string& key = names[random.Below(names.size())];
      if (random.OneIn(3)) {
        store.Delete(key);  // also of a key that is dead, which etcd passes over
      } else {
        const uint64_t size = random.OneIn(20) ? 9000 : random.Below(200);
        store.Put(key, std::string(size, static_cast<char>(random.Next())),
                  random.OneIn(3) ? 7 : 0);
      }
    }
    store.Commit();
  }
}

TEST_CASE("every revision has the keys that lived then, in order") {
  Random random(Seed());
  SampleStore store;
  RandomHistory(random, store, 400);
  const DbFile db = store.Open(1024);
  for (int64_t revision = 0; revision <= store.last_revision();
       revision += 1 + static_cast<int64_t>(random.Below(9))) {
    if (revision == 1) continue;
    for (const std::vector<std::string>& prefixes : {std::vector<std::string>{},
                                                     {"/registry/some/where/a"},
                                                     {"a", std::string("\0", 1)},
                                                     {"nothing"}}) {
      const KeysAtOptions options{prefixes, {}, revision};
      CAPTURE(revision);
      CHECK(Read(store, db, options) == Expected(store, options));
    }
  }
  const KeysAtOptions odd{{}, [](std::string_view key) { return key.size() % 2 == 1; }, 0};
  CHECK(Read(store, db, odd) == Expected(store, odd));
  CHECK(Read(store, db, {{}, {}, 1}).empty());
}

TEST_CASE("some keys of a list are read in any order") {
  Random random(Seed());
  SampleStore store;
  RandomHistory(random, store, 200);
  const DbFile db = store.Open();
  const auto list = KeyList::Find(db, {}, store.progress);
  REQUIRE(list.ok());
  std::vector<uint32_t> which;
  for (uint32_t i = 0; i < list->size(); i += 1 + static_cast<uint32_t>(random.Below(3))) {
    which.push_back(i);
  }
  for (size_t i = which.size(); i > 1; --i) std::swap(which[i - 1], which[random.Below(i)]);
  KeyReader reader(db, *list, which);
  for (const uint32_t i : which) {
    const auto record = reader.Next();
    REQUIRE(record.ok());
    REQUIRE(record->has_value());
    CHECK((*record)->position == i);
    CHECK((*record)->kv.key == list->key(i));
    const std::string name(list->key(i));
    CHECK((*record)->kv.value == store.At(store.last_revision()).at(name).value);
  }
  CHECK(!reader.Next()->has_value());
  CHECK(reader.bytes_read() == reader.total_bytes());
  KeyReader none(db, *list, std::vector<uint32_t>{});
  CHECK(!none.Next()->has_value());
}

TEST_CASE("more than a window is read window by window, and a record larger than one") {
  SampleStore store;
  for (int i = 0; i < 40; ++i) {
    store.Put(fmt::format("k{:02}", (i * 17) % 40),
              std::string(900'000 + i, static_cast<char>('a' + i % 26)));
    store.Commit();
  }
  store.Put("k20b", std::string(KeyReader::kWindowBytes + 5, 'z'));
  store.Commit();
  const DbFile db = store.Open();
  CHECK(Read(store, db, {}) == Expected(store, {}));
}

TEST_CASE("a bucket without a page of its own is read too, and an empty one") {
  SampleStore store;
  store.Put("b", "1");
  store.Commit();
  store.Put("a", "2");
  store.Commit();
  {
    const DbFile db = store.Open();
    auto tx = db.Read();
    REQUIRE((*tx.FindBucket("key"))->header.root == 0);
    CHECK(Read(store, db, {}) == Expected(store, {}));
  }
  SampleStore empty;
  const DbFile db = empty.Open();
  CHECK(Read(empty, db, {}).empty());
}

TEST_CASE("what a store can't answer is refused with the range that it can") {
  SampleStore store;
  for (int i = 0; i < 9; ++i) {
    store.Put("k", "v");
    store.Commit();
  }
  const auto fault = [&](const DbFile& db, int64_t revision) {
    const auto list = KeyList::Find(db, {{}, {}, revision}, store.progress);
    CHECK(absl::IsOutOfRange(list.status()));
    return std::string(Message(list.status()));
  };
  CHECK(fault(store.Open(), 11) ==
        "mvcc: required revision is a future revision: revision 11 of /store.db, which can answer "
        "for revisions 1 to 10");
  store.CompactedAt(6);
  CHECK(fault(store.Open(), 5) ==
        "mvcc: required revision has been compacted: revision 5 of /store.db, which can answer for "
        "revisions 6 to 10");
  CHECK(KeyList::Find(store.Open(), {{}, {}, 6}, store.progress).ok());
}

TEST_CASE("the mark of a bumped revision is no key") {
  SampleStore store;
  store.Put("k", "v");
  store.Commit();
  store.Raw(std::string(mvcc::RevisionKeyBytes({{1000, 0}, false}).view()), "");
  const DbFile db = store.Open();
  const auto list = KeyList::Find(db, {}, store.progress);
  REQUIRE(list.ok());
  CHECK(list->size() == 1);
  CHECK(list->revision() == 1000);
}

TEST_CASE("records that are none are named") {
  for (const auto& [key, value, said] : std::vector<std::array<std::string, 3>>{
           {"no revision", "",
            "/store.db: cannot parse revision key: 6e6f207265766973696f6e (11 "
            "bytes)"},
           {std::string(mvcc::RevisionKeyBytes({{9, 1}, false}).view()), "\x0a\x05k",
            "/store.db: cannot unmarshal the value at revision 9.1"}}) {
    SampleStore store;
    store.Put("k", std::string(3000, 'v'));
    store.Commit();
    // Not the last one, which is looked at first for the current revision.
    store.Raw(key, value);
    store.Raw(std::string(mvcc::RevisionKeyBytes({{int64_t{1} << 62, 0}, false}).view()), "");
    const auto list = KeyList::Find(store.Open(), {}, store.progress);
    CHECK(absl::IsDataLoss(list.status()));
    CHECK(std::string(Message(list.status())).starts_with(said));
  }
}

TEST_CASE("a damaged page is named, and nothing is listed") {
  SampleStore store;
  for (int i = 0; i < 500; ++i) {
    store.Put(fmt::format("key{}", i), std::string(100, 'v'));
    store.Commit();
  }
  { const DbFile db = store.Open(); }
  std::string content = *ReadWholeFile(store.fs, SampleStore::kPath, 1 << 24);
  const size_t at = content.find("key250");
  const size_t page = at / 4096;
  for (const size_t where : {page * 4096, page * 4096 + 8, page * 4096 + 20}) {
    std::string broken = content;
    broken[where] = static_cast<char>(broken[where] ^ 0x40);
    REQUIRE(WriteFileAtomically(store.fs, SampleStore::kPath, broken, 0600).ok());
    const auto db = DbFile::Open(store.context, SampleStore::kPath);
    REQUIRE(db.ok());
    const auto list = KeyList::Find(*db, {}, store.progress);
    CHECK(absl::IsDataLoss(list.status()));
    CHECK(std::string(Message(list.status())).find(fmt::format("page {}: ", page)) !=
          std::string::npos);
  }
}

TEST_CASE("keys are sorted as std::sort sorts them") {
  struct Name {
    std::string text;
    size_t name_size = 0;
    const char* name() const { return text.data(); }
  };
  Random random(Seed());
  for (const size_t count : {0u, 1u, 2u, 50u, 3000u}) {
    std::vector<std::string> names;
    const std::string common(random.Below(30), '/');
    for (size_t i = 0; i < count; ++i) {
      std::string name = random.OneIn(3) ? "" : common;
      for (uint64_t n = random.Below(24); n > 0; --n) name += "\0a\xff/"[random.Below(4)];
      names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::vector<Name> keys;
    for (const std::string& name : names) keys.push_back({name, name.size()});
    std::vector<Name*> order;
    for (Name& key : keys) order.push_back(&key);
    for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
    SortByName(order);
    for (size_t i = 0; i < order.size(); ++i) REQUIRE(order[i] == &keys[i]);
  }
}

}  // namespace
}  // namespace cairn::offline
