// tests/unit/offline/backup_test.cc: what `backup` copies and what it blanks, that it appears whole
// or not at all, and which requests of the v2 API are users' own.
#include "offline/restore/backup.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "bolt/db.h"
#include "cluster/consistent_index.h"
#include "cluster/membership_records.h"
#include "cluster/v2_request.h"
#include "mvcc/schema.h"
#include "offline/verify/v2_check.h"
#include "offline/verify/verify.h"
#include "proto/kv_view.h"
#include "proto/wire.h"
#include "sim/crash_states.h"
#include "sim/mem_fs.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"
#include "wal/log_reader.h"
#include "wal/log_writer.h"

namespace cairn::offline {
namespace {

constexpr uint64_t kSeed = 20261122;
constexpr uint64_t kSnapIndex = 5;
constexpr const char* kStore =
    R"({"Root":{"Path":"/","Children":{"0":{"Path":"/0","Children":{"members":{)"
    R"("Path":"/0/members","Children":{"2a":{"Path":"/0/members/2a","Children":{)"
    R"("raftAttributes":{"Path":"/0/members/2a/raftAttributes",)"
    R"("Value":"{\"peerURLs\":[\"http://old:1\"]}"}}}}},)"
    R"("removed_members":{"Path":"/0/removed_members","Children":{"7":{"Value":""}}},)"
    R"("version":{"Path":"/0/version","Value":"3.5.0"}}},"1":{"Path":"/1","Children":)"
    R"({"x":{"Path":"/1/x","Value":"<1>"}}}}},"CurrentIndex":9,"CurrentVersion":2})";

std::string V2Request(std::string_view method, std::string_view path) {
  std::string bytes;
  proto::WireWriter out(bytes);
  out.Varint(1, 77);
  out.Bytes(2, method);
  out.Bytes(3, path);
  out.Bytes(4, "value");
  return bytes;
}

// A v3 request: a header, and an empty message in `field`.
std::string V3Request(uint32_t field) {
  std::string bytes;
  proto::WireWriter out(bytes);
  if (field < 100) out.Bytes(field, "");
  out.Bytes(100, "\x08\x01");
  if (field > 100) out.Bytes(field, "");
  return bytes;
}

// The entries of the member, from kSnapIndex + 1 on.
std::vector<wal::EntryCollector::Entry> Entries() {
  using proto::EntryType;
  std::vector<wal::EntryCollector::Entry> entries;
  const auto add = [&](EntryType type, std::string data) {
    entries.push_back({type, Term(3), RaftIndex(kSnapIndex + 1 + entries.size()), std::move(data)});
  };
  add(EntryType::kNormal, "");
  add(EntryType::kNormal, V3Request(4));                                  // put
  add(EntryType::kNormal, V2Request("PUT", "/0/members/2a/attributes"));  // blanked
  add(EntryType::kNormal, V2Request("PUT", "/0/version"));                // kept
  add(EntryType::kConfChange, "\x08\x01\x10\x01\x18\x07");                // blanked
  add(EntryType::kNormal, V2Request("PUT", "/1/y"));                      // a user's
  add(EntryType::kNormal, V2Request("DELETE", "/1/y"));                   // a user's
  add(EntryType::kNormal, V3Request(1301));                               // blanked
  add(EntryType::kNormal, V3Request(1300));                               // cluster version
  return entries;
}

// The member "/d", stopped: id 2a of cluster c1.
void MakeMember(MemFs& fs) {
  REQUIRE(MakeDirs(fs, SnapDir("/d"), 0700).ok());
  REQUIRE(snap::WriteSnapFile(fs, SnapDir("/d"),
                              {.data = kStore,
                               .conf_state = {.voters = {0x2a}},
                               .index = RaftIndex(kSnapIndex),
                               .term = Term(2)})
              .ok());
  std::string metadata;
  proto::AppendMemberMetadata(metadata, {MemberId(0x2a), ClusterId(0xc1)});
  auto log = wal::Log::Create(fs, WalDir("/d"), metadata);
  REQUIRE(log.ok());
  const proto::ConfState alone{.voters = {0x2a}};
  REQUIRE((*log)->SaveSnapshot({RaftIndex(kSnapIndex), Term(2), alone}).ok());
  const auto entries = Entries();
  std::vector<proto::EntryView> views;
  for (const auto& e : entries) views.push_back({e.type, e.term, e.index, e.data});
  const RaftIndex last = views.back().index;
  REQUIRE((*log)->Append(views, {Term(3), MemberId(0x2a), last}).ok());
  REQUIRE((*log)->Commit().ok());
  REQUIRE((*log)->Close().ok());

  auto db = bolt::Db::Open(fs, SystemClock(), DbPath("/d"), {.create = true, .grow_bytes = 0});
  REQUIRE(db.ok());
  auto tx = (*db)->BeginWrite();
  auto& root = (*tx)->root();
  auto key = root.CreateBucket(mvcc::kKeyBucket);
  for (int64_t revision = 2; revision < 100; ++revision) {
    std::string record;
    proto::AppendKeyValue(record, {"key", std::string(90, 'v'), 2, revision, revision - 1, 0});
    const mvcc::RevisionKeyBytes at(mvcc::RevisionKey{{revision, 0}, false});
    REQUIRE((*key)->Put(at.view(), record).ok());
  }
  auto meta = root.CreateBucket(mvcc::kMetaBucket);
  REQUIRE((*meta)->Put(mvcc::kConsistentIndexKey, cluster::EncodeU64(last.value)).ok());
  REQUIRE((*meta)->Put(mvcc::kTermKey, cluster::EncodeU64(3)).ok());
  REQUIRE((*meta)->Put(mvcc::kConfStateKey, R"({"voters":[42],"auto_leave":false})").ok());
  auto members = root.CreateBucket(mvcc::kMembersBucket);
  REQUIRE((*members)->Put("2a", R"({"id":42,"peerURLs":["http://old:1"],"name":"old"})").ok());
  auto removed = root.CreateBucket(mvcc::kMembersRemovedBucket);
  REQUIRE((*removed)->Put("7", "removed").ok());
  auto cluster = root.CreateBucket(mvcc::kClusterBucket);
  REQUIRE((*cluster)->Put("clusterVersion", "3.5.0").ok());
  REQUIRE((*tx)->Commit().ok());
  db->reset();
  fs.Settle();
}

class StopsAt : public Progress {
 public:
  explicit StopsAt(int at) : left_(at) {}
  using Progress::Stage;
  void Stage(const char*, uint64_t) override {}
  Status Update(uint64_t) override {
    return left_-- > 0 ? absl::OkStatus() : absl::CancelledError("interrupted");
  }

 private:
  int left_;
};

NoProgress no_progress;

Context ContextOf(MemFs& fs, Progress& progress = no_progress) {
  return {fs, SystemClock(), progress, 1'000'000'000};
}

BackupOptions Options() {
  return {.data_dir = "/d", .wal_dir = "", .backup_dir = "/b", .backup_wal_dir = "", .seed = 7};
}

struct Copy {
  proto::MemberMetadata ids;
  wal::LogSummary summary;
  std::vector<wal::EntryCollector::Entry> entries;
};

Copy ReadCopy(Fs& fs, const std::string& wal_dir) {
  wal::EntryCollector collector;
  auto summary = wal::ReadLog(fs, wal_dir, {RaftIndex(kSnapIndex), Term(2)}, collector);
  REQUIRE_MESSAGE(summary.ok(), summary.status().ToString());
  const auto ids = proto::DecodeMemberMetadata(summary->metadata);
  REQUIRE(ids.ok());
  return {*ids, *summary, std::move(collector.entries())};
}

std::optional<std::string> Value(MemFs& fs, std::string_view bucket, std::string_view key) {
  const auto db = DbFile::Open(ContextOf(fs), DbPath("/b"));
  REQUIRE_MESSAGE(db.ok(), db.status().ToString());
  bolt::ReadTx tx = db->Read();
  auto value = tx.Get(bucket, key);
  REQUIRE(value.ok());
  return *value;
}

void CheckWhole(MemFs& fs, const std::string& path) {
  const auto report = Verify(ContextOf(fs), path);
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  for (const Verdict& verdict : report->verdicts) {
    for (const VerifyFault& fault : verdict.faults) {
      FAIL_CHECK(verdict.check << ": " << fault.file << ": " << fault.what);
    }
  }
}

TEST_CASE("log, .snap and db of a backup name one new member, and keep the rest") {
  MemFs fs;
  MakeMember(fs);
  const auto result = Backup(ContextOf(fs), Options());
  REQUIRE_MESSAGE(result.ok(), result.status().ToString());
  const std::vector<std::string> dirs = *fs.List("/");
  CHECK(dirs == std::vector<std::string>{"b", "d"});
  CHECK(result->entries == Entries().size());
  CHECK(result->blanked == 3);
  CHECK(result->revision == 99);

  const Copy copy = ReadCopy(fs, WalDir("/b"));
  CHECK(copy.ids.node_id == result->member);
  CHECK(copy.ids.cluster_id == result->cluster);
  CHECK(result->member != MemberId(0x2a));
  CHECK(copy.summary.hard_state.commit == copy.summary.last_index);
  CHECK(copy.summary.hard_state.term == Term(3));
  const auto before = Entries();
  REQUIRE(copy.entries.size() == before.size());
  for (size_t i = 0; i < before.size(); ++i) {
    CAPTURE(i);
    CHECK(copy.entries[i].index == before[i].index);
    CHECK(copy.entries[i].term == before[i].term);
    const bool blanked = i == 2 || i == 4 || i == 7;
    CHECK(copy.entries[i].data == (blanked ? "" : before[i].data));
    CHECK(copy.entries[i].type == proto::EntryType::kNormal);
  }

  const auto file = snap::ReadSnapFile(
      fs, JoinPath(SnapDir("/b"), snap::FormatSnapName({Term(2), RaftIndex(kSnapIndex)})));
  REQUIRE(file.ok());
  CHECK(file->conf_state.voters == std::vector<uint64_t>{result->member.value});
  const auto store = snap::ParseV2Store(file->data);
  REQUIRE(store.ok());
  REQUIRE(store->membership.members.size() == 1);
  CHECK(store->membership.members[0].id == result->member);
  CHECK(store->membership.removed.empty());
  CHECK(store->membership.version == "3.5.0");
  CHECK(store->has_user_keys);
  CHECK(file->data.find(R"("x":{"Path":"/1/x","Value":"<1>"})") != std::string::npos);

  const std::string id = cluster::EncodeMemberKey(result->member);
  CHECK(Value(fs, mvcc::kMembersBucket, id).has_value());
  CHECK_FALSE(Value(fs, mvcc::kMembersBucket, "2a").has_value());
  CHECK_FALSE(Value(fs, mvcc::kMembersRemovedBucket, "7").has_value());
  CHECK_FALSE(Value(fs, mvcc::kClusterBucket, "clusterVersion").has_value());
  CHECK(Value(fs, mvcc::kMetaBucket, mvcc::kConfStateKey) ==
        fmt::format(R"({{"voters":[{}],"auto_leave":false}})", result->member.value));
  CheckWhole(fs, "/b");
}

TEST_CASE("without v3 the v2 API's entries stay, and the db begins where the log ends") {
  MemFs fs;
  MakeMember(fs);
  BackupOptions options = Options();
  options.with_v3 = false;
  REQUIRE(Backup(ContextOf(fs), options).ok());
  const Copy copy = ReadCopy(fs, WalDir("/b"));
  const auto before = Entries();
  std::string kept;
  for (size_t i = 0; i < before.size(); ++i) kept += copy.entries[i].data.empty() ? '.' : 'x';
  CHECK(kept == "...x.xx..");
  CHECK(Value(fs, mvcc::kMetaBucket, mvcc::kConsistentIndexKey) ==
        cluster::EncodeU64(copy.summary.last_index.value));
  CHECK_FALSE(Value(fs, mvcc::kKeyBucket, "x").has_value());
  CheckWhole(fs, "/b");
}

TEST_CASE("a member without a .snap file is backed up from its log's beginning") {
  MemFs fs;
  MakeMember(fs);
  REQUIRE(RemoveTree(fs, WalDir("/d")).ok());
  REQUIRE(
      fs.RemoveFile(JoinPath(SnapDir("/d"), snap::FormatSnapName({Term(2), RaftIndex(kSnapIndex)})))
          .ok());
  std::string metadata;
  proto::AppendMemberMetadata(metadata, {MemberId(0x2a), ClusterId(0xc1)});
  auto log = wal::Log::Create(fs, WalDir("/d"), metadata);
  std::vector<proto::EntryView> views;
  const std::string put = V3Request(4);
  for (uint64_t i = 1; i <= 14; ++i) {
    views.push_back({proto::EntryType::kNormal, Term(3), RaftIndex(i), put});
  }
  REQUIRE((*log)->Append(views, {Term(3), MemberId(0x2a), RaftIndex(14)}).ok());
  REQUIRE((*log)->Close().ok());
  const auto result = Backup(ContextOf(fs), Options());
  REQUIRE_MESSAGE(result.ok(), result.status().ToString());
  CHECK(result->snapshot_index == 0);
  CHECK(result->entries == 14);
  CHECK(fs.List(SnapDir("/b"))->size() == 1);
}

TEST_CASE("entries that a newer leader replaced are not in the copy") {
  MemFs fs;
  MakeMember(fs);
  {
    wal::NoVisitor pass;
    auto opened = wal::Log::Open(fs, WalDir("/d"), {RaftIndex(kSnapIndex), Term(2)}, pass);
    REQUIRE(opened.ok());
    const std::string put = V3Request(4);
    const std::string other = V3Request(5);
    const RaftIndex last = opened->log->last_index();
    const proto::EntryView replaced[] = {
        {proto::EntryType::kNormal, Term(3), RaftIndex(last.value + 1), other},
    };
    const proto::EntryView newer[] = {
        {proto::EntryType::kNormal, Term(4), RaftIndex(last.value + 1), put}};
    REQUIRE(opened->log->Append(replaced, {}).ok());
    REQUIRE(opened->log->Append(newer, {Term(4), MemberId(), last}).ok());
    REQUIRE(opened->log->Close().ok());
  }
  REQUIRE(Backup(ContextOf(fs), Options()).ok());
  const Copy copy = ReadCopy(fs, WalDir("/b"));
  REQUIRE(copy.entries.size() == Entries().size() + 1);
  CHECK(copy.entries.back().term == Term(4));
}

TEST_CASE("what a lone voter wrote is committed, until it took in another one") {
  const auto commit_of = [](std::vector<uint64_t> voters, std::string_view change) {
    MemFs fs;
    MakeMember(fs);
    REQUIRE(RemoveTree(fs, WalDir("/d")).ok());
    std::string metadata;
    proto::AppendMemberMetadata(metadata, {MemberId(0x2a), ClusterId(0xc1)});
    auto log = wal::Log::Create(fs, WalDir("/d"), metadata);
    const proto::ConfState state{.voters = std::move(voters)};
    REQUIRE((*log)->SaveSnapshot({RaftIndex(kSnapIndex), Term(2), state}).ok());
    const std::string put = V3Request(4);
    std::vector<proto::EntryView> entries;
    for (uint64_t index = kSnapIndex + 1; index <= 20; ++index) {
      entries.push_back({proto::EntryType::kNormal, Term(3), RaftIndex(index), put});
    }
    if (!change.empty())
      entries[11] = {proto::EntryType::kConfChange, Term(3), RaftIndex(17), change};
    // The db holds entries up to 14.
    REQUIRE((*log)->Append(entries, {Term(3), MemberId(0x2a), RaftIndex(6)}).ok());
    REQUIRE((*log)->Close().ok());
    const auto result = Backup(ContextOf(fs), Options());
    REQUIRE_MESSAGE(result.ok(), result.status().ToString());
    return result->commit;
  };
  std::string learner;
  proto::AppendConfChange(learner,
                          {.type = proto::ConfChangeType::kAddLearner, .node_id = MemberId(7)});
  std::string voter;
  proto::AppendConfChange(voter, {.type = proto::ConfChangeType::kAddNode, .node_id = MemberId(7)});
  CHECK(commit_of({0x2a}, "") == 20);
  CHECK(commit_of({0x2a}, learner) == 20);
  CHECK(commit_of({0x2a}, voter) == 17);
  CHECK(commit_of({0x2a, 7}, "") == 14);
  CHECK(commit_of({7}, "") == 14);
}

TEST_CASE("a db that the log doesn't fit is refused") {
  const auto with_index = [](uint64_t index) {
    MemFs fs;
    MakeMember(fs);
    auto db = bolt::Db::Open(fs, SystemClock(), DbPath("/d"), {});
    auto tx = (*db)->BeginWrite();
    auto meta = (*tx)->root().OpenBucket(mvcc::kMetaBucket);
    REQUIRE((*meta)->Put(mvcc::kConsistentIndexKey, cluster::EncodeU64(index)).ok());
    REQUIRE((*tx)->Commit().ok());
    db->reset();
    const auto result = Backup(ContextOf(fs), Options());
    CHECK_FALSE(result.ok());
    CHECK_FALSE(Exists(fs, "/b"));
    return std::string(Message(result.status()));
  };
  CHECK(with_index(4).find("/d/member/snap/db holds entries up to 4, the log in /d/member/wal "
                           "begins after snapshot 5") == 0);
  CHECK(with_index(99).find("/d/member/snap/db holds entries up to 99, the log in "
                            "/d/member/wal ends at 14") == 0);
}

TEST_CASE("a backup that loses power leaves nothing under its name, or all of it") {
  MemFs fs;
  MakeMember(fs);
  REQUIRE(Backup(ContextOf(fs), Options()).ok());
  size_t absent = 0;
  size_t whole = 0;
  CrashStates().ForEveryNth(
      fs, 0, 1, kSeed,
      [&](size_t op, std::unique_ptr<MemFs> after, const std::string& description) {
        CAPTURE(op);
        CAPTURE(description);
        ++(Exists(*after, "/b") ? whole : absent);
        if (Exists(*after, "/b")) return CheckWhole(*after, "/b");
        if (absent % 50 != 0) return;
        // What is left of it doesn't stand in the way.
        REQUIRE(Backup(ContextOf(*after), Options()).ok());
        CheckWhole(*after, "/b");
      });
  CHECK(absent > 0);
  CHECK(whole > 0);
}

TEST_CASE("a backup that meets an error, or Ctrl-C, anywhere says so and leaves nothing") {
  BackupOptions options = Options();
  SUBCASE("with all in one directory") {}
  SUBCASE("with a log directory of its own") { options.backup_wal_dir = "/w/log"; }
  SUBCASE("without v3") { options.with_v3 = false; }
  const auto check_nothing = [&](MemFs& fs) {
    CHECK(*fs.List("/") == std::vector<std::string>{"d", "w"});
    CHECK(fs.List("/w")->empty());
  };
  const auto prepare = [&](MemFs& fs) {
    MakeMember(fs);
    REQUIRE(fs.MakeDir("/w", 0700).ok());
  };
  uint64_t failures = 0;
  for (uint64_t at = 0;; ++at) {
    CAPTURE(at);
    MemFs fs;
    prepare(fs);
    const uint64_t start = fs.attempts();
    fs.FailAt(start + at, absl::UnavailableError("input/output error"));
    const auto result = Backup(ContextOf(fs), options);
    if (fs.attempts() <= start + at) break;  // it got to the end
    if (result.ok()) continue;               // an operation whose failure does no harm
    ++failures;
    check_nothing(fs);
  }
  CHECK(failures > 20);
  int interrupts = 0;
  for (int at = 0;; ++at) {
    CAPTURE(at);
    MemFs fs;
    prepare(fs);
    StopsAt progress(at);
    const auto result = Backup(ContextOf(fs, progress), options);
    if (result.ok()) break;
    CHECK(absl::IsCancelled(result.status()));
    ++interrupts;
    check_nothing(fs);
  }
  CHECK(interrupts >= 2);
}

TEST_CASE("requests of the v2 API are found bare and wrapped, and told from v3 requests") {
  const std::string bare = V2Request("PUT", "/1/a");
  const auto traits = ReadRequestTraits(bare);
  REQUIRE(traits.ok());
  REQUIRE(traits->v2.has_value());
  CHECK(traits->v2->method == "PUT");
  CHECK(traits->v2->path == "/1/a");
  CHECK_FALSE(IsMembersOwn(*traits->v2));

  std::string wrapped;
  proto::WireWriter(wrapped).Bytes(2, V2Request("SYNC", ""));
  const auto inner = ReadRequestTraits(wrapped);
  REQUIRE(inner.ok());
  REQUIRE(inner->v2.has_value());
  CHECK(inner->v2->method == "SYNC");

  const auto put = ReadRequestTraits(V3Request(4));
  REQUIRE(put.ok());
  CHECK_FALSE(put->v2.has_value());
  CHECK(put->has_header);
  CHECK_FALSE(put->member_attributes);
  CHECK(ReadRequestTraits(V3Request(1301))->member_attributes);
  CHECK_FALSE(ReadRequestTraits("\x0a\x7f").ok());
  CHECK_FALSE(ReadRequestTraits("")->has_header);
}

TEST_CASE("what members write by themselves is no user's request") {
  const auto own = [](std::string_view method, std::string_view path) {
    return IsMembersOwn({method, path});
  };
  CHECK(own("PUT", "/0/members/8211f1d0f64f3269/attributes"));
  CHECK(own("PUT", "/0/members/a/attributes"));
  CHECK(own("PUT", "/0/version"));
  CHECK_FALSE(own("DELETE", "/0/version"));
  CHECK_FALSE(own("PUT", "/0/members/8211f1d0f64f3269/raftAttributes"));
  CHECK_FALSE(own("PUT", "/0/members//attributes"));
  CHECK_FALSE(own("PUT", "/0/members/attributes"));
  CHECK_FALSE(own("PUT", "/0/members/8211f1d0f64f32690/attributes"));
  CHECK_FALSE(own("PUT", "/1/0/members/a/attributes"));
  CHECK_FALSE(own("PUT", "/0/members/x/attributes"));
}

TEST_CASE("check v2store counts users' requests in force, and looks into the store") {
  MemFs fs;
  MakeMember(fs);
  auto check = CheckV2Store(ContextOf(fs), "/d", "");
  REQUIRE_MESSAGE(check.ok(), check.status().ToString());
  CHECK(check->in_store);
  CHECK(check->log_requests == 2);
  CHECK(check->log_entries == Entries().size());
  CHECK(check->first_index == kSnapIndex + 6);
  CHECK(check->first_request == "PUT /1/y");
  {  // a newer leader replaces both
    wal::NoVisitor pass;
    auto opened = wal::Log::Open(fs, WalDir("/d"), {RaftIndex(kSnapIndex), Term(2)}, pass);
    REQUIRE(opened.ok());
    const proto::EntryView newer[] = {
        {proto::EntryType::kNormal, Term(4), RaftIndex(kSnapIndex + 6), ""}};
    REQUIRE(opened->log->Append(newer, {Term(4), MemberId(), RaftIndex(kSnapIndex)}).ok());
    REQUIRE(opened->log->Close().ok());
  }
  check = CheckV2Store(ContextOf(fs), "/d", "");
  REQUIRE(check.ok());
  CHECK(check->log_requests == 0);
  CHECK(check->log_entries == 6);
  CHECK(check->custom_content());
}

TEST_CASE("another membership in a v2 store keeps users' keys, and only stores are edited") {
  const snap::V2Member member{.id = MemberId(0xabc), .name = {}, .peer_urls = {"http://n:1"}};
  const auto edited = snap::ReplaceV2Members(kStore, std::array{member});
  REQUIRE(edited.ok());
  const auto store = snap::ParseV2Store(*edited);
  REQUIRE(store.ok());
  CHECK(store->membership.members == std::vector{member});
  CHECK(store->has_user_keys);
  const auto empty = snap::ReplaceV2Members("{}", std::array{member});
  REQUIRE(empty.ok());
  CHECK(snap::ParseV2Store(*empty)->membership.members == std::vector{member});
  for (const char* text : {"", "[]", "{\"Root\":", "no"}) {
    CAPTURE(text);
    CHECK_FALSE(snap::ReplaceV2Members(text, std::array{member}).ok());
  }
}

}  // namespace
}  // namespace cairn::offline
