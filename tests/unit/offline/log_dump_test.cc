// tests/unit/offline/log_dump_test.cc: every kind of entry by its name and in words, filters,
// entries that were replaced, and logs that are not whole.
#include "offline/inspect/log_dump.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>

#include "etcdserverpb_disk.pb.h"
#include "etcdserverpb_internal.pb.h"
#include "log_builder.h"
#include "offline/inspect/entry_text.h"
#include "raftpb.pb.h"

namespace cairn::offline {
namespace {

using etcdserverpb::InternalRaftRequest;

std::string Request(const std::function<void(InternalRaftRequest&)>& fill) {
  InternalRaftRequest request;
  request.mutable_header()->set_id(7);
  fill(request);
  return request.SerializeAsString();
}

std::string Put(const std::string& key, const std::string& value) {
  return Request([&](InternalRaftRequest& r) {
    r.mutable_put()->set_key(key);
    r.mutable_put()->set_value(value);
  });
}

std::string V2Put(const std::string& path, const std::string& value) {
  etcdserverpb::Request request;
  request.set_id(9);
  request.set_method("PUT");
  request.set_path(path);
  request.set_val(value);
  request.set_dir(false);
  return request.SerializeAsString();
}

// "KIND: text" of an entry with this data.
std::string Told(const std::string& data, proto::EntryType type = proto::EntryType::kNormal) {
  EntryDecoder decoder;
  DecodedEntry entry;
  decoder.Decode({type, Term(1), RaftIndex(1), data}, entry);
  return std::string(entry.kind) + ": " + EntryText(entry);
}
std::string Told(const std::function<void(InternalRaftRequest&)>& fill) {
  return Told(Request(fill));
}

// "INDEX/TERM" of what DumpLog gives.
std::string Dump(LogBuilder& builder, const LogDumpOptions& options,
                 LogDumpSummary* summary = nullptr) {
  std::string text;
  const auto dumped = DumpLog(builder.context, LogBuilder::kDir, options, [&](const auto& entry) {
    text += (text.empty() ? "" : " ") + std::to_string(entry.index) + "/" +
            std::to_string(entry.term) + (entry.overwritten ? "!" : "");
    return absl::OkStatus();
  });
  REQUIRE_MESSAGE(dumped.ok(), dumped.status().ToString());
  if (summary != nullptr) *summary = *dumped;
  return text;
}

TEST_CASE("requests are told in words, keys and values escaped, long values by their size") {
  CHECK(Told(Put("/a", "b")) == "IRRPut: put \"/a\" = \"b\"");
  CHECK(Told(Put("\n\x80", std::string(100, 'v'))) ==
        "IRRPut: put \"\\n\\x80\" = \"" + std::string(48, 'v') + "\"... (100 bytes)");
  CHECK(Told([](auto& r) {
          r.mutable_put()->set_key("k");
          r.mutable_put()->set_ignore_value(true);
          r.mutable_put()->set_lease(0x1234);
          r.mutable_put()->set_prev_kv(true);
        }) == "IRRPut: put \"k\" with its value lease 0000000000001234 prev-kv");
  CHECK(Told([](auto& r) {
          r.mutable_delete_range()->set_key("a/");
          r.mutable_delete_range()->set_range_end("a0");
        }) == "IRRDeleteRange: delete prefix \"a/\"");
  CHECK(Told([](auto& r) {
          r.mutable_range()->set_key("a");
          r.mutable_range()->set_range_end("c");
          r.mutable_range()->set_revision(5);
          r.mutable_range()->set_count_only(true);
        }) == "IRRRange: range \"a\" up to \"c\" revision 5 count only");
  CHECK(Told([](auto& r) {
          r.mutable_range()->set_key(std::string(1, '\0'));
          r.mutable_range()->set_range_end(std::string(1, '\0'));
        }) == "IRRRange: range all keys");
  CHECK(Told([](auto& r) { r.mutable_compaction()->set_revision(12); }) ==
        "IRRCompaction: compact at revision 12");
  CHECK(Told([](auto& r) {
          r.mutable_lease_grant()->set_id(0xab);
          r.mutable_lease_grant()->set_ttl(60);
        }) == "IRRLeaseGrant: grant lease 00000000000000ab for 60s");
  CHECK(Told([](auto& r) { r.mutable_lease_revoke()->set_id(0xab); }) ==
        "IRRLeaseRevoke: revoke lease 00000000000000ab");
  CHECK(Told([](auto& r) {
          auto* checkpoint = r.mutable_lease_checkpoint()->add_checkpoints();
          checkpoint->set_id(1);
          checkpoint->set_remaining_ttl(30);
        }) == "IRRLeaseCheckpoint: leases have left: 0000000000000001 30s");
  CHECK(Told([](auto& r) { r.mutable_cluster_version_set()->set_ver("3.7.0"); }) ==
        "IRRClusterVersionSet: cluster version \"3.7.0\"");
  CHECK(Told([](auto& r) {
          auto* set = r.mutable_cluster_member_attr_set();
          set->set_member_id(0xa1);
          set->mutable_member_attributes()->set_name("m0");
          set->mutable_member_attributes()->add_client_urls("http://h:1");
        }) == "IRRClusterMemberAttrSet: member a1 name \"m0\" client URLs \"http://h:1\"");
  CHECK(Told([](auto& r) {
          r.mutable_auth_user_grant_role()->set_user("u");
          r.mutable_auth_user_grant_role()->set_role("r");
        }) == "IRRAuthUserGrantRole: auth_user_grant_role user \"u\" role \"r\"");
}

TEST_CASE("a transaction is told with its conditions and both branches") {
  const std::string told = Told([](auto& r) {
    auto* compare = r.mutable_txn()->add_compare();
    compare->set_key("a");
    compare->set_target(etcdserverpb::Compare::MOD);
    compare->set_mod_revision(3);
    auto* inner = r.mutable_txn()->add_success()->mutable_request_txn();
    inner->add_success()->mutable_request_delete_range()->set_key("b");
    auto* put = r.mutable_txn()->add_failure()->mutable_request_put();
    put->set_key("c");
    put->set_value("d");
  });
  CHECK(told ==
        "IRRTxn: txn if mod(\"a\") = 3 then (txn then delete \"b\") else put \"c\" = \"d\"");
  CHECK(Told([](auto& r) { r.mutable_txn(); }) == "IRRTxn: txn then nothing");
}

TEST_CASE("entries that are no v3 request have kinds of their own") {
  CHECK(Told(std::string()) == "Empty: of a new leader");
  CHECK(Told(V2Put("/0/version", "3.5.0")) == "Request: v2 PUT \"/0/version\" = \"3.5.0\"");
  // A second method is the one that counts.
  CHECK(Told(V2Put("/0/version", "3.5.0") + "\x12\x04P\x1b[T") ==
        "Request: v2 \"P\\x1b[T\" \"/0/version\" = \"3.5.0\"");
  CHECK(Told(std::string("\x0a\xff")) == "Unknown: 2 bytes that are not a request: \"\\n\\xff\"");
  CHECK(Told(std::string("\x82\x7d\x00", 3)) ==
        "InternalRaftRequest: field 2000, which no release up to 3.7 knows");
  raftpb::ConfChange change;
  change.set_type(raftpb::ConfChangeAddLearnerNode);
  change.set_node_id(0xb2);
  change.set_context("{\"id\":178}");
  CHECK(Told(change.SerializeAsString(), proto::EntryType::kConfChange) ==
        "ConfigChange: add learner b2 {\"id\":178}");
  change.set_context("\x1b[2J");
  CHECK(Told(change.SerializeAsString(), proto::EntryType::kConfChange) ==
        "ConfigChange: add learner b2 \"\\x1b[2J\"");
  raftpb::ConfChangeV2 changes;
  changes.add_changes()->set_node_id(3);
  CHECK(Told(changes.SerializeAsString(), proto::EntryType::kConfChangeV2) ==
        "ConfigChangeV2: change 1 members, ConfChangeAddNode 3");
}

TEST_CASE("each request that the log can hold has a kind, and a line of text") {
  const auto* type = InternalRaftRequest::descriptor();
  size_t kinds = 0;
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->message_type() == nullptr || field->name() == "header") continue;
    InternalRaftRequest request;
    request.GetReflection()->MutableMessage(&request, field);
    CAPTURE(field->name());
    const std::string told = Told(request.SerializeAsString());
    CHECK(told.starts_with("IRR"));
    CHECK(told.size() > told.find(": ") + 3);
    std::vector<std::string> named;
    CHECK(AddEntryKinds(told.substr(0, told.find(':')), named));
    CHECK(named.size() == 1);
    ++kinds;
  }
  CHECK(kinds == 30);
  CHECK(EntryKinds().size() == kinds + 6);
}

TEST_CASE("no password, hash or token comes out") {
  const auto check = [](const std::function<void(InternalRaftRequest&)>& fill) {
    const std::string data = Request(fill);
    REQUIRE(data.find("secret") != std::string::npos);
    EntryDecoder decoder;
    DecodedEntry entry;
    decoder.Decode({proto::EntryType::kNormal, Term(1), RaftIndex(1), data}, entry);
    CHECK(EntryText(entry).find("secret") == std::string::npos);
    CHECK(EntryText(entry).find(kRemovedSecret) != std::string::npos);
    CHECK(entry.request->SerializeAsString().find("secret") == std::string::npos);
  };
  check([](auto& r) { r.mutable_authenticate()->set_password("secret"); });
  check([](auto& r) { r.mutable_authenticate()->set_simple_token("secret"); });
  check([](auto& r) { r.mutable_auth_user_add()->set_password("secret"); });
  check([](auto& r) { r.mutable_auth_user_add()->set_hashedpassword("secret"); });
  check([](auto& r) { r.mutable_auth_user_change_password()->set_password("secret"); });
  check([](auto& r) { r.mutable_auth_user_change_password()->set_hashedpassword("secret"); });
}

TEST_CASE("types are found by their names in any case, and by the names for many") {
  std::vector<std::string> kinds;
  CHECK(AddEntryKinds("irrput", kinds));
  CHECK(kinds == std::vector<std::string>{"IRRPut"});
  CHECK(!AddEntryKinds("IRR", kinds));
  CHECK(!AddEntryKinds("", kinds));
  kinds.clear();
  CHECK(AddEntryKinds("Normal", kinds));
  CHECK(kinds.size() == EntryKinds().size() - 2);
  kinds.clear();
  CHECK(AddEntryKinds("internalraftrequest", kinds));
  CHECK(kinds.size() == EntryKinds().size() - 4);
}

TEST_CASE("entries that a new leader replaced are shown only when asked for") {
  LogBuilder builder;
  builder.Append(1, 1, {Put("a", "1"), Put("a", "2"), Put("a", "3"), Put("a", "4")});
  builder.Append(2, 3, {"", Put("b", "1")});
  builder.Append(3, 4, {"", Put("c", "1"), Put("c", "2")});
  builder.Close();
  LogDumpSummary summary;
  CHECK(Dump(builder, {}, &summary) == "1/1 2/1 3/2 4/3 5/3 6/3");
  CHECK(summary.overwritten == 3);
  CHECK(summary.log.entries == 9);
  CHECK(summary.log.first_index == 1);
  CHECK(summary.log.last_index == 6);
  CHECK(summary.log.hard_state.commit.value == 6);
  CHECK(summary.shown == 6);
  CHECK(summary.kinds.at("IRRPut").entries == 4);
  CHECK(summary.kinds.at("Empty").entries == 2);
  CHECK(Dump(builder, {.overwritten = true}) == "1/1 2/1 3/1! 4/1! 3/2 4/2! 4/3 5/3 6/3");
}

TEST_CASE("a log that is replaced from its first entry on") {
  LogBuilder builder;
  builder.Append(1, 1, {"", ""});
  builder.Append(2, 1, {""});
  builder.Close();
  CHECK(Dump(builder, {}) == "1/2");
  CHECK(Dump(builder, {.overwritten = true}) == "1/1! 2/1! 1/2");
}

TEST_CASE("filters by index, term, type and number") {
  LogBuilder builder;
  builder.Append(1, 1, {Put("a", "1"), Put("a", "2"), Put("a", "3")});
  builder.Append(2, 4, {"", Put("b", "1"), Put("b", "2")});
  builder.Close();
  CHECK(Dump(builder, {.first_index = 3, .last_index = 5}) == "3/1 4/2 5/2");
  CHECK(Dump(builder, {.first_term = 2}) == "4/2 5/2 6/2");
  CHECK(Dump(builder, {.last_term = 1}) == "1/1 2/1 3/1");
  CHECK(Dump(builder, {.kinds = {"Empty"}}) == "4/2");
  LogDumpSummary summary;
  CHECK(Dump(builder, {.limit = 2}, &summary) == "1/1 2/1");
  CHECK(summary.log.last_index == 6);
  CHECK(Dump(builder, {.kinds = {"IRRPut"}, .first_index = 4, .limit = 1}) == "5/2");
}

TEST_CASE("a log whose oldest segments were purged is whole") {
  LogBuilder builder(600);
  for (uint64_t i = 1; i <= 20; ++i) builder.Append(1, i, {Put("k", std::string(100, 'v'))});
  builder.Snapshot(1, 15);
  builder.Close();
  const auto names = wal::ListSegments(builder.fs, LogBuilder::kDir);
  REQUIRE(names->size() > 3);
  REQUIRE(builder.fs.RemoveFile(builder.Path(0)).ok());
  LogDumpSummary summary;
  const std::string told = Dump(builder, {}, &summary);
  CHECK(summary.log.whole());
  CHECK(summary.log.first_index == (*names)[1].index.value);
  CHECK(told.starts_with(std::to_string((*names)[1].index.value) + "/1 "));
  CHECK(told.ends_with(" 20/1"));
  CHECK(summary.log.Start()->index.value == 15);
}

TEST_CASE("damage ends the walk after all entries before it, and is told with its place") {
  LogBuilder builder(600);
  for (uint64_t i = 1; i <= 20; ++i) builder.Append(1, i, {Put("k", std::string(100, 'v'))});
  builder.Close();
  const auto names = *wal::ListSegments(builder.fs, LogBuilder::kDir);
  LogDumpSummary summary;
  SUBCASE("a flipped bit") {
    const std::string path = builder.Path(1);
    builder.fs.FlipBit(path, builder.Read(path).size() - 60, 3);
    const std::string told = Dump(builder, {}, &summary);
    CHECK(summary.log.damage.find(path + ": offset ") == 0);
    CHECK(summary.log.damage_at.segment == 1);
    CHECK(told.ends_with(" " + std::to_string(summary.log.last_index) + "/1"));
    CHECK(summary.log.last_index >= names[1].index.value - 1);
    CHECK(summary.log.last_index < names[2].index.value);
  }
  SUBCASE("a segment that is missing") {
    REQUIRE(builder.fs.RemoveFile(builder.Path(2)).ok());
    Dump(builder, {}, &summary);
    CHECK(summary.log.damage.find("a segment is missing") != std::string::npos);
    CHECK(summary.log.last_index == names[2].index.value - 1);
  }
  SUBCASE("zeros at the end of an inner segment") {
    const std::string path = builder.Path(1);
    std::string content = builder.Read(path);
    const size_t keep = 8 + 8 * ((content.size() - 200) / 8);
    content.replace(keep, std::string::npos, std::string(content.size() - keep, '\0'));
    builder.Write(path, content);
    Dump(builder, {}, &summary);
    CHECK(summary.log.damage_at.segment == 1);
    CHECK(summary.log.damage.starts_with(path));
  }
  SUBCASE("a segment of zeros") {
    const std::string path = builder.Path(1);
    builder.Write(path, std::string(builder.Read(path).size(), '\0'));
    Dump(builder, {}, &summary);
    CHECK(summary.log.damage == path + ": offset 0: the segment holds no record");
    CHECK(summary.log.last_index == names[1].index.value - 1);
  }
  SUBCASE("a disk that can't read") {
    const std::string path = builder.Path(1);
    builder.fs.FailReads(path, 0, 64, absl::InternalError("input/output error"));
    Dump(builder, {}, &summary);
    CHECK(summary.log.damage == path + ": offset 0: input/output error");
  }
}

TEST_CASE("a torn last write is no damage, and bytes after zeros are told") {
  LogBuilder builder;
  for (uint64_t i = 1; i <= 5; ++i) builder.Append(1, i, {Put("k", std::string(100, 'v'))});
  builder.Close();
  const std::string path = builder.Path(0);
  std::string content = builder.Read(path);
  content.resize(content.find_last_not_of('\0') + 1);
  LogDumpSummary summary;
  builder.Write(path, content.substr(0, content.size() - 8));
  CHECK(Dump(builder, {}, &summary) == "1/1 2/1 3/1 4/1 5/1");
  CHECK(summary.log.damage.empty());
  CHECK(summary.log.torn.find("unexpected EOF") != std::string::npos);
  builder.Write(path, content + std::string(100, '\0') + "x");
  Dump(builder, {}, &summary);
  CHECK(summary.log.damage.empty());
  CHECK(summary.log.torn.find("there is data after them") != std::string::npos);
}

TEST_CASE("an entry that does not follow the ones before it is damage") {
  LogBuilder builder;
  builder.Append(1, 1, {"", ""});
  builder.Close();
  const std::string path = builder.Path(0);
  std::string content = builder.Read(path);
  content.resize((content.find_last_not_of('\0') + 8) / 8 * 8);
  wal::NoVisitor ignore;
  const auto extent = WalkLog(builder.context, LogBuilder::kDir, ignore);
  uint32_t crc = extent->crc;
  content.resize(extent->end.offset);
  std::string entry;
  proto::AppendEntry(entry, {proto::EntryType::kNormal, Term(1), RaftIndex(5), {}});
  wal::AppendRecord(content, wal::RecordType::kEntry, entry, crc);
  builder.Write(path, content);
  LogDumpSummary summary;
  CHECK(Dump(builder, {}, &summary) == "1/1 2/1");
  CHECK(summary.log.damage.find("entry 5 follows entry 2") != std::string::npos);
}

TEST_CASE("entries after a received snapshot follow it") {
  LogBuilder builder;
  builder.Append(1, 1, {"", ""});
  builder.Snapshot(2, 50);
  builder.Append(2, 51, {""});
  builder.Close();
  LogDumpSummary summary;
  CHECK(Dump(builder, {}, &summary) == "1/1 2/1 51/2");
  CHECK(summary.log.whole());
}

}  // namespace
}  // namespace cairn::offline
