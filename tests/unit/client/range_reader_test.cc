// tests/unit/client/range_reader_test.cc: a range in pages or as a stream, and its mirror.
#include "client/range_reader.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "client/mirror.h"
#include "fake_transport.h"

namespace cairn::client {
namespace {

using etcdserverpb::PutRequest;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;
using etcdserverpb::RangeStreamResponse;
using etcdserverpb::TxnRequest;

constexpr int64_t kSecond = 1'000'000'000;

// The keys k000, k001, … of a store that answers ranges of them at revision 7.
struct Store {
  FakeCluster cluster{1};
  int keys;

  explicit Store(int count) : keys(count) {
    cluster.answer = [this](const FakeCall& call, MessageLite& response) -> Status {
      if (call.method != kRange.name) return absl::UnimplementedError("unknown method");
      return Respond(Page(Parsed<RangeRequest>(call.request)), response);
    };
  }
  RangeResponse Page(const RangeRequest& request) const {
    RangeResponse page;
    page.mutable_header()->set_revision(7);
    for (int i = 0; i < keys; ++i) {
      const std::string key = fmt::format("k{:03}", i);
      if (key < request.key()) continue;
      page.set_count(page.count() + 1);
      if (request.limit() > 0 && page.kvs_size() >= request.limit()) {
        page.set_more(true);
        continue;
      }
      page.add_kvs()->set_key(key);
    }
    return page;
  }
};

RangeRequest All() {
  RangeRequest request;
  request.set_key("k");
  request.set_range_end("l");
  return request;
}

struct Reading {
  std::vector<std::string> keys;
  int begun = 0;
  Status status;
};

Reading Read(Store& store) {
  const auto client = store.cluster.NewClient();
  RangePages pages(All());
  Reading reading;
  const RangeTakers takers{[&](const RangeResponse&) {
                             ++reading.begun;
                             return absl::OkStatus();
                           },
                           [&](const RangeResponse& part) {
                             for (const auto& kv : part.kvs()) reading.keys.push_back(kv.key());
                             return absl::OkStatus();
                           }};
  const auto deadline = [&] { return store.cluster.After(kSecond); };
  reading.status = ReadRange({client.get(), client.get()}, pages, {deadline, deadline}, takers);
  return reading;
}

bool HasAll(const Reading& reading, int count) {
  if (reading.keys.size() != static_cast<size_t>(count) || reading.begun != 1) return false;
  for (int i = 0; i < count; ++i) {
    if (reading.keys[static_cast<size_t>(i)] != fmt::format("k{:03}", i)) return false;
  }
  return true;
}

TEST_CASE("what follows the first page comes as one stream") {
  Store store(100);
  RangeStreamResponse rest;
  RangeRequest after;
  after.set_key("k010");
  *rest.mutable_range_response() = store.Page(after);
  store.cluster.streams = {{{Bytes(rest)}, absl::OkStatus(), false}};
  const Reading reading = Read(store);
  CHECK(reading.status.ok());
  CHECK(HasAll(reading, 100));
  CHECK(store.cluster.Count(kRange.name) == 1);
  CHECK(Parsed<RangeRequest>(store.cluster.written.at(0)).revision() == 7);
}

TEST_CASE("where a server has no stream, or it breaks, pages go on") {
  for (const Status& end : {Status(absl::UnimplementedError("unknown method RangeStream")),
                            Status(absl::UnavailableError("Socket closed"))}) {
    Store store(100);
    RangeStreamResponse part;
    RangeRequest after;
    after.set_key("k010");
    after.set_limit(5);
    *part.mutable_range_response() = store.Page(after);
    store.cluster.streams = {{{Bytes(part)}, end, false}};
    const Reading reading = Read(store);
    CHECK(reading.status.ok());
    CHECK(HasAll(reading, 100));
  }
}

TEST_CASE("a page that does not fit into memory is asked for again with fewer keys") {
  Store store(30);
  const auto answer = store.cluster.answer;
  store.cluster.answer = [&](const FakeCall& call, MessageLite& response) -> Status {
    if (Parsed<RangeRequest>(call.request).limit() > 1) {
      return absl::ResourceExhaustedError("Buffers full");
    }
    return answer(call, response);
  };
  store.cluster.streams = {{{}, absl::UnimplementedError("unknown method RangeStream"), false}};
  const auto client = store.cluster.NewClient();
  RangePages pages(All());
  RangeResponse page;
  CHECK(ReadPage({client.get(), client.get()}, pages, store.cluster.After(kSecond), page).ok());
  CHECK(page.kvs_size() == 1);
}

TEST_CASE("a mirror copies what is there, and passes on each transaction as one") {
  Store source(12);
  etcdserverpb::WatchResponse created, events;
  created.set_created(true);
  created.mutable_header()->set_revision(7);
  for (const int64_t revision : {8, 8, 8, 9}) {
    mvccpb::KeyValue& kv = *events.add_events()->mutable_kv();
    kv.set_key(fmt::format("k{}", events.events_size()));
    kv.set_mod_revision(revision);
  }
  events.mutable_events(3)->set_type(mvccpb::Event::DELETE);
  etcdserverpb::WatchResponse compacted;
  compacted.set_compact_revision(20);
  compacted.set_canceled(true);
  source.cluster.streams = {
      {{Bytes(created), Bytes(events), Bytes(compacted)}, absl::OkStatus(), false}};

  FakeCluster destination(1);
  std::vector<std::string> puts;
  std::vector<TxnRequest> txns;
  int silent = 1;
  destination.answer = [&](const FakeCall& call, MessageLite&) -> Status {
    if (call.method == kStatus.name) return absl::UnavailableError("Socket closed");
    if (call.method == kTxn.name && silent-- > 0) {
      destination.clock.SleepNanos(call.options.deadline.LeftNanos());
      return absl::DeadlineExceededError("Deadline Exceeded");
    }
    if (call.method == kPut.name) puts.push_back(Parsed<PutRequest>(call.request).key());
    if (call.method == kTxn.name) txns.push_back(Parsed<TxnRequest>(call.request));
    return absl::OkStatus();
  };
  const auto from = source.cluster.NewClient();
  const auto to = destination.NewClient();
  std::vector<std::string> notes;
  Mirror mirror(*from, *to,
                {"k", "new/k", 2, [&] { return destination.After(kSecond); },
                 [&](std::string_view note) { notes.emplace_back(note); }});
  CHECK_FALSE(mirror.FeedsItself());
  CHECK(Message(mirror.Run(0)) == "etcdserver: mvcc: required revision has been compacted");
  CHECK(puts.size() == 12);
  CHECK(puts[0] == "new/k000");
  REQUIRE(txns.size() == 3);  // revision 8 in two of at most two changes, and revision 9
  CHECK(txns[0].success_size() == 2);
  CHECK(txns[1].success_size() == 1);
  CHECK(txns[2].success(0).request_delete_range().key() == "new/k4");
  CHECK(mirror.total() == 16);
  REQUIRE(notes.size() == 2);
  CHECK(notes[0].starts_with("the destination does not answer, still trying: "));
  CHECK(notes[1] == "the destination answers again");
}

}  // namespace
}  // namespace cairn::client
