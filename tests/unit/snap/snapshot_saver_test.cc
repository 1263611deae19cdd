// tests/unit/snap/snapshot_saver_test.cc: a saved snapshot is whole or not there.
#include "snap/snapshot_saver.h"

#include <doctest/doctest.h>

#include "base/random.h"
#include "sim/crash_states.h"
#include "sim/mem_fs.h"

namespace cairn::snap {
namespace {

constexpr uint64_t kSeed = 7;

std::string Stream(size_t bytes) {
  Random random(kSeed);
  std::string data(bytes, '\0');
  for (char& c : data) c = static_cast<char>(random.Next());
  Sha256 hash;
  hash.Update(data);
  const Sha256Digest digest = hash.Finish();
  return data + std::string(digest.begin(), digest.end());
}

Status Save(Fs& fs, std::string_view stream, size_t blob) {
  CAIRN_ASSIGN_OR_RETURN(const auto saver, SnapshotSaver::Create(fs, "/b/s.db"));
  for (size_t at = 0; at < stream.size(); at += blob) {
    CAIRN_RETURN_IF_ERROR(saver->Append(stream.substr(at, blob)));
  }
  return saver->Finish().status();
}

std::string Read(Fs& fs, const std::string& path) {
  auto bytes = ReadWholeFile(fs, path, 1 << 30);
  REQUIRE(bytes.ok());
  return *bytes;
}

TEST_CASE("a stream in blobs of any size becomes the file") {
  const std::string stream = Stream(5 * 4096);
  for (const size_t blob : {1, 7, 31, 32, 33, 4096, 100'000}) {
    CAPTURE(blob);
    MemFs fs;
    REQUIRE(fs.MakeDir("/b", 0700).ok());
    REQUIRE(Save(fs, stream, blob).ok());
    CHECK(Read(fs, "/b/s.db") == stream);
    CHECK(fs.List("/b")->size() == 1);
    CHECK(fs.Stat("/b/s.db")->mode == 0600);
  }
}

TEST_CASE("a broken stream leaves nothing, and what was there stays") {
  const std::string good = Stream(3 * 4096);
  std::string flipped = good;
  flipped[5000] = static_cast<char>(flipped[5000] ^ 1);
  const std::string cases[] = {"",
                               good.substr(0, 20),
                               good.substr(0, good.size() - 32),
                               good.substr(0, good.size() - 1),
                               flipped,
                               good.substr(0, 4096) + good.substr(good.size() - 32)};
  for (const std::string& stream : cases) {
    CAPTURE(stream.size());
    MemFs fs;
    REQUIRE(fs.MakeDir("/b", 0700).ok());
    CHECK(absl::IsDataLoss(Save(fs, stream, 4096)));
    CHECK(fs.List("/b")->empty());
    REQUIRE(Save(fs, good, 4096).ok());
    CHECK_FALSE(Save(fs, stream, 4096).ok());
    CHECK(Read(fs, "/b/s.db") == good);
    CHECK(fs.List("/b")->size() == 1);
  }
}

TEST_CASE("power lost at any moment leaves the old file, the new one or none under the name") {
  const std::string before = Stream(4096);
  const std::string after = Stream(2 * 4096);
  MemFs fs;
  REQUIRE(fs.MakeDir("/b", 0700).ok());
  REQUIRE(Save(fs, before, 4096).ok());
  fs.Settle();
  REQUIRE(Save(fs, after, 1000).ok());
  size_t found_after = 0;
  const size_t states = CrashStates().ForEveryNth(
      fs, 0, 1, kSeed, [&](size_t op, std::unique_ptr<MemFs> left, const std::string& what) {
        CAPTURE(op);
        CAPTURE(what);
        const std::string bytes = Read(*left, "/b/s.db");
        CHECK((bytes == before || bytes == after));
        found_after += bytes == after ? 1 : 0;
        // What a killed run left is in nobody's way.
        CHECK(Save(*left, after, 4096).ok());
        CHECK(left->List("/b")->size() == 1);
      });
  CHECK(states > 5);
  CHECK(found_after > 0);
}

TEST_CASE("a full disk or an error at any operation leaves nothing behind") {
  const std::string stream = Stream(4 * 4096);
  for (uint64_t attempt = 0; attempt < 6; ++attempt) {
    CAPTURE(attempt);
    MemFs fs;
    REQUIRE(fs.MakeDir("/b", 0700).ok());
    fs.FailAt(fs.attempts() + attempt, absl::UnavailableError("input/output error"));
    if (Save(fs, stream, 4096).ok()) continue;
    const auto names = fs.List("/b");
    // The sync of the directory fails after the rename: the file is whole.
    for (const std::string& name : *names) {
      CHECK(name == "s.db");
      CHECK(Read(fs, "/b/s.db") == stream);
    }
  }
  MemFs fs;
  REQUIRE(fs.MakeDir("/b", 0700).ok());
  fs.SetByteBudget(9000);
  CHECK_FALSE(Save(fs, stream, 4096).ok());
  CHECK(fs.List("/b")->empty());
}

}  // namespace
}  // namespace cairn::snap
