// tests/unit/bolt/db_test.cc: what a Db promises, one thing at a time.
#include "bolt/db.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/parallel.h"
#include "bolt/tx_cursor.h"
#include "model.h"
#include "sim/mem_fs.h"

namespace cairn::bolt {

namespace {

struct Fixture {
  MemFs fs;
  ManualClock clock;
  DbOptions options{.create = true, .cache_bytes = 1 << 20, .grow_bytes = 0};
  std::unique_ptr<Db> db = Open();

  std::unique_ptr<Db> Open() {
    auto opened = Db::Open(fs, clock, "/db", options);
    REQUIRE_MESSAGE(opened.ok(), opened.status().ToString());
    return std::move(*opened);
  }
  void Reopen() {
    db.reset();
    db = Open();
  }
  std::unique_ptr<WriteTx> Begin() {
    auto tx = db->BeginWrite();
    REQUIRE_MESSAGE(tx.ok(), tx.status().ToString());
    return std::move(*tx);
  }
};

Bucket& Make(Bucket& parent, std::string_view name) {
  auto bucket = parent.CreateBucketIfNotExists(name);
  REQUIRE_MESSAGE(bucket.ok(), bucket.status().ToString());
  return **bucket;
}

std::string Text(const Status& status) { return std::string(Message(status)); }

}  // namespace

TEST_CASE("a new file is bbolt's: two metas, an empty freelist, an empty root") {
  Fixture f;
  const auto content = ReadWholeFile(f.fs, "/db", 1 << 20);
  REQUIRE(content.ok());
  CHECK(content->size() == 4 * 4096);
  CHECK(*content == NewFilePages(4096));
  CHECK(f.db->meta().txid == 1);
  CHECK(DecodePageHeader(content->data() + 2 * 4096).flags == kFreelistPage);
  CHECK(DecodePageHeader(content->data() + 3 * 4096).flags == kLeafPage);
}

TEST_CASE("limits and kinds are bbolt's errors") {
  Fixture f;
  auto tx = f.Begin();
  Bucket& bucket = Make(tx->root(), "b");
  Make(bucket, "sub");
  REQUIRE(bucket.Put("k", "v").ok());
  CHECK(Text(bucket.Put("", "v")) == "key required");
  CHECK(bucket.Put(std::string(32768, 'k'), "v").ok());
  CHECK(Text(bucket.Put(std::string(32769, 'k'), "v")) == "key too large");
  CHECK(Text(bucket.Put("x", {"", (size_t{1} << 31) - 1})) == "value too large");
  CHECK(Text(bucket.Put("sub", "v")) == "incompatible value");
  CHECK(Text(bucket.Delete("sub")) == "incompatible value");
  CHECK(Text(bucket.DeleteBucket("k")) == "incompatible value");
  CHECK(Text(bucket.DeleteBucket("none")) == "bucket not found");
  CHECK(Text(bucket.OpenBucket("none").status()) == "bucket not found");
  CHECK(Text(bucket.CreateBucket("sub").status()) == "bucket already exists");
  CHECK(Text(bucket.CreateBucket("k").status()) == "incompatible value");
  CHECK(Text(bucket.CreateBucket("").status()) == "bucket name required");
  CHECK(bucket.Delete("none").ok());
  CHECK(!bucket.Get("sub")->has_value());
  REQUIRE(tx->Commit().ok());
  CHECK(Text(bucket.Put("k", "v")) == "tx closed");
  CHECK(Text(tx->Commit()) == "tx closed");
}

TEST_CASE("a handle of a deleted bucket, or of one below it, is an error and not a crash") {
  Fixture f;
  auto tx = f.Begin();
  Bucket& above = Make(tx->root(), "above");
  Bucket& below = Make(above, "below");
  TxCursor cursor(below);
  REQUIRE(below.Put("a", "1").ok());
  REQUIRE(cursor.First().ok());
  REQUIRE(tx->root().DeleteBucket("above").ok());
  CHECK(Text(below.Put("a", "1")) == "bucket not found");
  CHECK(Text(below.Get("a").status()) == "bucket not found");
  CHECK(Text(cursor.Next().status()) == "bucket not found");
  REQUIRE(tx->Commit().ok());
}

TEST_CASE("one write transaction at a time") {
  Fixture f;
  auto tx = f.Begin();
  CHECK(absl::IsFailedPrecondition(f.db->BeginWrite().status()));
  tx->Rollback();
  CHECK(f.db->BeginWrite().ok());
}

TEST_CASE("a locked file is refused after the timeout, with its name") {
  Fixture f;
  f.options.lock_timeout_nanos = 1'000'000'000;
  const int64_t before = f.clock.MonotonicNanos();
  const auto second = Db::Open(f.fs, f.clock, "/db", f.options);
  REQUIRE(!second.ok());
  CHECK(absl::IsUnavailable(second.status()));
  CHECK(Text(second.status()).find("/db") != std::string::npos);
  const int64_t waited = f.clock.MonotonicNanos() - before;
  CHECK(waited >= 1'000'000'000);
  CHECK(waited < 1'200'000'000);
}

TEST_CASE("small buckets are stored inside their parent, large ones and parents are not") {
  Fixture f;
  auto tx = f.Begin();
  REQUIRE(Make(tx->root(), "small").Put("k", std::string(900, 'v')).ok());
  REQUIRE(Make(tx->root(), "large").Put("k", std::string(1100, 'v')).ok());
  Make(Make(tx->root(), "parent"), "child");
  Make(tx->root(), "empty");
  REQUIRE(tx->Commit().ok());
  Reader reader = f.db->BeginRead();
  const auto is_inline = [&](std::string_view name) {
    const auto ref = reader.tx().FindBucket(name);
    REQUIRE(ref.ok());
    REQUIRE(ref->has_value());
    return (*ref)->header.root == 0;
  };
  CHECK(is_inline("small"));
  CHECK(!is_inline("large"));
  CHECK(!is_inline("parent"));
  CHECK(is_inline("empty"));
  CHECK((*reader.tx().FindBucket("empty"))->inline_value.size() == 32);
}

TEST_CASE("large transactions, in order and not, read back; emptying gives all pages back") {
  for (const bool ascending : {true, false}) {
    CAPTURE(ascending);
    Fixture f;
    std::vector<std::string> keys;
    for (int i = 0; i < 20000; ++i) keys.push_back(fmt::format("key-{:08}", i));
    if (!ascending) {
      Random random(3);
      for (size_t i = keys.size(); i > 1; --i) std::swap(keys[i - 1], keys[random.Below(i)]);
    }
    auto tx = f.Begin();
    Bucket& bucket = Make(tx->root(), "b");
    if (ascending) bucket.SetFillPercent(0.9);
    for (const std::string& key : keys) REQUIRE(bucket.Put(key, key).ok());
    REQUIRE(tx->Commit().ok());
    const auto pages = f.db->meta().high_water;
    // 44 bytes an element.
    CHECK(double(pages) * 4096 < 20000 * 44 / (ascending ? 0.85 : 0.45));
    REQUIRE(CheckPages(f.fs, *f.db).ok());
    {
      Reader reader = f.db->BeginRead();
      const auto all = ReadAll(reader.tx());
      REQUIRE(all.ok());
      CHECK(all->buckets.at("b").values.size() == 20000);
    }
    auto emptying = f.Begin();
    Bucket& again = Make(emptying->root(), "b");
    for (const std::string& key : keys) REQUIRE(again.Delete(key).ok());
    REQUIRE(emptying->Commit().ok());
    f.Begin()->Rollback();  // a new transaction takes over what the last one freed
    const Db::PageCounts counts = f.db->page_counts();
    CHECK(counts.pending == 0);
    CHECK(counts.free == f.db->meta().high_water - 3);
    f.Reopen();
    auto reused = f.Begin();
    Bucket& third = Make(reused->root(), "b");
    if (ascending) third.SetFillPercent(0.9);
    for (const std::string& key : keys) REQUIRE(third.Put(key, "").ok());
    REQUIRE(reused->Commit().ok());
    CHECK(f.db->meta().high_water == pages);
  }
}

TEST_CASE("free pages are taken lowest first, as soon as no reader sees them") {
  Freelist list;
  CHECK(!list.Allocate(1).has_value());
  const std::vector<PageRun> runs = {{10, 1}, {12, 2}, {20, 5}};
  REQUIRE(list.CheckInUse(runs, 30).ok());
  list.Free(7, runs);
  CHECK(!list.CheckInUse(std::vector<PageRun>{{13, 1}}, 30).ok());
  list.Release(6);  // a reader of transaction 6 may see them
  CHECK(list.free_count() == 0);
  list.Release(7);
  CHECK(list.free_count() == 8);
  CHECK(list.pending_count() == 0);
  CHECK(list.Allocate(2) == 12);
  CHECK(list.Allocate(4) == 20);
  CHECK(!list.Allocate(2).has_value());
  CHECK(list.Allocate(1) == 10);
  CHECK(list.Allocate(1) == 24);
  CHECK(!list.Allocate(1).has_value());
  list.Free(8, std::vector<PageRun>{{12, 1}});
  list.Free(9, std::vector<PageRun>{{13, 1}});
  list.Release(std::nullopt);
  CHECK(list.Allocate(2) == 12);
}

TEST_CASE("runs that are not in use cannot be freed") {
  Freelist list;
  CHECK(!list.CheckInUse(std::vector<PageRun>{{1, 1}}, 30).ok());
  CHECK(!list.CheckInUse(std::vector<PageRun>{{29, 2}}, 30).ok());
  CHECK(!list.CheckInUse(std::vector<PageRun>{{5, 2}, {6, 1}}, 30).ok());
  CHECK(list.CheckInUse(std::vector<PageRun>{{5, 2}, {7, 23}}, 30).ok());
}

TEST_CASE("a freelist of more than 65534 pages has its count in the first word") {
  MemFs fs;
  for (const uint64_t count : {65534u, 65535u, 65536u, 70000u}) {
    CAPTURE(count);
    Freelist list;
    const std::vector<PageRun> free = {{1000, count}};
    list.Free(1, free);
    list.Release(std::nullopt);
    list.Free(2, std::vector<PageRun>{{900, 1}});
    const PageRun run{2, Freelist::PagesFor(count + 1, 4096)};
    const std::string page = list.Encode(run, 4096);
    CHECK(DecodePageHeader(page.data()).count == std::min<uint64_t>(count + 1, 0xFFFF));
    auto file = fs.Open("/list", {.write = true, .create = true, .truncate = true});
    REQUIRE(file.ok());
    REQUIRE((*file)->WriteAt(2 * 4096, page).ok());
    Meta meta;
    meta.page_size = 4096;
    meta.freelist = 2;
    meta.high_water = 1000 + count;
    WindowSource source(**file, 4096, meta.high_water, 0);
    PageRun own;
    const auto read = Freelist::Read(source, meta, &own);
    REQUIRE_MESSAGE(read.ok(), read.status().ToString());
    CHECK(read->free_count() == count + 1);
    CHECK(own.count == run.count);
    CHECK(!read->CheckInUse(std::vector<PageRun>{{900, 1}}, meta.high_water).ok());
    --meta.high_water;  // now the last id leaves the file
    CHECK(absl::IsDataLoss(Freelist::Read(source, meta, &own).status()));
  }
}

TEST_CASE("a snapshot is the reader's state as a file, however much is written meanwhile") {
  Fixture f;
  ModelBucket model;
  Random random(11);
  const auto change = [&] {
    auto tx = f.Begin();
    for (int i = 0; i < 200; ++i) {
      REQUIRE(RandomOperation(random, {}, tx->root(), model).ok());
    }
    REQUIRE(tx->Commit().ok());
  };
  for (int t = 0; t < 5; ++t) change();
  Reader reader = f.db->BeginRead();
  const ModelBucket then = model;
  for (int t = 0; t < 5; ++t) change();
  std::string copy;
  const auto append = [&](std::string_view bytes) {
    copy += bytes;
    return absl::OkStatus();
  };
  REQUIRE(f.db->WriteSnapshot(reader, append).ok());
  CHECK(copy.size() == reader.tx().SizeBytes());
  const auto meta0 = DecodeMeta(copy.data() + kPageHeaderSize);
  const auto meta1 = DecodeMeta(copy.data() + 4096 + kPageHeaderSize);
  REQUIRE(meta0.ok());
  REQUIRE(meta1.ok());
  CHECK(meta0->txid == reader.tx().meta().txid);
  CHECK(meta1->txid + 1 == meta0->txid);
  // With the digest of a snapshot file after it, which is no part of the database.
  auto file = f.fs.Open("/copy", {.write = true, .create = true});
  REQUIRE(file.ok());
  REQUIRE((*file)->WriteAt(0, copy + std::string(32, 'd')).ok());
  (*file).reset();
  auto opened = Db::Open(f.fs, f.clock, "/copy", {.grow_bytes = 0});
  REQUIRE_MESSAGE(opened.ok(), opened.status().ToString());
  {
    Reader all = (*opened)->BeginRead();
    const auto held = ReadAll(all.tx());
    REQUIRE(held.ok());
    CHECK(*held == then);
  }
  auto tx = (*opened)->BeginWrite();
  REQUIRE(tx.ok());
  REQUIRE(Make((*tx)->root(), "b").Put("k", std::string(10000, 'v')).ok());
  REQUIRE((*tx)->Commit().ok());
}

TEST_CASE("a cursor goes on where it stood while the bucket changes under it") {
  Fixture f;
  auto tx = f.Begin();
  Bucket& bucket = Make(tx->root(), "b");
  for (const char* key : {"b", "d", "f", "h"}) REQUIRE(bucket.Put(key, key).ok());
  TxCursor cursor(bucket);
  CHECK((*cursor.Seek("c"))->key == "d");
  REQUIRE(bucket.Delete("d").ok());
  REQUIRE(bucket.Put("e", "").ok());
  CHECK((*cursor.Next())->key == "e");
  REQUIRE(bucket.Put("c", "").ok());
  CHECK((*cursor.Prev())->key == "c");
  CHECK((*cursor.Prev())->key == "b");
  REQUIRE(bucket.Delete("b").ok());
  CHECK(!cursor.Prev()->has_value());
  CHECK(!cursor.Next()->has_value());
  CHECK((*cursor.Last())->key == "h");
  REQUIRE(bucket.Delete("h").ok());
  CHECK((*cursor.Prev())->key == "f");
}

TEST_CASE("the same operations give the same bytes") {
  std::string first;
  for (int run = 0; run < 2; ++run) {
    Fixture f;
    Random random(99);
    ModelBucket model;
    for (int t = 0; t < 10; ++t) {
      auto tx = f.Begin();
      for (int i = 0; i < 100; ++i) {
        REQUIRE(RandomOperation(random, {}, tx->root(), model).ok());
      }
      REQUIRE(tx->Commit().ok());
    }
    const auto content = ReadWholeFile(f.fs, "/db", 1 << 30);
    REQUIRE(content.ok());
    if (run == 0) first = *content;
    CHECK(*content == first);
  }
}

TEST_CASE("readers on other threads see whole transactions while one writes") {
  Fixture f;
  // Every transaction sets all keys to its own number.
  const auto write = [&](int t) -> Status {
    CAIRN_ASSIGN_OR_RETURN(const auto tx, f.db->BeginWrite());
    CAIRN_ASSIGN_OR_RETURN(Bucket* const bucket, tx->root().CreateBucketIfNotExists("b"));
    for (int i = 0; i < 60; ++i) {
      CAIRN_RETURN_IF_ERROR(bucket->Put(std::to_string(i), std::string(100 + t % 70, char(t))));
    }
    return tx->Commit();
  };
  REQUIRE(write(0).ok());
  const Status status = RunInParallel(4, [&](size_t thread) -> Status {
    if (thread == 0) {
      for (int t = 1; t < 100; ++t) CAIRN_RETURN_IF_ERROR(write(t));
      return absl::OkStatus();
    }
    for (int r = 0; r < 60; ++r) {
      Reader reader = f.db->BeginRead();
      CAIRN_ASSIGN_OR_RETURN(const ModelBucket all, ReadAll(reader.tx()));
      const auto& values = all.buckets.at("b").values;
      if (values.size() != 60) return absl::InternalError("keys are missing");
      for (const auto& [key, value] : values) {
        if (value != values.begin()->second) return absl::InternalError("a mixed state");
      }
    }
    return absl::OkStatus();
  });
  CHECK_MESSAGE(status.ok(), status.ToString());
}

}  // namespace cairn::bolt
