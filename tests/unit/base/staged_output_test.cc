// tests/unit/base/staged_output_test.cc: whoever says success left its own whole output under the
// name; nobody's stage is taken away; no link is followed; what is no file is not replaced.
#include "base/staged_output.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <functional>

#include "base/output_target.h"
#include "sim/crash_states.h"
#include "sim/mem_fs.h"

namespace cairn {

namespace {

constexpr uint64_t kSeed = 12;

// A real directory, removed at the end.
class Scratch {
 public:
  Scratch() {
    const char* base = std::getenv("TMPDIR");
    dir_ = std::string(base == nullptr ? "/tmp" : base) + "/cairn_staged_XXXXXX";
    REQUIRE(mkdtemp(dir_.data()) != nullptr);
  }
  ~Scratch() { CHECK(RemoveTree(PosixFs(), dir_).ok()); }
  std::string operator/(const std::string& name) const { return JoinPath(dir_, name); }
  const std::string& path() const { return dir_; }

 private:
  std::string dir_;
};

// Both file systems have to behave alike: `work` gets one and an empty directory on it.
void OnBoth(const std::function<void(Fs&, const std::string& dir)>& work) {
  SUBCASE("memory") {
    MemFs fs;
    REQUIRE(fs.MakeDir("/d", 0700).ok());
    work(fs, "/d");
  }
  SUBCASE("real") {
    const Scratch scratch;
    work(PosixFs(), scratch.path());
  }
}

void Write(Fs& fs, const std::string& path, std::string_view content) {
  const auto file = fs.Open(path, {.write = true, .create = true, .truncate = true});
  REQUIRE(file.ok());
  REQUIRE((*file)->WriteAt(0, content).ok());
}

std::string Content(Fs& fs, const std::string& path) {
  const auto content = ReadWholeFile(fs, path, 1 << 20);
  return content.ok() ? *content : std::string(Message(content.status()));
}

StagedFile StageOf(Fs& fs, const std::string& path, std::string_view content) {
  auto staged = StagedFile::Create(fs, path, {});
  REQUIRE(staged.ok());
  REQUIRE(staged->file().WriteAt(0, content).ok());
  return *std::move(staged);
}

std::vector<std::string> Names(Fs& fs, const std::string& dir) {
  const auto names = fs.List(dir);
  REQUIRE(names.ok());
  return *names;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("two that make one file: each stage is its own, and the last one's whole file stays") {
  OnBoth([](Fs& fs, const std::string& dir) {
    const std::string path = JoinPath(dir, "f");
    StagedFile a = StageOf(fs, path, "of a");
    StagedFile b = StageOf(fs, path, "of b, longer");
    CHECK(a.path() != b.path());
    CHECK(IsStageOf(BaseName(a.path()), "f"));
    CHECK(a.Place(Placing::kReplace).ok());
    CHECK(Content(fs, path) == "of a");
    CHECK(b.Place(Placing::kReplace).ok());
    CHECK(Content(fs, path) == "of b, longer");
    CHECK(Names(fs, dir) == Strings{"f"});
  });
}

TEST_CASE("two that make one new file: the first has it, the second says so and leaves nothing") {
  OnBoth([](Fs& fs, const std::string& dir) {
    const std::string path = JoinPath(dir, "f");
    {
      StagedFile a = StageOf(fs, path, "of a");
      StagedFile b = StageOf(fs, path, "of b");
      CHECK(b.Place(Placing::kNew).ok());
      CHECK(absl::IsAlreadyExists(a.Place(Placing::kNew)));
    }
    CHECK(Content(fs, path) == "of b");
    CHECK(Names(fs, dir) == Strings{"f"});
  });
}

TEST_CASE("two that make one directory: the second fails, and what it placed elsewhere goes") {
  OnBoth([](Fs& fs, const std::string& dir) {
    const std::string path = JoinPath(dir, "data");
    {
      auto a = StagedDir::Create(fs, path, {.mode = 0700});
      auto b = StagedDir::Create(fs, path, {.mode = 0700});
      REQUIRE(a.ok());
      REQUIRE(b.ok());
      Write(fs, JoinPath(a->path(), "who"), "a");
      Write(fs, JoinPath(b->path(), "who"), "b");
      REQUIRE(fs.MakeDir(JoinPath(b->path(), "log"), 0700).ok());
      CHECK(b->PlacePart("log", JoinPath(dir, "log"), Placing::kNew).ok());
      CHECK(Exists(fs, JoinPath(dir, "log")));
      CHECK(a->Place(Placing::kNew).ok());
      a->Keep();
      CHECK(absl::IsAlreadyExists(b->Place(Placing::kNew)));
    }
    CHECK(Content(fs, JoinPath(path, "who")) == "a");
    CHECK(Names(fs, dir) == Strings{"data"});
  });
}

TEST_CASE("an empty directory is replaced when that is wanted, and only then") {
  OnBoth([](Fs& fs, const std::string& dir) {
    const std::string path = JoinPath(dir, "data");
    REQUIRE(fs.MakeDir(path, 0700).ok());
    auto staged = StagedDir::Create(fs, path, {.mode = 0700});
    REQUIRE(staged.ok());
    Write(fs, JoinPath(staged->path(), "f"), "x");
    CHECK(absl::IsAlreadyExists(staged->Place(Placing::kNew)));
    CHECK(staged->Place(Placing::kReplace).ok());
    staged->Keep();
    CHECK(Names(fs, path) == Strings{"f"});
  });
}

TEST_CASE("a stage in use stays, a dead one goes, and a name that only looks like one stays") {
  OnBoth([](Fs& fs, const std::string& dir) {
    const std::string path = JoinPath(dir, "f");
    const std::string dead = path + ".part-0123456789abcdef";
    const std::string dead_dir = path + ".part-00000000000000aa";
    Write(fs, dead, "half");
    REQUIRE(MakeDirs(fs, dead_dir + "/member/snap", 0700).ok());
    Write(fs, dead_dir + "/member/snap/db", "half");
    const Strings others = {"f.part", "f.part-0123456789ABCDEF", "f.part-0123456789abcde",
                            "f.part-0123456789abcdef0", "g.part-0123456789abcdef"};
    for (const std::string& name : others) Write(fs, JoinPath(dir, name), "not ours");
    StagedFile living = StageOf(fs, path, "living");
    CHECK_FALSE(Exists(fs, dead));
    CHECK_FALSE(Exists(fs, dead_dir));
    StageOf(fs, path, "another");
    CHECK(Exists(fs, living.path()));
    CHECK(living.Place(Placing::kNew).ok());
    Strings left = others;
    left.insert(left.begin(), "f");
    CHECK(Names(fs, dir) == left);
  });
}

TEST_CASE("a stage that somebody moved away gets no name, and what lies there now stays") {
  OnBoth([](Fs& fs, const std::string& dir) {
    const std::string path = JoinPath(dir, "f");
    {
      StagedFile staged = StageOf(fs, path, "ours");
      REQUIRE(fs.Rename(staged.path(), JoinPath(dir, "away")).ok());
      Write(fs, staged.path(), "theirs");
      const Status placed = staged.Place(Placing::kReplace);
      CHECK(absl::IsFailedPrecondition(placed));
      CHECK(Message(placed).find("another process moved or removed it") != std::string_view::npos);
      CHECK_FALSE(Exists(fs, path));
    }
    CHECK(Names(fs, dir).size() == 2);
  });
}

TEST_CASE("a name of 255 bytes, the longest there is, can be made") {
  OnBoth([](Fs& fs, const std::string& dir) {
    const std::string path = JoinPath(dir, std::string(255, 'n'));
    StagedFile staged = StageOf(fs, path, "x");
    CHECK(staged.Place(Placing::kNew).ok());
    CHECK(Content(fs, path) == "x");
  });
}

TEST_CASE("a name that can't be made durable is taken back when it was new") {
  MemFs fs;
  {
    StagedFile staged = StageOf(fs, "/f", "x");
    fs.FailAt(fs.attempts() + 2, absl::UnavailableError("input/output error"));  // sync, rename
    CHECK(absl::IsUnavailable(staged.Place(Placing::kNew)));
  }
  CHECK(Names(fs, "/").empty());
}

TEST_CASE("power lost at any moment: nothing or the whole has the name, and what is left goes") {
  MemFs fs;
  {
    auto staged = StagedDir::Create(fs, "/data", {.mode = 0700});
    REQUIRE(staged.ok());
    const auto file =
        fs.Open(JoinPath(staged->path(), "f"), {.write = true, .create = true, .exclusive = true});
    REQUIRE(file.ok());
    REQUIRE((*file)->WriteAt(0, std::string(1000, 'x')).ok());
    REQUIRE((*file)->Sync().ok());
    REQUIRE(fs.SyncDir(staged->path()).ok());
    REQUIRE(staged->Place(Placing::kNew).ok());
    staged->Keep();
  }
  size_t whole = 0;
  CrashStates().ForEveryNth(
      fs, 0, 1, kSeed, [&](size_t op, std::unique_ptr<MemFs> left, const std::string& what) {
        CAPTURE(op);
        CAPTURE(what);
        if (Exists(*left, "/data")) {
          CHECK(Content(*left, "/data/f") == std::string(1000, 'x'));
          ++whole;
        }
        RemoveLeftovers(*left, "/", "data");
        for (const std::string& name : Names(*left, "/")) CHECK(name == "data");
      });
  CHECK(whole > 0);
}

TEST_CASE("links with a stage's name are neither followed nor removed") {
  const Scratch scratch;
  Fs& fs = PosixFs();
  REQUIRE(MakeDirs(fs, scratch / "precious/sub", 0700).ok());
  Write(fs, scratch / "precious/a", "secret");
  const std::string to_dir = scratch / "f.part-0123456789abcdef";
  const std::string to_file = scratch / "f.part-0123456789abcde0";
  REQUIRE(symlink((scratch / "precious").c_str(), to_dir.c_str()) == 0);
  REQUIRE(symlink((scratch / "precious/a").c_str(), to_file.c_str()) == 0);
  CHECK(StageOf(fs, scratch / "f", "x").Place(Placing::kNew).ok());
  CHECK(Names(fs, scratch / "precious") == Strings{"a", "sub"});
  CHECK(fs.LinkStat(to_dir)->type == FileType::kLink);
  CHECK(fs.LinkStat(to_file)->type == FileType::kLink);
}

TEST_CASE("a tree is removed without following links in it or at its top") {
  const Scratch scratch;
  Fs& fs = PosixFs();
  REQUIRE(MakeDirs(fs, scratch / "precious", 0700).ok());
  Write(fs, scratch / "precious/a", "secret");
  REQUIRE(MakeDirs(fs, scratch / "tree/below", 0700).ok());
  REQUIRE(symlink((scratch / "precious").c_str(), (scratch / "tree/below/link").c_str()) == 0);
  REQUIRE(symlink("../precious/a", (scratch / "tree/link").c_str()) == 0);
  CHECK(RemoveTree(fs, scratch / "tree").ok());
  REQUIRE(symlink((scratch / "precious").c_str(), (scratch / "top").c_str()) == 0);
  CHECK(RemoveTree(fs, scratch / "top").ok());
  CHECK(Names(fs, scratch.path()) == Strings{"precious"});
  CHECK(Content(fs, scratch / "precious/a") == "secret");
  const auto other = fs.Stat(scratch.path());
  REQUIRE(other.ok());
  CHECK(absl::IsFailedPrecondition(fs.RemoveTree(scratch / "precious", &*other)));
  CHECK(Exists(fs, scratch / "precious/a"));
}

TEST_CASE("an owner is given by descriptor: a link that takes the name's place gets nothing") {
  const Scratch scratch;
  Fs& fs = PosixFs();
  Write(fs, scratch / "victim", "root's");
  REQUIRE(chmod((scratch / "victim").c_str(), 0600) == 0);
  StagedFile staged = StageOf(fs, scratch / "f", "x");
  REQUIRE(fs.Rename(staged.path(), scratch / "away").ok());
  REQUIRE(symlink((scratch / "victim").c_str(), staged.path().c_str()) == 0);
  FileStat of;
  of.mode = 0644;
  of.owner = geteuid();
  of.group = getegid();
  CHECK(staged.file().TakeOwner(of).ok());
  CHECK(fs.Stat(scratch / "victim")->mode == 0600);
  CHECK(fs.Stat(scratch / "away")->mode == 0644);
  CHECK(absl::IsFailedPrecondition(staged.Place(Placing::kReplace)));
  CHECK(Content(fs, scratch / "victim") == "root's");
}

TEST_CASE("a file is written where a link leads, and the link stays") {
  const Scratch scratch;
  Fs& fs = PosixFs();
  REQUIRE(fs.MakeDir(scratch / "elsewhere", 0700).ok());
  Write(fs, scratch / "elsewhere/file", "old");
  REQUIRE(symlink("elsewhere/file", (scratch / "link").c_str()) == 0);
  REQUIRE(symlink("link", (scratch / "link to link").c_str()) == 0);
  REQUIRE(symlink("elsewhere/new", (scratch / "dangling").c_str()) == 0);
  CHECK(WriteFileAtomically(fs, scratch / "link to link", "new", 0600).ok());
  CHECK(WriteFileAtomically(fs, scratch / "dangling", "first", 0600).ok());
  CHECK(Content(fs, scratch / "elsewhere/file") == "new");
  CHECK(Content(fs, scratch / "elsewhere/new") == "first");
  for (const char* link : {"link", "link to link", "dangling"}) {
    CHECK(fs.LinkStat(scratch / link)->type == FileType::kLink);
  }
  CHECK(Names(fs, scratch / "elsewhere") == Strings{"file", "new"});
  REQUIRE(symlink("b", (scratch / "a").c_str()) == 0);
  REQUIRE(symlink("a", (scratch / "b").c_str()) == 0);
  CHECK_FALSE(WriteFileAtomically(fs, scratch / "a", "x", 0600).ok());
}

TEST_CASE("pipes, sockets, devices and directories are told apart, and never replaced") {
  const Scratch scratch;
  Fs& fs = PosixFs();
  REQUIRE(mkfifo((scratch / "pipe").c_str(), 0600) == 0);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string socket_path = scratch / "socket";
  REQUIRE(socket_path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size());
  REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);  // NOLINT
  close(fd);
  REQUIRE(symlink("pipe", (scratch / "to pipe").c_str()) == 0);
  REQUIRE(symlink("/dev/null", (scratch / "to null").c_str()) == 0);
  const std::pair<std::string, TargetKind> kinds[] = {
      {scratch / "pipe", TargetKind::kStream},    {scratch / "to pipe", TargetKind::kStream},
      {socket_path, TargetKind::kOther},          {scratch / "to null", TargetKind::kStream},
      {scratch.path(), TargetKind::kDirectory},   {scratch / "nothing", TargetKind::kFree},
      {"/proc/self/fd/1", TargetKind::kStandardOutput},
      {"/dev/stdout", TargetKind::kStandardOutput}};
  for (const auto& [path, kind] : kinds) {
    CAPTURE(path);
    const auto target = FindOutputTarget(fs, path);
    REQUIRE(target.ok());
    if (path.ends_with("null") && target->kind == TargetKind::kStandardOutput) continue;
    CHECK(target->kind == kind);
    if (kind == TargetKind::kFree) continue;
    CHECK_FALSE(WriteFileAtomically(fs, path, "x", 0600).ok());
  }
  CHECK(Names(fs, scratch.path()) == Strings{"pipe", "socket", "to null", "to pipe"});
}

TEST_CASE("an open file's name under /proc is written through, not beside") {
  const Scratch scratch;
  Write(PosixFs(), scratch / "f", "");
  const int fd = open((scratch / "f").c_str(), O_WRONLY | O_CLOEXEC);
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const auto target = FindOutputTarget(PosixFs(), path);
  REQUIRE(target.ok());
  CHECK(target->kind == TargetKind::kStream);
  close(fd);
}

TEST_CASE("a stranger's link in a directory for everybody is not written through") {
  if (geteuid() != 0) return;  // only root can make one
  const Scratch scratch;
  REQUIRE(chmod(scratch.path().c_str(), 01777) == 0);
  Write(PosixFs(), scratch / "victim", "root's");
  const std::string link = scratch / "backup.db";
  REQUIRE(symlink("victim", link.c_str()) == 0);
  REQUIRE(lchown(link.c_str(), 65534, 65534) == 0);
  CHECK(absl::IsPermissionDenied(FindOutputTarget(PosixFs(), link).status()));
  CHECK_FALSE(WriteFileAtomically(PosixFs(), link, "x", 0600).ok());
  CHECK(Content(PosixFs(), scratch / "victim") == "root's");
}

TEST_CASE("what a path names is told from what was opened by it") {
  OnBoth([](Fs& fs, const std::string& dir) {
    const std::string path = JoinPath(dir, "db");
    Write(fs, path, "old");
    const auto file = fs.Open(path, {});
    REQUIRE(file.ok());
    CHECK(*StillNamed(fs, **file, path));
    Write(fs, JoinPath(dir, "new"), "new");
    REQUIRE(fs.Rename(JoinPath(dir, "new"), path).ok());
    CHECK_FALSE(*StillNamed(fs, **file, path));
    REQUIRE(fs.RemoveFile(path).ok());
    CHECK_FALSE(*StillNamed(fs, **file, path));
  });
}

TEST_CASE("a path is cleaned as Go cleans it") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "."},          {"a/../b", "b"},      {"./b//", "b"},    {"a/b/../..", "."},
      {"/..", "/"},       {"/a/../../b", "/b"}, {"../a", "../a"},  {"a/../../b", "../b"},
      {"../../x/..", "../.."}, {"/", "/"},      {"a/./b/.", "a/b"}};
  for (const auto& [path, clean] : cases) CHECK(CleanPath(path) == clean);
}

}  // namespace cairn
