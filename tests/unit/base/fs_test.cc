// tests/unit/base/fs_test.cc: what both file systems do alike, with the same error texts.
#include "base/fs.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/aligned_bytes.h"
#include "base/staged_output.h"
#include "sim/mem_fs.h"
#include "files.h"

namespace cairn {

namespace {

// An empty directory on one of the file systems, removed at the end.
class Place {
 public:
  explicit Place(bool real) : memory_(real ? nullptr : std::make_unique<MemFs>()) {
    if (!real) {
      dir_ = "/tmp";
      REQUIRE(memory_->MakeDir(dir_, 0700).ok());
      return;
    }
    const char* base = std::getenv("TMPDIR");
    dir_ = std::string(base == nullptr ? "/tmp" : base) + "/cairn_fs_XXXXXX";
    REQUIRE(mkdtemp(dir_.data()) != nullptr);
  }
  ~Place() { CHECK(RemoveTree(fs(), dir_).ok()); }

  Fs& fs() const { return memory_ == nullptr ? PosixFs() : *memory_; }
  std::string operator/(const std::string& name) const { return JoinPath(dir_, name); }
  // `message` with this place's directory cut out.
  std::string Text(const Status& status) const {
    std::string text(Message(status));
    for (size_t at = text.find(dir_); at != std::string::npos; at = text.find(dir_)) {
      text.erase(at, dir_.size());
    }
    return text;
  }

 private:
  std::unique_ptr<MemFs> memory_;
  std::string dir_;
};

// Runs `test` on the real file system and on the one in memory.
template <typename Test>
void OnBoth(Test test) {
  for (bool real : {true, false}) {
    CAPTURE(real);
    Place place(real);
    test(place, place.fs());
  }
}

TEST_CASE("a file written past the page cache has what was written, aligned or not") {
  OnBoth([](Place& p, Fs& fs) {
    std::string expected;
    auto file = fs.Open(p / "f", {.write = true, .create = true, .direct = true});
    REQUIRE(file.ok());
    for (const size_t size : {size_t{1} << 18, kDirectAlignment, size_t{33}, size_t{8192}}) {
      const AlignedBytes block(size, static_cast<char>('a' + expected.size() % 26));
      REQUIRE((*file)->WriteAt(expected.size(), block).ok());
      expected += block;
    }
    REQUIRE((*file)->Sync().ok());
    CHECK(Content(fs, p / "f") == expected);
    // From memory that isn't aligned.
    auto other = fs.Open(p / "g", {.write = true, .create = true, .direct = true});
    REQUIRE(other.ok());
    const AlignedBytes block(2 * kDirectAlignment, 'x');
    REQUIRE((*other)->WriteAt(0, std::string_view(block).substr(1, kDirectAlignment)).ok());
    CHECK(Content(fs, p / "g") == std::string(kDirectAlignment, 'x'));
  });
}

}  // namespace

TEST_CASE("errors name the operation and the path") {
  OnBoth([](Place& p, Fs& fs) {
    REQUIRE(fs.MakeDir(p / "d", 0700).ok());
    Create(fs, p / "f");
    Create(fs, p / "d/f");
    CHECK(p.Text(fs.Open(p / "x", {}).status()) == "open /x: no such file or directory");
    CHECK(absl::IsNotFound(fs.Open(p / "x", {}).status()));
    CHECK(p.Text(fs.Open(p / "d", {}).status()) == "read /d: is a directory");
    CHECK(p.Text(fs.Open(p / "d", {.write = true}).status()) == "open /d: is a directory");
    CHECK(p.Text(fs.Open(p / "f/x", {}).status()) == "open /f/x: not a directory");
    CHECK(p.Text(fs.Open(p / "f", {.write = true, .create = true, .exclusive = true}).status()) ==
          "open /f: file exists");
    CHECK(p.Text(fs.Open(p / "x/y", {.write = true, .create = true}).status()) ==
          "open /x/y: no such file or directory");
    CHECK(p.Text(fs.Stat(p / "x").status()) == "stat /x: no such file or directory");
    CHECK(p.Text(fs.List(p / "x").status()) == "open /x: no such file or directory");
    CHECK(p.Text(fs.List(p / "f").status()) == "open /f: not a directory");
    CHECK(p.Text(fs.MakeDir(p / "d", 0700)) == "mkdir /d: file exists");
    CHECK(absl::IsAlreadyExists(fs.MakeDir(p / "d", 0700)));
    CHECK(p.Text(fs.MakeDir(p / "x/y", 0700)) == "mkdir /x/y: no such file or directory");
    CHECK(p.Text(fs.RemoveFile(p / "x")) == "remove /x: no such file or directory");
    CHECK(p.Text(fs.RemoveFile(p / "d")) == "remove /d: is a directory");
    CHECK(p.Text(fs.RemoveDir(p / "d")) == "remove /d: directory not empty");
    CHECK(p.Text(fs.RemoveDir(p / "f")) == "remove /f: not a directory");
    CHECK(p.Text(fs.SyncDir(p / "x")) == "open /x: no such file or directory");
    CHECK(p.Text(fs.SyncDir(p / "f")) == "open /f: not a directory");
    CHECK(p.Text((*fs.Open(p / "f", {}))->WriteAt(0, "x")) == "write /f: bad file descriptor");
    CHECK(p.Text((*fs.Open(p / "f", {}))->Truncate(0)) == "truncate /f: invalid argument");
  });
}

TEST_CASE("a pipe is refused at once, also when nobody writes into it") {
  const Place p(true);
  const std::string path = p / "pipe";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  for (const bool write : {false, true}) {
    CHECK(p.Text(p.fs().Open(path, {.write = write}).status()) ==
          "open /pipe: is a pipe; it is read in any order: write it to a file first");
  }
}

TEST_CASE("rename replaces what may be replaced") {
  OnBoth([](Place& p, Fs& fs) {
    for (const char* dir : {"a", "b", "a/sub"}) REQUIRE(fs.MakeDir(p / dir, 0700).ok());
    for (const char* name : {"f", "g"}) {
      REQUIRE(Create(fs, p / name)->WriteAt(0, name).ok());
    }
    CHECK(p.Text(fs.Rename(p / "x", p / "y")) == "rename /x to /y: no such file or directory");
    CHECK(p.Text(fs.Rename(p / "f", p / "x/y")) == "rename /f to /x/y: no such file or directory");
    CHECK(p.Text(fs.Rename(p / "f", p / "a")) == "rename /f to /a: is a directory");
    CHECK(p.Text(fs.Rename(p / "a", p / "f")) == "rename /a to /f: not a directory");
    CHECK(p.Text(fs.Rename(p / "b", p / "a")) == "rename /b to /a: directory not empty");
    CHECK(p.Text(fs.Rename(p / "a", p / "a/sub/x")) == "rename /a to /a/sub/x: invalid argument");
    CHECK(p.Text(fs.Rename(p / "a/sub", p / "a")) == "rename /a/sub to /a: directory not empty");
    CHECK(fs.Rename(p / "f", p / "f").ok());
    CHECK(fs.Rename(p / "f", p / "g").ok());
    CHECK(Content(fs, p / "g") == "f");
    CHECK_FALSE(Exists(fs, p / "f"));
    CHECK(fs.Rename(p / "a", p / "b").ok());
    CHECK(Exists(fs, p / "b/sub"));
    CHECK(fs.Rename(p / "g", p / "b/sub/g").ok());
    CHECK(Content(fs, p / "b/sub/g") == "f");
  });
}

TEST_CASE("a vectored write of more parts than the system takes at once arrives whole") {
  OnBoth([](Place& p, Fs& fs) {
    const auto file = Create(fs, p / "f");
    std::vector<std::string> texts;
    std::string all;
    for (int i = 0; i < 3 * IOV_MAX + 5; ++i) {
      texts.push_back(i % 7 == 0 ? "" : std::to_string(i));
      all += texts.back();
    }
    const std::vector<std::string_view> parts(texts.begin(), texts.end());
    REQUIRE(file->WriteAtV(3, parts).ok());
    CHECK(Content(fs, p / "f") == std::string(3, '\0') + all);
    CHECK(file->WriteAtV(0, {}).ok());
    CHECK(*file->Size() == 3 + all.size());
  });
}

TEST_CASE("reading, cutting and allocating") {
  OnBoth([](Place& p, Fs& fs) {
    const auto file = Create(fs, p / "f");
    REQUIRE(file->WriteAt(0, "hello world").ok());
    std::string out(20, 'x');
    CHECK(*file->ReadAt(6, out) == 5);
    CHECK(out.substr(0, 5) == "world");
    CHECK(*file->ReadAt(11, out) == 0);
    CHECK(*file->ReadAt(1000, out) == 0);
    CHECK(p.Text(ReadExactly(*file, 6, out)) == "/f: offset 11: unexpected end of file");
    REQUIRE(file->Truncate(5).ok());
    REQUIRE(file->Truncate(8).ok());
    CHECK(Content(fs, p / "f") == std::string("hello\0\0\0", 8));
    REQUIRE(file->Allocate(10000).ok());
    CHECK(*file->Size() == 10000);
    REQUIRE(file->Allocate(100).ok());
    CHECK(*file->Size() == 10000);
    const auto st = fs.Stat(p / "f");
    CHECK(st->type == FileType::kRegular);
    CHECK(st->size == 10000);
    CHECK(st->allocated >= 10000);
    CHECK(st->mode == 0600);
    CHECK(file->Sync().ok());
    CHECK(Content(fs, p / "f").substr(0, 5) == "hello");
    CHECK(fs.Open(p / "f", {.write = true, .truncate = true}).ok());
    CHECK(*file->Size() == 0);
    CHECK_FALSE(ReadWholeFile(fs, p / "f", 0).status().code() == absl::StatusCode::kInternal);
    REQUIRE(file->WriteAt(0, "four").ok());
    CHECK(p.Text(ReadWholeFile(fs, p / "f", 3).status()) ==
          "/f: 4 bytes are more than the 3 expected here");
  });
}

TEST_CASE("an open file lives on without its name") {
  OnBoth([](Place& p, Fs& fs) {
    const auto file = Create(fs, p / "f");
    REQUIRE(file->WriteAt(0, "old").ok());
    REQUIRE(fs.RemoveFile(p / "f").ok());
    REQUIRE(Create(fs, p / "f")->WriteAt(0, "new").ok());
    REQUIRE(file->WriteAt(3, "er").ok());
    std::string out(5, 'x');
    CHECK(ReadExactly(*file, 0, out).ok());
    CHECK(out == "older");
    CHECK(Content(fs, p / "f") == "new");
  });
}

TEST_CASE("locks conflict between open files of one name and go when the file is closed") {
  OnBoth([](Place& p, Fs& fs) {
    auto a = Create(fs, p / "f");
    auto b = Create(fs, p / "f");
    CHECK(*a->TryLock(LockKind::kFlockShared));
    CHECK(*b->TryLock(LockKind::kFlockShared));
    CHECK_FALSE(*b->TryLock(LockKind::kFlockExclusive));
    a.reset();
    CHECK(*b->TryLock(LockKind::kFlockExclusive));
    CHECK(*b->TryLock(LockKind::kFlockExclusive));
    a = Create(fs, p / "f");
    CHECK_FALSE(*a->TryLock(LockKind::kFlockShared));
    // The two kinds do not see each other.
    CHECK(*a->TryLock(LockKind::kOfdExclusive));
    CHECK_FALSE(*b->TryLock(LockKind::kOfdExclusive));
    const auto other = Create(fs, p / "g");
    CHECK(*other->TryLock(LockKind::kFlockExclusive));
    const auto reader = fs.Open(p / "f", {});
    REQUIRE(reader.ok());
    CHECK(p.Text((*reader)->TryLock(LockKind::kOfdExclusive).status()) ==
          "lock /f: bad file descriptor");
    a.reset();
    CHECK(*b->TryLock(LockKind::kOfdExclusive));
  });
}

TEST_CASE("directories are listed in order, made with their parents, removed with their content") {
  OnBoth([](Place& p, Fs& fs) {
    CHECK(MakeDirs(fs, p / "a/b/c", 0700).ok());
    CHECK(MakeDirs(fs, p / "a/b/c/", 0700).ok());
    for (const char* name : {"z", "m", ".hidden"}) Create(fs, p / ("a/" + std::string(name)));
    const auto names = fs.List(p / "a");
    REQUIRE(names.ok());
    CHECK(*names == std::vector<std::string>{".hidden", "b", "m", "z"});
    CHECK(fs.Stat(p / "a/b")->type == FileType::kDirectory);
    CHECK(fs.Stat(p / "a/b")->mode == 0700);
    CHECK(p.Text(MakeDirs(fs, p / "a/z", 0700)) == "mkdir /a/z: not a directory");
    CHECK_FALSE(MakeDirs(fs, p / "a/z/y", 0700).ok());
    CHECK(RemoveTree(fs, p / "a").ok());
    CHECK_FALSE(Exists(fs, p / "a"));
    CHECK(RemoveTree(fs, p / "a").ok());
    Create(fs, p / "file");
    CHECK(RemoveTree(fs, p / "file").ok());
    CHECK(*fs.FreeBytes(p / "") > 0);
  });
}

TEST_CASE("an atomically written file leaves no temporary name, and nothing when it fails") {
  OnBoth([](Place& p, Fs& fs) {
    CHECK(WriteFileAtomically(fs, p / "f", "one", 0640).ok());
    CHECK(WriteFileAtomically(fs, p / "f", "two", 0640).ok());
    CHECK(Content(fs, p / "f") == "two");
    CHECK(fs.Stat(p / "f")->mode == 0640);
    REQUIRE(fs.MakeDir(p / "d", 0700).ok());
    CHECK_FALSE(WriteFileAtomically(fs, p / "d", "x", 0600).ok());
    const auto names = fs.List(p / "");
    REQUIRE(names.ok());
    CHECK(*names == std::vector<std::string>{"d", "f"});
  });
}

TEST_CASE("the parts of a path") {
  CHECK(JoinPath("a", "b") == "a/b");
  CHECK(JoinPath("a/", "b") == "a/b");
  CHECK(JoinPath("", "b") == "b");
  CHECK(DirName("a/b") == "a");
  CHECK(DirName("a/b/") == "a");
  CHECK(DirName("b") == ".");
  CHECK(DirName("/b") == "/");
  CHECK(BaseName("a/b") == "b");
  CHECK(BaseName("a/b/") == "b");
  CHECK(BaseName("b") == "b");
}

}  // namespace cairn
