// tests/unit/offline/sample_snapshot.h: a small snapshot in memory, of real shape, and what tests
// of whole directories ask of them.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/sha256.h"
#include "bolt/db.h"
#include "cluster/consistent_index.h"
#include "cluster/membership_records.h"
#include "mvcc/schema.h"
#include "offline/verify/verify.h"
#include "proto/kv_view.h"
#include "sim/mem_fs.h"

namespace cairn::offline {

inline constexpr int64_t kSampleKeys = 120;

// Records at revisions 2 to 121, with commits between them, so that there are free pages.
inline void MakeDb(MemFs& fs, const std::string& path,
                   const std::vector<cluster::Member>& members = {}) {
  auto db = bolt::Db::Open(fs, SystemClock(), path, {.create = true, .grow_bytes = 0});
  REQUIRE(db.ok());
  for (int64_t first = 2; first < kSampleKeys + 2; first += 40) {
    auto tx = (*db)->BeginWrite();
    REQUIRE(tx.ok());
    auto key = (*tx)->root().CreateBucketIfNotExists(mvcc::kKeyBucket);
    auto meta = (*tx)->root().CreateBucketIfNotExists(mvcc::kMetaBucket);
    REQUIRE(key.ok());
    REQUIRE(meta.ok());
    for (int64_t revision = first; revision < first + 40; ++revision) {
      const std::string name = fmt::format("key-{}", revision);
      const std::string value(200, static_cast<char>('a' + revision % 26));
      std::string record;
      proto::AppendKeyValue(record, {name, value, revision, revision, 1, 0});
      const mvcc::RevisionKeyBytes at(mvcc::RevisionKey{{revision, 0}, false});
      REQUIRE((*key)->Put(at.view(), record).ok());
    }
    REQUIRE((*meta)->Put(mvcc::kConsistentIndexKey, cluster::EncodeU64(uint64_t(first))).ok());
    REQUIRE((*meta)->Put(mvcc::kTermKey, cluster::EncodeU64(2)).ok());
    for (const cluster::Member& member : members) {
      auto bucket = (*tx)->root().CreateBucketIfNotExists(mvcc::kMembersBucket);
      REQUIRE(bucket.ok());
      REQUIRE(
          (*bucket)->Put(cluster::EncodeMemberKey(member.id), cluster::EncodeMember(member)).ok());
    }
    REQUIRE((*tx)->Commit().ok());
  }
}

inline std::string ReadAll(Fs& fs, const std::string& path) {
  auto file = fs.Open(path, {});
  REQUIRE(file.ok());
  std::string bytes(*(*file)->Size(), '\0');
  REQUIRE(ReadExactly(**file, 0, bytes).ok());
  return bytes;
}

// "/s.db", as `snapshot save` leaves it.
inline void MakeSnapshot(MemFs& fs, const std::vector<cluster::Member>& members = {}) {
  MakeDb(fs, "/made", members);
  const std::string bytes = ReadAll(fs, "/made");
  Sha256 hash;
  hash.Update(bytes);
  const Sha256Digest digest = hash.Finish();
  auto file = fs.Open("/s.db", {.write = true, .create = true, .exclusive = true, .mode = 0600});
  REQUIRE(file.ok());
  REQUIRE((*file)->WriteAt(0, bytes + std::string(digest.begin(), digest.end())).ok());
  REQUIRE(fs.RemoveFile("/made").ok());
  fs.Settle();
}

// `verify` finds nothing.
inline void CheckWhole(const Context& context, const std::string& path) {
  const auto report = Verify(context, path);
  REQUIRE_MESSAGE(report.ok(), std::string(Message(report.status())));
  for (const Verdict& verdict : report->verdicts) {
    for (const VerifyFault& fault : verdict.faults) {
      FAIL_CHECK(verdict.check << ": " << fault.file << ": " << fault.what);
    }
  }
}

// The names in the root directory, each with a blank after it.
inline std::string Listing(Fs& fs) {
  std::string text;
  const auto names = fs.List("/");
  REQUIRE(names.ok());
  for (const std::string& name : *names) text += name + " ";
  return text;
}

}  // namespace cairn::offline
