// tests/fuzz/bolt_any_file.h: any bytes as a bbolt file: read, check, walk and change it. Used by
// the fuzzer and, with random bytes, by the unit tests.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/fnv.h"
#include "base/progress.h"
#include "bolt/check/page_detail.h"
#include "bolt/check/page_list.h"
#include "bolt/check/scan.h"
#include "bolt/check/surgery.h"
#include "bolt/db.h"
#include "bolt/tx_cursor.h"
#include "sim/mem_fs.h"

namespace cairn::bolt {

inline constexpr uint32_t kFuzzPageSize = 1024;

// A small whole file with deep trees, overflow pages, inline and nested buckets and free pages.
inline std::string WholeFile(bool store_freelist) {
  MemFs fs;
  ManualClock clock;
  const auto opened = Db::Open(fs, clock, "/db",
                               {.create = true,
                                .page_size = kFuzzPageSize,
                                .store_freelist = store_freelist,
                                .grow_bytes = 0});
  CAIRN_CHECK(opened.ok());
  for (int t = 0; t < 3; ++t) {
    const auto tx = (*opened)->BeginWrite();
    CAIRN_CHECK(tx.ok());
    for (const char* name : {"a", "b", "c"}) {
      const auto bucket = (*tx)->root().CreateBucketIfNotExists(name);
      CAIRN_CHECK(bucket.ok() && (*bucket)->CreateBucketIfNotExists("in").ok());
      const int keys = name[0] == 'a' ? 150 : 3;
      for (int i = 0; i < keys; ++i) {
        const std::string key = std::to_string(i * 7 % 1000) + std::string(30, 'k');
        if (t == 2 && i % 2 == 0) CAIRN_CHECK((*bucket)->Delete(key).ok());
        if (t < 2) CAIRN_CHECK((*bucket)->Put(key, std::string(i == 50 ? 3000 : 9, 'v')).ok());
      }
    }
    CAIRN_CHECK((*tx)->Commit().ok());
  }
  auto content = ReadWholeFile(fs, "/db", 1 << 20);
  CAIRN_CHECK(content.ok());
  return *std::move(content);
}

// Makes the checksums of the metas right, so that what they say is looked at.
inline void MendChecksums(std::string& file) {
  for (const size_t page : {size_t{0}, size_t{kFuzzPageSize}}) {
    if (file.size() < page + kPageHeaderSize + kMetaSize) return;
    char* const meta = file.data() + page + kPageHeaderSize;
    StoreLE(meta + 56, Fnv1a64({meta, 56}));
  }
}

inline void CheckBuckets(const File& file, const Meta& meta) {
  NoProgress progress;
  Scanner scanner(file, meta, progress);
  IgnoreLeaves visitor;
  if (const auto buckets = ScanRoot(scanner, meta); buckets.ok()) {
    for (const NamedBucket& bucket : *buckets) (void)scanner.ScanBucket(bucket.bucket, visitor);
  }
  (void)scanner.CheckFree();
}

inline void WalkBoth(ReadTx& tx, size_t limit) {
  Cursor forward = tx.Root();
  auto item = forward.First();
  for (size_t i = 0; i < limit && item.ok() && item->has_value(); ++i) {
    if ((*item)->is_bucket) {
      if (const auto ref = ParseBucket((*item)->value); ref.ok()) {
        Cursor below(tx.source(), *ref);
        auto last = below.Last();
        while (last.ok() && last->has_value() && ++i < limit) last = below.Prev();
      }
    }
    item = forward.Next();
  }
}

// Puts, deletes, walks and commits. Whatever the file is, this ends with a value or a Status.
inline void ChangeAll(Db& db) {
  for (int t = 0; t < 2; ++t) {
    const auto tx = db.BeginWrite();
    if (!tx.ok()) return;
    for (const char* name : {"a", "b", "c", "d"}) {
      const auto bucket = (*tx)->root().CreateBucketIfNotExists(name);
      if (!bucket.ok()) continue;
      (void)(*bucket)->Put("50" + std::string(30, 'k'), std::string(2000, 'w'));
      (void)(*bucket)->Put("zz", "z");
      (void)(*bucket)->SetSequence(9);
      TxCursor cursor(**bucket);
      auto item = cursor.Seek("1");
      for (int i = 0; i < 200 && item.ok() && item->has_value(); ++i) {
        const std::string key((*item)->key);
        if (i % 3 != 0 && !(*item)->is_bucket) (void)(*bucket)->Delete(key);
        if (const auto in = (*bucket)->OpenBucket(key); in.ok()) (void)(*in)->Put("k", "v");
        item = cursor.Next();
      }
    }
    if (t == 1) (void)(*tx)->root().DeleteBucket("a");
    (void)(*tx)->Commit();
  }
}

// What needs no whole file: lists, checks and takes apart its pages, and repairs copies.
inline void LookAtAny(Fs& fs, const File& file) {
  NoProgress progress;
  const auto layout = ReadLayout(file);
  CAIRN_CHECK(layout.ok());
  const uint64_t pages = std::min<uint64_t>(layout->pages_in_file(), 80);
  for (uint64_t id = 0; id < pages; ++id) {
    const auto run = ReadRawRun(file, layout->page_size, id);
    CAIRN_CHECK(run.ok() && TakeApart(*run, id, layout->page_size).id == id);
    if (id % 8 != 2) continue;
    (void)CopyPage(file, id, id + 1);
    for (const int64_t end : {-1, 2}) (void)ClearPageElements(file, id, 1, end);
  }
  (void)RevertMetaPage(file);
  (void)AbandonFreelist(file);
  (void)ValidateMetaPages(file);
  (void)UpdateMetaPage(file, 1, {.page_size = {}, .root = 7, .freelist = {}, .high_water = {}});
  if (!layout->meta.has_value()) return;
  uint64_t next = 0;
  const auto list = ForEachPage(file, *layout, progress, [&](const PageInfo& page) {
    CAIRN_CHECK(page.id == next);
    next += page.overflow + 1;
    return absl::OkStatus();
  });
  CAIRN_CHECK(list.ok() && next <= std::max<uint64_t>(layout->pages(), 2));
  const auto ignore = [](const std::string&) { return absl::OkStatus(); };
  for (const uint64_t from : {0, 5}) {
    CAIRN_CHECK(CheckFile(file, *layout, from, progress, ignore).ok());
  }
  if (const auto repair = RebuildFreelist(file, progress); repair.ok()) {
    CAIRN_CHECK(WriteRepaired(fs, file, *repair, "/rebuilt", progress).ok());
    CAIRN_CHECK(fs.RemoveFile("/rebuilt").ok());
  }
}

inline void TryAnyFile(std::string_view bytes) {
  MemFs fs;
  ManualClock clock;
  {
    const auto file = fs.Open("/db", {.write = true, .create = true});
    CAIRN_CHECK(file.ok() && (*file)->WriteAt(0, bytes).ok());
    LookAtAny(fs, **file);
    const auto metas = ReadMetaPages(**file, bytes.size());
    if (!metas.ok()) return;
    CheckBuckets(**file, metas->meta());
  }
  for (const bool store_freelist : {false, true}) {
    const auto db =
        Db::Open(fs, clock, "/db",
                 {.store_freelist = store_freelist, .cache_bytes = 1 << 16, .grow_bytes = 0});
    if (!db.ok()) return;
    {
      Reader reader = (*db)->BeginRead();
      WalkBoth(reader.tx(), 5000);
    }
    ChangeAll(**db);
  }
}

// The first byte says how the others are meant: as a file, or as changes of a whole file (two bytes
// where, one byte what).
inline void TryInput(std::string_view input) {
  if (input.empty()) return;
  const int mode = input[0] & 3;
  input.remove_prefix(1);
  if (mode == 0) return TryAnyFile(input);
  static const std::string whole[2] = {WholeFile(false), WholeFile(true)};
  std::string file = whole[mode & 1];
  for (; input.size() >= 3; input.remove_prefix(3)) {
    file[LoadLE<uint16_t>(input.data()) % file.size()] = input[2];
  }
  MendChecksums(file);
  TryAnyFile(file);
}

}  // namespace cairn::bolt
