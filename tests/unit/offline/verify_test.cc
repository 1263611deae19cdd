// tests/unit/offline/verify_test.cc: faults that only `verify` can see, and errors that name the
// file.
#include "offline/verify/verify.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/sha256.h"
#include "base/staged_output.h"
#include "bolt/db.h"
#include "mvcc/revision.h"
#include "mvcc/schema.h"
#include "offline/defrag.h"
#include "offline/inspect/status.h"
#include "offline/restore/restore.h"
#include "sim/mem_fs.h"

namespace cairn::offline {
namespace {

constexpr const char* kPath = "/file.db";

// A small store's file, with its digest after it; `mark` is meta/scheduledCompactRev.
std::string Snapshot(std::string_view mark = {}) {
  MemFs fs;
  ManualClock clock;
  const auto db = bolt::Db::Open(fs, clock, kPath, {.create = true, .grow_bytes = 0});
  REQUIRE(db.ok());
  const auto tx = (*db)->BeginWrite();
  REQUIRE(tx.ok());
  for (const char* name : {"key", "meta"}) REQUIRE((*tx)->root().CreateBucket(name).ok());
  const auto meta = (*tx)->root().OpenBucket("meta");
  REQUIRE((*meta)->Put("one", "value").ok());
  if (!mark.empty()) REQUIRE((*meta)->Put("scheduledCompactRev", mark).ok());
  const auto cluster = (*tx)->root().CreateBucket("cluster");
  for (int i = 0; i < 60; ++i) REQUIRE((*cluster)->Put(std::string(8 + i, 'k'), "").ok());
  REQUIRE((*tx)->Commit().ok());
  std::string content = *ReadWholeFile(fs, kPath, 1 << 20);
  Sha256 sha;
  sha.Update(content);
  const Sha256Digest digest = sha.Finish();
  return content + std::string(digest.begin(), digest.end());
}

struct Disk {
  explicit Disk(std::string_view content) {
    REQUIRE(WriteFileAtomically(fs, kPath, content, 0600).ok());
  }
  MemFs fs;
  ManualClock clock;
  NoProgress progress;
  Context context{fs, clock, progress, 1};
};

// "check: fault" of each fault, in lines.
std::string Faults(std::string_view content) {
  Disk disk(content);
  const auto report = Verify(disk.context, kPath);
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  std::string text;
  for (const Verdict& verdict : report->verdicts) {
    for (const VerifyFault& fault : verdict.faults) {
      CHECK(fault.file == kPath);
      text += verdict.check + ": " + fault.what + "\n";
    }
  }
  return text;
}

// A store of these revisions of one key, compacted at `compacted`.
std::string History(std::vector<mvcc::Revision> revisions, int64_t compacted) {
  MemFs fs;
  ManualClock clock;
  const auto db = bolt::Db::Open(fs, clock, kPath, {.create = true, .grow_bytes = 0});
  REQUIRE(db.ok());
  const auto tx = (*db)->BeginWrite();
  const auto key = (*tx)->root().CreateBucket("key");
  const auto meta = (*tx)->root().CreateBucket("meta");
  char version = 0;
  for (const mvcc::Revision& at : revisions) {
    const auto main = static_cast<char>(at.main);
    const auto first = static_cast<char>(revisions.front().main);
    const std::string value = {0x0a, 1, 'k', 0x10, first, 0x18, main, 0x20, ++version};
    REQUIRE((*key)->Put(mvcc::RevisionKeyBytes({at, false}).view(), value).ok());
  }
  if (compacted > 0) {
    for (const char* name : {"scheduledCompactRev", "finishedCompactRev"}) {
      REQUIRE((*meta)->Put(name, mvcc::EncodeCompactRevision(compacted)).ok());
    }
  }
  REQUIRE((*tx)->Commit().ok());
  return *ReadWholeFile(fs, kPath, 1 << 20);
}

TEST_CASE("a revision that is missing above the compaction is found, below it nothing is said") {
  CHECK(Faults(History({{2, 0}, {3, 0}, {4, 0}}, 0)) == "");
  CHECK(Faults(History({{2, 0}, {4, 0}}, 0)) == "keys: revision 4.0 does not follow 2.0\n");
  CHECK(Faults(History({{2, 0}, {3, 1}}, 0)) == "keys: revision 3.1 does not follow 2.0\n");
  CHECK(Faults(History({{3, 0}, {7, 2}, {9, 0}, {10, 0}}, 8)) == "");
  CHECK(Faults(History({{3, 0}, {7, 2}, {10, 0}}, 8)) ==
        "keys: revision 10.0 does not follow 8.0\n");
}

TEST_CASE("a finished compaction that nobody asked for is found") {
  std::string content = History({{2, 0}, {4, 0}}, 4);
  const size_t name = content.find("scheduledCompactRev");
  content[name + 18] = 'w';
  CHECK(Faults(content) == "keys: a compaction at 4 was finished, but 0 was asked for\n");
}

TEST_CASE("a whole snapshot, and one without its digest, have no faults") {
  const std::string content = Snapshot();
  CHECK(Faults(content) == "");
  CHECK(Faults(content.substr(0, content.size() - 32)) == "");
}

TEST_CASE("a snapshot that lost a part of its digest is not taken for a db file") {
  const std::string content = Snapshot();
  CHECK(Faults(content.substr(0, content.size() - 1)) ==
        "digest: 31 bytes of a page or of a SHA-256\n");
  CHECK(Faults(content.substr(0, content.size() - 31)) ==
        "digest: 1 bytes of a page or of a SHA-256\n");
}

TEST_CASE("the header before a meta page's meta is looked at") {
  std::string content = Snapshot();
  content.resize(content.size() - 32);
  for (const size_t at : {0, 7, 8, 10, 12, 4096, 4096 + 9}) {
    std::string changed = content;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    CAPTURE(at);
    CHECK(Faults(changed) ==
          "meta: meta page " + std::to_string(at / 4096) + ": its header is wrong\n");
  }
}

TEST_CASE("bytes after the last element of a page are the rest of a lost element") {
  std::string content = Snapshot();
  content.resize(content.size() - 32);
  const size_t page = content.find(std::string(67, 'k')) / 4096 * 4096;
  REQUIRE(content.substr(page + 8, 4) == std::string("\x02\0\x3c\0", 4));
  CHECK(Faults(content).find("pages:") == std::string::npos);
  content[page + 10] = 0;  // 60 elements become none
  CHECK(Faults(content) == "pages: bucket cluster: bytes after the 0 elements of a page\n");
}

TEST_CASE("an element marked as a bucket is found where no reader looks into it") {
  std::string content = Snapshot();
  content.resize(content.size() - 32);
  const size_t name = content.find("meta");
  content[name + 4 + 16 + 16] = 1;  // the flags of the first element of inline bucket `meta`
  CHECK(Faults(content).starts_with("pages: bucket meta: an element is marked as a bucket\n"));
}

TEST_CASE("restore names the snapshot where the copy that it works on is damaged") {
  Disk disk(Snapshot("no revision"));
  RestoreOptions options;
  options.snapshot_path = kPath;
  options.data_dir = "/new";
  options.initial_cluster = "default=http://localhost:2380";
  options.advertise_peer_urls = "http://localhost:2380";
  CHECK(Message(Restore(disk.context, options).status()) ==
        "/file.db: meta/scheduledCompactRev: not a revision (11 bytes)");
  CHECK(!Exists(disk.fs, "/new"));
}

TEST_CASE("a bucket that lies in itself is damage, and no end of the stack") {
  std::string content = Snapshot();
  content.resize(content.size() - 32);
  // The leaf of bucket `cluster`; its last element becomes a bucket with that leaf as its root.
  const size_t page = content.find(std::string(67, 'k')) / 4096 * 4096;
  const size_t last = page + 16 + 59 * 16;
  content[last] = 1;
  content[last + 12] = 16;
  content[last + LoadLE<uint32_t>(content.data() + last + 4) + 67] = static_cast<char>(page / 4096);
  Disk disk("");
  for (const char* dir : {"/m", "/m/member", "/m/member/snap"}) {
    REQUIRE(disk.fs.MakeDir(dir, 0700).ok());
  }
  REQUIRE(WriteFileAtomically(disk.fs, DbPath("/m"), content, 0600).ok());
  const std::string error(Message(Defragment(disk.context, "/m").status()));
  CHECK(error.starts_with("/m/member/snap/db: bucket "));
  CHECK(error.find("lies in itself") != std::string::npos);
  CHECK(disk.fs.List("/m/member/snap")->size() == 1);
}

TEST_CASE("an inline bucket that is not a leaf is an error that names the file") {
  std::string content = Snapshot();
  content.resize(content.size() - 32);
  // The header of bucket `meta`, root 0, and after it the page of an empty leaf.
  const size_t name = content.find("meta");
  REQUIRE(name != std::string::npos);
  content[name + 4 + 16 + 8] ^= static_cast<char>(0x80);
  Disk disk(content);
  CHECK(Message(ReadSnapshotStatus(disk.context, kPath).status()).starts_with(kPath));
}

}  // namespace
}  // namespace cairn::offline
