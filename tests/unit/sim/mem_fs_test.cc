// tests/unit/sim/mem_fs_test.cc: the file system in memory against a naive model, its faults and
// its log. What it shares with the real one is in fs_test.cc.
#include "base/staged_output.h"
#include "sim/mem_fs.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "../base/files.h"

namespace cairn {

namespace {

// Files of a flat directory as plain strings.
using Model = std::map<std::string, std::string>;

void WriteModel(std::string* content, size_t offset, const std::string& data) {
  if (content->size() < offset + data.size()) content->resize(offset + data.size(), '\0');
  content->replace(offset, data.size(), data);
}

}  // namespace

TEST_CASE("random operations leave what a naive model says") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  MemFs fs;
  Model model;
  const std::vector<std::string> names = {"/a", "/b", "/c", "/d"};
  for (int step = 0; step < 20000; ++step) {
    const std::string& name = names[random.Below(names.size())];
    const std::string& other = names[random.Below(names.size())];
    const bool there = model.contains(name);
    switch (random.Below(8)) {
      case 0:
        CHECK(fs.Open(name, {.write = true, .create = true}).ok());
        model[name];
        break;
      case 1:
        CHECK(fs.RemoveFile(name).ok() == there);
        model.erase(name);
        break;
      case 2:
        CHECK(fs.Rename(name, other).ok() == there);
        if (there && name != other) {
          model[other] = model[name];
          model.erase(name);
        }
        break;
      case 3: {
        const auto file = fs.Open(name, {.write = true});
        REQUIRE(file.ok() == there);
        if (!there) break;
        const uint64_t size = random.Below(30000);
        CHECK((*file)->Truncate(size).ok());
        model[name].resize(size, '\0');
        break;
      }
      default: {
        const auto file = fs.Open(name, {.write = true});
        REQUIRE(file.ok() == there);
        if (!there) break;
        const std::string data(random.Below(random.OneIn(5) ? 10000 : 50),
                               static_cast<char>('a' + step % 26));
        const uint64_t offset = random.Below(20000);
        CHECK((*file)->WriteAt(offset, data).ok());
        if (!data.empty()) WriteModel(&model[name], offset, data);
        const uint64_t from = random.Below(20000);
        std::string out(random.Below(9000), '?');
        const auto n = (*file)->ReadAt(from, out);
        REQUIRE(n.ok());
        const std::string& all = model[name];
        CHECK(out.substr(0, *n) == (from < all.size() ? all.substr(from, out.size()) : ""));
        break;
      }
    }
    if (step % 1000 != 0) continue;
    std::vector<std::string> listed;
    for (const auto& [path, content] : model) {
      listed.push_back(path.substr(1));
      CHECK((Content(fs, path) == content));
    }
    CHECK(*fs.List("/") == listed);
  }
}

TEST_CASE("copies of a blob do not see each other's writes") {
  MemBlob a;
  a.Write(0, std::string(10000, 'a'));
  MemBlob b = a;
  b.Write(5000, "b");
  a.Resize(4999);
  a.Resize(10000);
  char byte = 0;
  a.Read(5000, std::span(&byte, 1));
  CHECK(byte == '\0');
  b.Read(5000, std::span(&byte, 1));
  CHECK(byte == 'b');
  b.Read(4999, std::span(&byte, 1));
  CHECK(byte == 'a');
  CHECK(a.stored_bytes() == 2 * MemBlob::kChunkBytes);
}

TEST_CASE("paths are walked by their parts") {
  MemFs fs;
  REQUIRE(fs.MakeDir("/d", 0700).ok());
  Create(fs, "d//f");
  CHECK(Exists(fs, "/d/./f"));
  CHECK(Exists(fs, "/d/../d/f"));
  CHECK(Exists(fs, "d/"));
  CHECK_FALSE(Exists(fs, "d/f/"));
  CHECK_FALSE(Exists(fs, ""));
  CHECK(fs.Stat(".")->type == FileType::kDirectory);
}

TEST_CASE("permission bits of the owner are honoured") {
  MemFs fs;
  REQUIRE(fs.MakeDir("/d", 0700).ok());
  Create(fs, "/d/f");
  fs.SetMode("/d/f", 0400);
  CHECK(Message(fs.Open("/d/f", {.write = true}).status()) == "open /d/f: permission denied");
  CHECK(fs.Open("/d/f", {}).ok());
  fs.SetMode("/d/f", 0);
  CHECK(absl::IsPermissionDenied(fs.Open("/d/f", {}).status()));
  fs.SetMode("/d", 0500);
  CHECK(absl::IsPermissionDenied(fs.RemoveFile("/d/f")));
  CHECK(absl::IsPermissionDenied(fs.MakeDir("/d/x", 0700)));
  CHECK(absl::IsPermissionDenied(fs.Rename("/d/f", "/f")));
  CHECK(absl::IsPermissionDenied(fs.Open("/d/n", {.write = true, .create = true}).status()));
  CHECK(fs.List("/d").ok());
  fs.SetMode("/d", 0200);
  CHECK(absl::IsPermissionDenied(fs.List("/d").status()));
  CHECK(absl::IsPermissionDenied(fs.Stat("/d/f").status()));
}

TEST_CASE("the n-th change fails as told, and changes nothing") {
  const auto work = [](MemFs& fs) -> Status {
    CAIRN_ASSIGN_OR_RETURN(const auto file, fs.Open("/f", {.write = true, .create = true}));
    CAIRN_RETURN_IF_ERROR(file->WriteAt(0, "x"));
    CAIRN_RETURN_IF_ERROR(file->Allocate(10));
    CAIRN_RETURN_IF_ERROR(file->Truncate(5));
    CAIRN_RETURN_IF_ERROR(file->Sync());
    CAIRN_RETURN_IF_ERROR(fs.MakeDir("/d", 0700));
    CAIRN_RETURN_IF_ERROR(fs.Rename("/f", "/d/f"));
    CAIRN_RETURN_IF_ERROR(fs.SyncDir("/d"));
    CAIRN_RETURN_IF_ERROR(fs.RemoveFile("/d/f"));
    return fs.RemoveDir("/d");
  };
  MemFs whole;
  REQUIRE(work(whole).ok());
  CHECK(whole.attempts() == 10);
  CHECK(whole.op_count() == 10);
  for (uint64_t n = 0; n < 10; ++n) {
    MemFs fs;
    fs.FailAt(n, ErrnoStatus("test", "/f", EIO));
    CHECK(Message(work(fs)) == "test /f: input/output error");
    CHECK(fs.op_count() == n);
    CHECK(fs.attempts() == n + 1);
  }
  MemFs fs;
  fs.FailAt(1, ErrnoStatus("test", "/f", EIO), true);
  CHECK_FALSE(work(fs).ok());
  CHECK_FALSE(work(fs).ok());
  MemFs once;
  once.FailAt(1, ErrnoStatus("test", "/f", EIO));
  CHECK_FALSE(work(once).ok());
  CHECK(work(once).ok());
}

TEST_CASE("a full disk takes what fits first") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  fs.SetByteBudget(10);
  CHECK(file->WriteAt(0, "1234567").ok());
  CHECK(*fs.FreeBytes("/") == 3);
  const Status full = file->WriteAt(7, "89abcdef");
  CHECK(Message(full) == "write /f: no space left on device");
  CHECK(absl::IsResourceExhausted(full));
  CHECK(Content(fs, "/f") == "123456789a");
  CHECK(absl::IsResourceExhausted(file->Allocate(11)));
  CHECK(file->Allocate(10).ok());
  CHECK_FALSE(file->WriteAt(0, "x").ok());
  fs.RemoveByteBudget();
  CHECK(file->WriteAt(0, "x").ok());
  CHECK_FALSE(WriteFileAtomically(fs, "/none/f", "x", 0600).ok());
  fs.SetByteBudget(3);
  CHECK_FALSE(WriteFileAtomically(fs, "/g", "four", 0600).ok());
  CHECK(*fs.List("/") == std::vector<std::string>{"f"});
}

TEST_CASE("a range that can't be read, and a bit that flipped") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  REQUIRE(file->WriteAt(0, std::string(100, 'a')).ok());
  fs.FailReads("/f", 50, 10, ErrnoStatus("read", "/f", EIO));
  std::string out(50, 'x');
  CHECK(file->ReadAt(0, out).ok());
  CHECK(Message(file->ReadAt(1, out).status()) == "read /f: input/output error");
  CHECK_FALSE(file->ReadAt(59, out).ok());
  CHECK(file->ReadAt(60, out).ok());
  fs.FlipBit("/f", 60, 1);
  CHECK(file->ReadAt(60, out).ok());
  CHECK(out.substr(0, 2) == "ca");
}

TEST_CASE("no file is larger than 16 GiB, whatever the offset") {
  MemFs fs;
  const auto file = Create(fs, "/f");
  const uint64_t huge = uint64_t{1} << 63;
  CHECK(Message(file->WriteAt(huge, "x")) == "write /f: file too large");
  CHECK_FALSE(file->WriteAt(~uint64_t{0}, "x").ok());
  CHECK_FALSE(file->Truncate(huge).ok());
  CHECK_FALSE(file->Allocate(huge).ok());
  std::string out(10, 'x');
  CHECK(*file->ReadAt(~uint64_t{0}, out) == 0);
  CHECK(fs.op_count() == 1);
}

TEST_CASE("the log tells what was done, and a new one begins where a test wants it") {
  MemFs fs;
  {
    const auto file = Create(fs, "/f");
    REQUIRE(file->WriteAt(5, "data").ok());
    REQUIRE(file->Sync().ok());
  }
  REQUIRE(fs.Rename("/f", "/g").ok());
  REQUIRE(fs.SyncDir("/").ok());
  std::string all;
  for (const MemOp& op : fs.log()) all += op.ToString() + "\n";
  CHECK(all == "create /f\nwrite /f 5+4\nsync /f\nrename /f to /g\nsync directory /\n");
  fs.Settle();
  CHECK(fs.op_count() == 0);
  CHECK(fs.log_start().nodes.size() == 2);
}

TEST_CASE("a removed file is gone when its last open file is closed, also after the file system") {
  auto fs = std::make_unique<MemFs>();
  auto file = Create(*fs, "/f");
  REQUIRE(file->WriteAt(0, "x").ok());
  REQUIRE(fs->RemoveFile("/f").ok());
  fs->Settle();
  CHECK(fs->log_start().nodes.size() == 2);
  file.reset();
  fs->Settle();
  CHECK(fs->log_start().nodes.size() == 1);
  file = Create(*fs, "/g");
  fs.reset();
  CHECK(file->WriteAt(0, "still here").ok());
}

}  // namespace cairn
