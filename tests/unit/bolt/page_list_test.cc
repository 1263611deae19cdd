// tests/unit/bolt/page_list_test.cc: the list of pages and the check, on whole and on broken files.
#include "bolt/check/page_list.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "../../fuzz/bolt_any_file.h"
#include "bolt/check/page_detail.h"

namespace cairn::bolt {
namespace {

struct Open {
  explicit Open(std::string_view content) {
    file = *fs.Open("/db", {.write = true, .create = true});
    REQUIRE(file->WriteAt(0, content).ok());
    layout = *ReadLayout(*file);
  }
  MemFs fs;
  NoProgress progress;
  std::unique_ptr<File> file;
  FileLayout layout;
};

std::map<uint64_t, PageInfo> List(std::string_view content) {
  Open open(content);
  std::map<uint64_t, PageInfo> pages;
  REQUIRE(ForEachPage(*open.file, open.layout, open.progress, [&](const PageInfo& page) {
            pages[page.id] = page;
            return absl::OkStatus();
          }).ok());
  return pages;
}

std::vector<std::string> Check(std::string_view content, uint64_t from = 0) {
  Open open(content);
  std::vector<std::string> lines;
  REQUIRE(CheckFile(*open.file, open.layout, from, open.progress, [&](const std::string& line) {
            lines.push_back(line);
            return absl::OkStatus();
          }).ok());
  return lines;
}

using Lines = std::vector<std::string>;

Meta MetaOf(std::string_view content) { return *Open(content).layout.meta; }

// The first leaf below `page`, by first children.
uint64_t FirstLeaf(const std::string& content, uint64_t page) {
  const auto view =
      PageView::Parse(std::string_view(content).substr(page * kFuzzPageSize, kFuzzPageSize));
  REQUIRE(view.ok());
  return view->is_leaf() ? page : FirstLeaf(content, view->child(0).value);
}

uint64_t RootOf(const std::string& content, std::string_view bucket) {
  Open open(content);
  ReadTx tx(*open.file, *open.layout.meta, 1 << 16);
  return (*tx.FindBucket(bucket))->header.root;
}

char* Element(std::string& content, uint64_t page, size_t i) {
  return content.data() + page * kFuzzPageSize + kPageHeaderSize + i * kElementSize;
}

}  // namespace

TEST_CASE("every page of a whole file is listed once, with its bucket, and nothing is wrong") {
  for (const bool stored : {false, true}) {
    CAPTURE(stored);
    const std::string content = WholeFile(stored);
    const Meta meta = MetaOf(content);
    uint64_t next = 0;
    std::set<std::string> buckets;
    std::map<PageUse, int> uses;
    uint64_t free_listed = 0;
    uint64_t free_items = 0;
    for (const auto& [id, page] : List(content)) {
      CHECK(id == next);
      next = id + page.overflow + 1;
      CHECK(page.what == "");
      ++uses[page.use];
      buckets.insert(page.bucket);
      if (page.use == PageUse::kFree) ++free_listed;
      if (page.use == PageUse::kFreelist) free_items = page.items;
    }
    CHECK(next == meta.high_water);
    CHECK(uses[PageUse::kMeta] == 2);
    CHECK(uses[PageUse::kFreelist] == (stored ? 1 : 0));
    CHECK(uses[PageUse::kBranch] > 0);
    CHECK(uses[PageUse::kLost] == 0);
    CHECK(buckets.contains("a"));
    CHECK(buckets.contains(""));
    if (stored) CHECK(free_listed == free_items);
    CHECK(Check(content) == Lines());
  }
}

TEST_CASE("a broken leaf is told, and its neighbours are listed all the same") {
  std::string content = WholeFile(false);
  const uint64_t leaf = FirstLeaf(content, RootOf(content, "a"));
  const auto before = List(content);
  content[leaf * kFuzzPageSize] ^= 1;
  const auto after = List(content);
  CHECK(after.at(leaf).use == PageUse::kBroken);
  CHECK(after.at(leaf).bucket == "a");
  CHECK(after.at(leaf).what == "header says page " + std::to_string(leaf ^ 1));
  for (const auto& [id, page] : before) {
    if (id != leaf && page.use != PageUse::kFree) CHECK(after.at(id).use == page.use);
  }
  CHECK(Check(content).size() == 1);
  CHECK(Check(content, RootOf(content, "b") == 0 ? MetaOf(content).root.root : leaf).size() == 1);
}

TEST_CASE("keys out of order are told as bbolt tells them") {
  std::string content = WholeFile(false);
  const uint64_t leaf = FirstLeaf(content, RootOf(content, "a"));
  // The second key of the page becomes smaller than the first.
  char* const e = Element(content, leaf, 1);
  e[LoadLE<uint32_t>(e + 4)] = '!';
  const Lines lines = Check(content);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("key[1]=(hex)!") == 0);
  CHECK(lines[0].find(" on leaf page(" + std::to_string(leaf) +
                      ") needs to be > (found <) than previous element (hex)") !=
        std::string::npos);
  CHECK(List(content).at(leaf).use == PageUse::kLeaf);
  CHECK(List(content).at(leaf).what == lines[0]);
}

TEST_CASE("a page that two others refer to is told and entered once") {
  std::string content = WholeFile(false);
  uint64_t branch = RootOf(content, "a");
  char* const second = Element(content, branch, 1);
  const auto child = LoadLE<uint64_t>(second + 8);
  StoreLE(second + 8, LoadLE<uint64_t>(Element(content, branch, 0) + 8));
  const Lines lines = Check(content);
  const std::string twice = std::to_string(LoadLE<uint64_t>(second + 8));
  CHECK(std::find(lines.begin(), lines.end(),
                  "page " + twice + ": multiple references (stack: [" + std::to_string(branch) +
                      " " + twice + "])") != lines.end());
  CHECK(List(content).at(child).use == PageUse::kFree);
}

TEST_CASE("a stored freelist and the trees must agree") {
  std::string content = WholeFile(true);
  const Meta meta = MetaOf(content);
  char* const list = content.data() + meta.freelist * kFuzzPageSize;
  const uint16_t count = DecodePageHeader(list).count;
  REQUIRE(count >= 2);
  const auto lost = LoadLE<uint64_t>(list + kPageHeaderSize);
  const auto twice = LoadLE<uint64_t>(list + kPageHeaderSize + 8);
  const uint64_t leaf = FirstLeaf(content, RootOf(content, "a"));

  std::string changed = content;
  StoreLE(changed.data() + meta.freelist * kFuzzPageSize + kPageHeaderSize, twice);
  CHECK(Check(changed) == Lines{"page " + std::to_string(twice) + ": already freed",
                                "page " + std::to_string(lost) + ": unreachable unfreed"});
  CHECK(List(changed).at(lost).use == PageUse::kLost);
  CHECK(List(changed).at(twice).use == PageUse::kFree);

  changed = content;
  StoreLE(changed.data() + meta.freelist * kFuzzPageSize + kPageHeaderSize, leaf);
  CHECK(Check(changed) == Lines{"page " + std::to_string(leaf) + ": reachable freed",
                                "page " + std::to_string(lost) + ": unreachable unfreed"});
}

TEST_CASE("what a file that was cut short still has is listed") {
  const std::string content = WholeFile(false);
  const Meta meta = MetaOf(content);
  for (uint64_t pages : {3, 20}) {
    const std::string cut = content.substr(0, pages * kFuzzPageSize);
    Open open(cut);
    uint64_t listed = 0;
    const auto summary =
        ForEachPage(*open.file, open.layout, open.progress, [&](const PageInfo& page) {
          listed = page.id + page.overflow + 1;
          return absl::OkStatus();
        });
    REQUIRE(summary.ok());
    CHECK(listed == pages);
    CHECK(summary->missing == meta.high_water - pages);
    CHECK(summary->faults > 0);
    CHECK(Check(cut).size() > 0);
  }
}

TEST_CASE("of very many pages out of use, one stands for most") {
  std::string content = WholeFile(false);
  const Meta meta = MetaOf(content);
  constexpr uint64_t kMore = 5000;
  for (const uint64_t id : {0, 1}) {  // the high-water mark moves up
    char* page = content.data() + id * kFuzzPageSize + kPageHeaderSize;
    auto changed = DecodeMeta(page);
    if (!changed.ok()) continue;
    changed->high_water = meta.high_water + kMore;
    EncodeMeta(*changed, page);
  }
  content.resize((meta.high_water + kMore) * kFuzzPageSize);
  const std::map<uint64_t, PageInfo> pages = List(content);
  uint64_t next = 0;
  for (const auto& [id, page] : pages) {
    CHECK(id == next);
    next = id + page.overflow + page.more + 1;
  }
  CHECK(next == meta.high_water + kMore);
  CHECK(pages.size() < meta.high_water + 1010);
  CHECK(pages.rbegin()->second.use == PageUse::kFree);
  CHECK(pages.rbegin()->second.more > 3900);
}

TEST_CASE("a check from one page looks below it only") {
  std::string content = WholeFile(false);
  const Meta meta = MetaOf(content);
  const uint64_t root = RootOf(content, "a");
  CHECK(Check(content, root) == Lines());
  CHECK(Check(content, 1) ==
        Lines{"page ID (1) out of range [2, " + std::to_string(meta.high_water) + ")"});
  content[meta.root.root * kFuzzPageSize] ^= 1;  // not below `root`
  CHECK(Check(content, root) == Lines());
  CHECK(Check(content).size() == 1);
}

TEST_CASE("a layout is read from whatever is left of the metas") {
  std::string content = WholeFile(false);
  const Meta meta = MetaOf(content);
  std::fill_n(content.begin(), kFuzzPageSize, '\0');
  Open second(content);
  CHECK(second.layout.page_size == kFuzzPageSize);
  CHECK(second.layout.meta_faults[0] == "bad magic number");
  REQUIRE(second.layout.meta.has_value());
  CHECK(second.layout.meta->txid >= meta.txid - 1);
  std::fill_n(content.begin() + kFuzzPageSize, kFuzzPageSize, '\0');
  Open none(content);
  CHECK(!none.layout.meta.has_value());
  CHECK(none.layout.page_size == 4096);
  CHECK(!Open("").layout.meta.has_value());
}

TEST_CASE("a page is taken apart as far as it goes") {
  std::string content = WholeFile(false);
  const uint64_t leaf = FirstLeaf(content, RootOf(content, "a"));
  const auto take = [&](uint64_t id) {
    Open open(content);
    static std::string run;
    run = *ReadRawRun(*open.file, kFuzzPageSize, id);
    return TakeApart(run, id, kFuzzPageSize);
  };
  CHECK(take(leaf).whole());
  const size_t count = take(leaf).elements.size();
  REQUIRE(count > 2);
  char* const e = Element(content, leaf, 1);
  StoreLE(e + 12, uint32_t{5000});  // the value's size
  const PageDetail broken = take(leaf);
  CHECK(!broken.whole());
  REQUIRE(broken.elements.size() == count);
  CHECK(broken.elements[0].what == "");
  CHECK(broken.elements[1].what == "key or value leaves the page");
  CHECK(broken.elements[1].key.size() == broken.elements[1].key_size);
  CHECK(broken.elements[2].what == "");
  StoreLE(content.data() + leaf * kFuzzPageSize + 10, uint16_t{60000});
  CHECK(take(leaf).faults == Lines{"60000 elements do not fit"});
  Open open(content);
  CHECK(absl::IsOutOfRange(
      ReadRawRun(*open.file, kFuzzPageSize, open.layout.pages_in_file()).status()));
}

}  // namespace cairn::bolt
