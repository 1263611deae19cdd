// tests/unit/offline/member_records_test.cc: leases with their keys, membership, users and roles.
#include "offline/inspect/member_records.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "bolt/db.h"
#include "cluster/consistent_index.h"
#include "mvcc/revision.h"
#include "mvcc/schema.h"
#include "proto/kv_view.h"
#include "sim/mem_fs.h"

namespace cairn::offline {
namespace {

constexpr const char* kPath = "/file.db";

struct Disk {
  Disk() {
    auto opened = bolt::Db::Open(fs, clock, kPath, {.create = true, .grow_bytes = 0});
    REQUIRE(opened.ok());
    const auto tx = (*opened)->BeginWrite();
    for (const std::string_view name : mvcc::kBuckets) {
      REQUIRE((*tx)->root().CreateBucket(name).ok());
    }
    REQUIRE((*tx)->Commit().ok());
  }
  void Put(std::string_view bucket, std::string_view key, std::string_view value) {
    const auto db = bolt::Db::Open(fs, clock, kPath, {.grow_bytes = 0});
    REQUIRE(db.ok());
    const auto tx = (*db)->BeginWrite();
    REQUIRE((*(*tx)->root().OpenBucket(bucket))->Put(key, value).ok());
    REQUIRE((*tx)->Commit().ok());
  }
  void PutKey(int64_t revision, std::string_view key, int64_t lease, bool tombstone = false) {
    proto::KeyValueView kv;
    kv.key = key;
    kv.lease = lease;
    if (!tombstone) kv.create_revision = kv.mod_revision = revision, kv.version = 1;
    std::string value;
    proto::AppendKeyValue(value, kv);
    Put(mvcc::kKeyBucket, mvcc::RevisionKeyBytes({{revision, 0}, tombstone}).view(), value);
  }
  void PutLease(int64_t id, int64_t ttl, int64_t remaining) {
    Put(mvcc::kLeaseBucket, lease::EncodeLeaseKey(LeaseId(id)),
        lease::EncodeLease({LeaseId(id), ttl, remaining}));
  }

  MemFs fs;
  ManualClock clock;
  NoProgress progress;
  Context context{fs, clock, progress, 1};
};

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("a key hangs on the lease of its newest record") {
  Disk disk;
  disk.PutLease(7, 60, 0);
  disk.PutLease(9, 100, 30);
  disk.PutKey(2, "a", 7);
  disk.PutKey(3, "b", 7);
  disk.PutKey(4, "c", 7);
  disk.PutKey(5, "d", 7);
  disk.PutKey(6, "a", 9);        // changes its lease
  disk.PutKey(7, "b", 0);        // has none any more
  disk.PutKey(8, "c", 0, true);  // is deleted
  disk.PutKey(9, "e", 7);
  disk.PutKey(10, "f", 7);
  disk.PutKey(11, "g", 11);  // of a lease that isn't there
  const auto records = ReadLeases(disk.context, kPath, 2);
  REQUIRE(records.ok());
  CHECK(records->problems.none());
  REQUIRE(records->leases.size() == 3);
  const auto& seven = records->leases[0];
  CHECK(seven.record == lease::LeaseRecord{LeaseId(7), 60, 0});
  CHECK(seven.known);
  CHECK(seven.keys == 3);
  CHECK(seven.some_keys == Keys{"d", "e"});
  const auto& nine = records->leases[1];
  CHECK(nine.record.remaining_ttl_seconds == 30);
  CHECK(nine.some_keys == Keys{"a"});
  const auto& eleven = records->leases[2];
  CHECK(!eleven.known);
  CHECK(eleven.record.id == LeaseId(11));
  CHECK(eleven.some_keys == Keys{"g"});
}

TEST_CASE("membership is read from all its buckets") {
  Disk disk;
  const auto put_member = [&](uint64_t id, std::string_view name) {
    cluster::Member member;
    member.id = MemberId(id);
    member.name = name;
    member.peer_urls = {"http://a:2380"};
    disk.Put(mvcc::kMembersBucket, cluster::EncodeMemberKey(member.id),
             cluster::EncodeMember(member));
  };
  put_member(0xb, "two");
  put_member(0xa, "one");
  disk.Put(mvcc::kMembersRemovedBucket, "c", cluster::kRemovedValue);
  disk.Put(mvcc::kClusterBucket, cluster::kClusterVersionKey, "3.7.0");
  disk.Put(mvcc::kClusterBucket, cluster::kDowngradeKey, cluster::EncodeDowngrade({"3.6.0", true}));
  disk.Put(mvcc::kMetaBucket, mvcc::kStorageVersionKey, "3.7.0");
  disk.Put(mvcc::kMetaBucket, mvcc::kConsistentIndexKey, cluster::EncodeU64(41));
  disk.Put(mvcc::kMetaBucket, mvcc::kTermKey, cluster::EncodeU64(3));
  cluster::ConfState state;
  state.auto_leave = false;
  state.voters = {0xa, 0xb};
  disk.Put(mvcc::kMetaBucket, mvcc::kConfStateKey, cluster::EncodeConfState(state));
  const alarm::AlarmRecord alarm{MemberId(0xa), alarm::AlarmType::kNoSpace};
  disk.Put(mvcc::kAlarmBucket, alarm::EncodeAlarmKey(alarm), "");

  const auto found = ReadMembership(disk.context, kPath);
  REQUIRE(found.ok());
  CHECK(found->problems.none());
  REQUIRE(found->members.size() == 2);
  CHECK(found->members[0].name == "one");
  CHECK(found->members[1].id == MemberId(0xb));
  CHECK(found->removed == std::vector<MemberId>{MemberId(0xc)});
  CHECK(found->cluster_version == "3.7.0");
  CHECK(found->storage_version == "3.7.0");
  CHECK(found->consistent_index == 41u);
  CHECK(found->term == 3u);
  CHECK(found->conf_state == state);
  REQUIRE(found->downgrade.has_value());
  CHECK(found->downgrade->target_version == "3.6.0");
  CHECK(found->alarms == std::vector<alarm::AlarmRecord>{alarm});
}

TEST_CASE("users and roles are read, and authentication is off without a record") {
  Disk disk;
  CHECK(!ReadAuth(disk.context, kPath)->enabled);
  disk.Put(mvcc::kAuthBucket, auth::kAuthEnabledKey, auth::EncodeAuthEnabled(true));
  disk.Put(mvcc::kAuthBucket, auth::kAuthRevisionKey, auth::EncodeAuthRevision(12));
  auth::User user;
  user.name = "root";
  user.password = "secret";
  user.roles = {"root", "reader"};
  disk.Put(mvcc::kAuthUsersBucket, user.name, auth::EncodeUser(user));
  const auth::Role role{"reader", {{auth::PermissionType::kRead, "/a/", "/a0"}}};
  disk.Put(mvcc::kAuthRolesBucket, role.name, auth::EncodeRole(role));
  const auto found = ReadAuth(disk.context, kPath);
  REQUIRE(found.ok());
  CHECK(found->enabled);
  CHECK(found->revision == 12);
  CHECK(found->users == std::vector<auth::User>{user});
  CHECK(found->roles == std::vector<auth::Role>{role});
}

TEST_CASE("a record that can't be decoded is told, and the others are read") {
  Disk disk;
  disk.PutLease(7, 60, 0);
  disk.Put(mvcc::kLeaseBucket, "short", "");
  disk.Put(mvcc::kKeyBucket, "no revision", "");
  const auto leases = ReadLeases(disk.context, kPath, 1);
  REQUIRE(leases.ok());
  CHECK(leases->leases.size() == 1);
  REQUIRE(leases->problems.lines().size() == 2);
  CHECK(leases->problems.lines()[0].find("bucket lease, key \"short\": ") == 0);
  CHECK(leases->problems.lines()[1] == "bucket key, key \"no revision\": is not a revision");
  disk.Put(mvcc::kMetaBucket, mvcc::kTermKey, "3");
  const auto members = ReadMembership(disk.context, kPath);
  REQUIRE(members.ok());
  CHECK(!members->term.has_value());
  CHECK(members->problems.lines() ==
        std::vector<std::string>{"bucket meta, key \"term\": 1 bytes instead of 8"});
}

}  // namespace cairn::offline
