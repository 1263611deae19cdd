// tests/unit/bolt/surgery_test.cc: repairs change what they say they change, and only in the copy.
#include "bolt/check/surgery.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "../../fuzz/bolt_any_file.h"
#include "base/staged_output.h"

namespace cairn::bolt {
namespace {

struct Disk {
  explicit Disk(std::string_view content) {
    REQUIRE(WriteFileAtomically(fs, "/db", content, 0600).ok());
    file = *fs.Open("/db", {});
  }
  std::string Copy(const StatusOr<Repair>& repair) {
    REQUIRE_MESSAGE(repair.ok(), std::string(Message(repair.status())));
    REQUIRE(WriteRepaired(fs, *file, *repair, "/copy", progress).ok());
    std::string copy = *ReadWholeFile(fs, "/copy", 1 << 24);
    REQUIRE(fs.RemoveFile("/copy").ok());
    return copy;
  }
  MemFs fs;
  NoProgress progress;
  std::unique_ptr<File> file;
};

Meta MetaOf(std::string_view content, int which) {
  const auto meta = DecodeMeta(content.data() + which * kFuzzPageSize + kPageHeaderSize);
  REQUIRE(meta.ok());
  return *meta;
}

// Pages that differ.
std::vector<uint64_t> Changed(std::string_view a, std::string_view b) {
  std::vector<uint64_t> pages;
  for (uint64_t page = 0; page * kFuzzPageSize < std::max(a.size(), b.size()); ++page) {
    const auto of = [&](std::string_view file) {
      return file.size() > page * kFuzzPageSize ? file.substr(page * kFuzzPageSize, kFuzzPageSize)
                                                : std::string_view();
    };
    if (of(a) != of(b)) pages.push_back(page);
  }
  return pages;
}

std::vector<std::string> Check(std::string_view content) {
  Disk disk(content);
  std::vector<std::string> lines;
  const auto layout = ReadLayout(*disk.file);
  REQUIRE(layout.ok());
  REQUIRE(CheckFile(*disk.file, *layout, 0, disk.progress, [&](const std::string& line) {
            lines.push_back(line);
            return absl::OkStatus();
          }).ok());
  return lines;
}

uint64_t FirstLeaf(const std::string& content, uint64_t page) {
  const auto view =
      PageView::Parse(std::string_view(content).substr(page * kFuzzPageSize, kFuzzPageSize));
  REQUIRE(view.ok());
  return view->is_leaf() ? page : FirstLeaf(content, view->child(0).value);
}

uint64_t RootOf(Disk& disk, std::string_view bucket) {
  ReadTx tx(*disk.file, *ReadLayout(*disk.file)->meta, 1 << 16);
  return (*tx.FindBucket(bucket))->header.root;
}

}  // namespace

TEST_CASE("the older meta takes the newer one's place") {
  const std::string content = WholeFile(false);
  Disk disk(content);
  const int newer = MetaOf(content, 0).txid > MetaOf(content, 1).txid ? 0 : 1;
  const std::string copy = disk.Copy(RevertMetaPage(*disk.file));
  CHECK(Changed(content, copy) == std::vector<uint64_t>{static_cast<uint64_t>(newer)});
  CHECK(MetaOf(copy, newer).txid == MetaOf(content, 1 - newer).txid);
  CHECK(DecodePageHeader(copy.data() + newer * kFuzzPageSize).id == uint64_t(newer));
  CHECK(Check(copy) == std::vector<std::string>());
}

TEST_CASE("a broken meta never takes the place of the last good one") {
  std::string content = WholeFile(false);
  const int newer = MetaOf(content, 0).txid > MetaOf(content, 1).txid ? 0 : 1;
  content[(1 - newer) * kFuzzPageSize + kPageHeaderSize + 17] ^= 1;
  Disk disk(content);
  CHECK(absl::IsDataLoss(RevertMetaPage(*disk.file).status()));
  // Nor does it get a right checksum.
  const std::string copy = disk.Copy(AbandonFreelist(*disk.file));
  CHECK(!DecodeMeta(copy.data() + (1 - newer) * kFuzzPageSize + kPageHeaderSize).ok());
  const auto verdicts = ValidateMetaPages(*disk.file);
  REQUIRE(verdicts.ok());
  CHECK((*verdicts)[1 - newer] == "checksum error");
  CHECK((*verdicts)[newer] == "");
}

TEST_CASE("a page is copied with the pages that it runs over") {
  const std::string content = WholeFile(false);
  Disk disk(content);
  const uint64_t leaf = FirstLeaf(content, RootOf(disk, "a"));
  const auto repair = CopyPage(*disk.file, leaf, 3);
  const std::string copy = disk.Copy(repair);
  CHECK(Changed(content, copy) == std::vector<uint64_t>{3});
  CHECK(copy.substr(3 * kFuzzPageSize + 8, 100) == content.substr(leaf * kFuzzPageSize + 8, 100));
  CHECK(DecodePageHeader(copy.data() + 3 * kFuzzPageSize).id == 3);
  CHECK(!repair->freelist_is_stale);
  const uint64_t pages = content.size() / kFuzzPageSize;
  CHECK(absl::IsOutOfRange(CopyPage(*disk.file, leaf, pages).status()));
  CHECK(absl::IsOutOfRange(CopyPage(*disk.file, pages, 3).status()));
}

TEST_CASE("elements go from a leaf, the others stay and the file stays whole") {
  const std::string content = WholeFile(false);
  Disk disk(content);
  const uint64_t leaf = FirstLeaf(content, RootOf(disk, "a"));
  const auto view = [&](const std::string& file) {
    return *PageView::Parse(std::string_view(file).substr(leaf * kFuzzPageSize, kFuzzPageSize));
  };
  const size_t count = view(content).count();
  REQUIRE(count > 4);
  for (const auto& [first, end] : std::map<int64_t, int64_t>{{0, 1}, {1, 3}, {2, -1}, {3, 4}}) {
    CAPTURE(first);
    const std::string copy = disk.Copy(ClearPageElements(*disk.file, leaf, first, end));
    std::vector<std::string> left;
    for (size_t i = 0; i < count; ++i) {
      if (int64_t(i) >= first && (end == -1 || int64_t(i) < end)) continue;
      left.push_back(std::string(view(content).key(i)) + "=" + std::string(view(content).value(i)));
    }
    std::vector<std::string> found;
    for (size_t i = 0; i < view(copy).count(); ++i) {
      found.push_back(std::string(view(copy).key(i)) + "=" + std::string(view(copy).value(i)));
    }
    CHECK(found == left);
    CHECK(Changed(content, copy) == std::vector<uint64_t>{leaf});
    CHECK(Check(copy) == std::vector<std::string>());
  }
  const auto why = [&](int64_t first, int64_t end) {
    return std::string(Message(ClearPageElements(*disk.file, leaf, first, end).status()));
  };
  const std::string n = std::to_string(count);
  CHECK(why(-1, 1) == "the start index (-1) is out of range [0, " + n + ")");
  CHECK(why(0, 1000) == "the end index (1000) is out of range [0, " + n + "]");
  CHECK(why(2, 1) == "the start index (2) is bigger than the end index (1)");
  CHECK(why(2, 2) == "invalid: the start index (2) is equal to the end index (2)");
  CHECK(std::string(Message(ClearPageElements(*disk.file, 1, 0, -1).status())) ==
        "can't clear elements in \"meta\" page");
}

TEST_CASE("a page whose elements are broken can still be cleared") {
  std::string content = WholeFile(false);
  uint64_t leaf = 0;
  {
    Disk disk(content);
    leaf = FirstLeaf(content, RootOf(disk, "a"));
  }
  StoreLE(content.data() + leaf * kFuzzPageSize + kPageHeaderSize + kElementSize + 8, ~uint32_t{0});
  Disk disk(content);
  CHECK(!Check(content).empty());
  CHECK(Check(disk.Copy(ClearPageElements(*disk.file, leaf, 0, -1))) == std::vector<std::string>());
  CHECK(Check(disk.Copy(ClearPageElements(*disk.file, leaf, 1, 2))) == std::vector<std::string>());
  CHECK(absl::IsDataLoss(ClearPageElements(*disk.file, leaf, 0, 1).status()));
}

TEST_CASE("a freelist is rebuilt after it was abandoned, and is the same set of pages") {
  const std::string content = WholeFile(true);
  Disk disk(content);
  CHECK(std::string(Message(RebuildFreelist(*disk.file, disk.progress).status())) ==
        "the file already has freelist, please consider to abandon the freelist to forcibly "
        "rebuild it");
  const std::string abandoned = disk.Copy(AbandonFreelist(*disk.file));
  CHECK(Changed(content, abandoned) == std::vector<uint64_t>{0, 1});
  CHECK(MetaOf(abandoned, 0).freelist == kNoFreelist);
  CHECK(MetaOf(abandoned, 1).freelist == kNoFreelist);
  CHECK(Check(abandoned) == std::vector<std::string>());
  Disk second(abandoned);
  const std::string rebuilt = second.Copy(RebuildFreelist(*second.file, second.progress));
  CHECK(Check(rebuilt) == std::vector<std::string>());
  const Meta meta = *ReadLayout(*Disk(rebuilt).file)->meta;
  CHECK(meta.freelist != kNoFreelist);
  CHECK(meta.txid == std::max(MetaOf(content, 0).txid, MetaOf(content, 1).txid) + 1);
}

TEST_CASE("a freelist that finds no free page goes after the last one") {
  MemFs fs;
  ManualClock clock;
  {
    const auto db =
        Db::Open(fs, clock, "/new", {.create = true, .page_size = kFuzzPageSize, .grow_bytes = 0});
    REQUIRE(db.ok());
  }
  std::string content = *ReadWholeFile(fs, "/new", 1 << 20);
  Disk disk(content);
  const std::string abandoned = disk.Copy(AbandonFreelist(*disk.file));
  Disk second(abandoned);
  // Page 2, where the list was, is free.
  const std::string rebuilt = second.Copy(RebuildFreelist(*second.file, second.progress));
  CHECK(rebuilt.size() == content.size());
  CHECK(Check(rebuilt) == std::vector<std::string>());
  // With page 2 in use there is no room.
  std::string full = abandoned.substr(0, 3 * kFuzzPageSize);
  full.replace(2 * kFuzzPageSize, kFuzzPageSize,
               abandoned.substr(3 * kFuzzPageSize, kFuzzPageSize));
  StoreLE(full.data() + 2 * kFuzzPageSize, uint64_t{2});
  for (int i = 0; i < 2; ++i) {
    Meta meta = MetaOf(abandoned, i);
    meta.root.root = 2;
    meta.high_water = 3;
    EncodeMeta(meta, full.data() + i * kFuzzPageSize + kPageHeaderSize);
  }
  Disk third(full);
  const std::string grown = third.Copy(RebuildFreelist(*third.file, third.progress));
  CHECK(grown.size() == 4 * kFuzzPageSize);
  CHECK(Check(grown) == std::vector<std::string>());
}

TEST_CASE("fields of a meta page are set and its checksum fits again") {
  std::string content = WholeFile(false);
  Disk disk(content);
  MetaChange change;
  change.root = 9;
  change.high_water = 77;
  auto update = UpdateMetaPage(*disk.file, 1, change);
  REQUIRE(update.ok());
  const std::string copy = disk.Copy(update->repair);
  CHECK(Changed(content, copy) == std::vector<uint64_t>{1});
  CHECK(MetaOf(copy, 1).root.root == 9);
  CHECK(MetaOf(copy, 1).high_water == 77);
  CHECK(MetaOf(copy, 1).txid == MetaOf(content, 1).txid);
  // Once flags and checksum are right, nothing is left to do.
  Disk second(copy);
  CHECK(UpdateMetaPage(*second.file, 1, {})->repair.patches.empty());
}

TEST_CASE("a copy has the name only when it is whole, and the input stays") {
  const std::string content = WholeFile(false);
  MemFs fs;
  REQUIRE(WriteFileAtomically(fs, "/db", content, 0600).ok());
  NoProgress progress;
  const auto file = fs.Open("/db", {});
  REQUIRE(file.ok());
  const auto repair = RevertMetaPage(**file);
  REQUIRE(repair.ok());
  REQUIRE(WriteRepaired(fs, **file, *repair, "/copy", progress).ok());
  CHECK(absl::IsAlreadyExists(WriteRepaired(fs, **file, *repair, "/copy", progress)));
  CHECK(fs.List("/")->size() == 2);
  const std::string copy = *ReadWholeFile(fs, "/copy", 1 << 24);
  CHECK(copy.size() == content.size());
  CHECK(*ReadWholeFile(fs, "/db", 1 << 24) == content);

  // An interrupt leaves nothing.
  class Stop : public NoProgress {
    Status Update(uint64_t) override { return absl::CancelledError("stop"); }
  } stop;
  CHECK(absl::IsCancelled(WriteRepaired(fs, **file, *repair, "/other", stop)));
  CHECK(!Exists(fs, "/other"));
  CHECK(fs.List("/")->size() == 2);
}

}  // namespace cairn::bolt
